//! The price function as Lambda starts it. Everything it does lives in the library.

use contract::task::PriceFetcher;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    shell::run_with::<PriceFetcher, _, _, _>(price::settings::fetcher).await
}
