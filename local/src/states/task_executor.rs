//! What the tasks of a state machine reach: functions by their ARN, and items of tables.

use std::sync::Arc;

use asl::run::{TaskCall, TaskExecutor, TaskFailure};
use axum::body::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use serde_json::{Value, json};

use crate::{
    dynamodb::{Action, DynamoDb, Refused},
    lambda::Host,
};

/// How the resource of an optimised `DynamoDB` integration begins.
const DYNAMODB: &str = "arn:aws:states:::dynamodb:";

/// How the resource of any other integration begins.
const INTEGRATION: &str = "arn:aws:states:::";

/// The error for a refused request whose exception the integration has no name for.
///
/// Source: the optimised integration reports a `ValidationException` as its client's base exception; to be verified on a
/// real account.
const OTHER_DYNAMODB_ERROR: &str = "DynamoDB.AmazonDynamoDBException";

/// The embedded environment as an execution sees it.
pub struct LocalTaskExecutor {
    pub functions: Arc<Host>,
    pub tables: Arc<DynamoDb>,
}

impl TaskExecutor for LocalTaskExecutor {
    fn call(&self, call: TaskCall) -> BoxFuture<'static, Result<Value, TaskFailure>> {
        if let Some(word) = call.resource.strip_prefix(DYNAMODB) {
            let tables = Arc::clone(&self.tables);
            let action = Action::parse(word).ok_or_else(|| unsupported(&call.resource));
            return async move {
                let answered = tables.call(action?, call.input);
                answered.map(with_metadata).map_err(|refused| dynamodb_failure(&refused))
            }
            .boxed();
        }
        if call.resource.starts_with(INTEGRATION) {
            return futures::future::ready(Err(unsupported(&call.resource))).boxed();
        }
        let functions = Arc::clone(&self.functions);
        async move { invoke(&functions, &call).await }.boxed()
    }
}

async fn invoke(functions: &Host, call: &TaskCall) -> Result<Value, TaskFailure> {
    let payload = Bytes::from(call.input.to_string());
    let answer = functions.invoke(&call.resource, payload, &trace_id(&call.execution_arn)).await;
    let answer = answer.map_err(|failed| TaskFailure {
        error: failed.failure.error_type().to_owned(),
        cause: failed.payload().to_string(),
    })?;
    // Not quoted: what a function says may hold anything.
    serde_json::from_slice(&answer).map_err(|_| TaskFailure {
        error: "Lambda.Unknown".to_owned(),
        cause: "the function's response is not JSON".to_owned(),
    })
}

/// One trace for one execution: `X-Ray` form, from the execution's ARN.
fn trace_id(execution_arn: &str) -> String {
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, execution_arn.as_bytes()).simple().to_string();
    let (epoch, rest) = id.split_at(8);
    let rest = rest.get(..24).unwrap_or(rest);
    format!("Root=1-{epoch}-{rest};Sampled=0")
}

/// Step Functions adds what its HTTP client saw.
fn with_metadata(mut answer: Value) -> Value {
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("SdkHttpMetadata".to_owned(), json!({ "HttpStatusCode": 200 }));
    }
    answer
}

fn dynamodb_failure(refused: &Refused) -> TaskFailure {
    let error = match refused.name.as_str() {
        "ValidationException" | "SerializationException" => OTHER_DYNAMODB_ERROR.to_owned(),
        "InternalServerError" => "DynamoDB.InternalServerErrorException".to_owned(),
        name => format!("DynamoDB.{name}"),
    };
    let cause =
        format!("{} (Service: DynamoDb, Status Code: 400, Error Code: {})", refused.message, refused.name);
    TaskFailure { error, cause }
}

fn unsupported(resource: &str) -> TaskFailure {
    TaskFailure {
        error: "States.Runtime".to_owned(),
        cause: format!("this environment has no such integration: {resource}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_the_same_for_an_execution() {
        assert_eq!(trace_id("a"), trace_id("a"));
        assert_ne!(trace_id("a"), trace_id("b"));
        assert_eq!(trace_id("a").len(), "Root=1-".len() + 8 + 1 + 24 + ";Sampled=0".len());
    }

    fn check(name: &str, expected: &str) {
        let refused = Refused { name: name.into(), message: "m".into() };
        assert_eq!(dynamodb_failure(&refused).error, expected);
    }

    #[test]
    fn errors_in_the_names_of_the_integration() {
        check("ConditionalCheckFailedException", "DynamoDB.ConditionalCheckFailedException");
        check("ResourceNotFoundException", "DynamoDB.ResourceNotFoundException");
        check("ValidationException", "DynamoDB.AmazonDynamoDBException");
    }
}
