//! The function `ResultCombiner`: settings, the DynamoDB client, the main loop of `runtime`.

use combine::{Combine, DynamoDb, dynamodb::Tables};
use contract::{EnvVar, error_name::CombineError, task::ResultCombiner};
use runtime::{Failure, aws, settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    runtime::run_with::<ResultCombiner, _, _, _>(init).await
}

async fn init() -> Result<Combine<DynamoDb>, Failure<CombineError>> {
    let tables = Tables { results: table(EnvVar::ResultsTable)?, sessions: table(EnvVar::SessionsTable)? };
    Ok(Combine::new(DynamoDb::new(&aws::sdk_config(), tables), now))
}

fn table(variable: EnvVar) -> Result<String, Failure<CombineError>> {
    settings::required(variable).map_err(|error| Failure::caused_by(CombineError::ResultStoreFailed, &error))
}

#[expect(clippy::disallowed_methods, reason = "a main has the clock that its core takes as an argument")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
