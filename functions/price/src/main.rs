//! The program of the function `PriceFetcher`.

use contract::task::PriceFetcher;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    runtime::run_with::<PriceFetcher, _, _, _>(|| price::handler::settings::handler(now)).await
}

#[expect(clippy::disallowed_methods, reason = "a main has the clock that its core takes as an argument")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
