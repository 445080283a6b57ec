//! `DynamoDB`'s own API over the database, as AWS's clients speak it (JSON 1.0). dynoxide's own server asks
//! for no credentials.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::post,
};
use dynoxide::{Database, DynoxideError};
use serde::{Serialize, de::DeserializeOwned};

use crate::aws_json::{self, Protocol, ServiceError};

/// Largest request in bytes. Source: `DynamoDB`'s quota of 16 MB for a batch.
const MAX_REQUEST_BYTES: usize = 16 * 1_024 * 1_024;

pub(super) fn router(database: Database) -> Router {
    Router::new().route("/", post(call)).layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES)).with_state(database)
}

async fn call(State(database): State<Database>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = match aws_json::operation(&headers, "DynamoDB_20120810") {
        Ok(operation) => operation,
        Err(error) => return aws_json::respond(Protocol::Json10, Err(error)),
    };
    let Some(answer) = dispatch(&database, operation, &body) else {
        return aws_json::respond(Protocol::Json10, Err(ServiceError::unknown_operation(operation)));
    };
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        // The database words its errors itself, what a condition or a transaction found among it.
        Err(error) => {
            let status = StatusCode::from_u16(error.status_code());
            (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.to_json())
        }
    };
    aws_json::json(Protocol::Json10, status, body)
}

fn dispatch(database: &Database, operation: &str, body: &[u8]) -> Option<Result<String, DynoxideError>> {
    Some(match operation {
        "BatchExecuteStatement" => answer(body, |request| database.batch_execute_statement(request)),
        "BatchGetItem" => answer(body, |request| database.batch_get_item(request)),
        "BatchWriteItem" => answer(body, |request| database.batch_write_item(request)),
        "CreateTable" => answer(body, |request| database.create_table(request)),
        "DeleteItem" => answer(body, |request| database.delete_item(request)),
        "DeleteTable" => answer(body, |request| database.delete_table(request)),
        "DescribeStream" => answer(body, |request| database.describe_stream(request)),
        "DescribeTable" => answer(body, |request| database.describe_table(request)),
        "DescribeTimeToLive" => answer(body, |request| database.describe_time_to_live(request)),
        "ExecuteStatement" => answer(body, |request| database.execute_statement(request)),
        "ExecuteTransaction" => answer(body, |request| database.execute_transaction(request)),
        "GetItem" => answer(body, |request| database.get_item(request)),
        "GetRecords" => answer(body, |request| database.get_records(request)),
        "GetShardIterator" => answer(body, |request| database.get_shard_iterator(request)),
        "ListStreams" => answer(body, |request| database.list_streams(request)),
        "ListTables" => answer(body, |request| database.list_tables(request)),
        "ListTagsOfResource" => answer(body, |request| database.list_tags_of_resource(request)),
        "PutItem" => answer(body, |request| database.put_item(request)),
        "Query" => answer(body, |request| database.query(request)),
        "Scan" => answer(body, |request| database.scan(request)),
        "TagResource" => answer(body, |request| database.tag_resource(request)),
        "TransactGetItems" => answer(body, |request| database.transact_get_items(request)),
        "TransactWriteItems" => answer(body, |request| database.transact_write_items(request)),
        "UntagResource" => answer(body, |request| database.untag_resource(request)),
        "UpdateItem" => answer(body, |request| database.update_item(request)),
        "UpdateTable" => answer(body, |request| database.update_table(request)),
        "UpdateTimeToLive" => answer(body, |request| database.update_time_to_live(request)),
        _ => return None,
    })
}

fn answer<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    call: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    let text = std::str::from_utf8(body);
    let text = text.map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    // From a text, as the database's own server reads: that reader is compiled with the database, and optimised.
    let request = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    serde_json::to_string(&call(request)?)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// The database's own readers say with the first word of their message which exception it is.
fn unreadable(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let refused = |marker| text.split_once(marker).map(|(_, message)| message);
    match refused("VALIDATION:").or_else(|| refused("VALIDATION_REQUEST:")) {
        Some(message) => DynoxideError::ValidationException(message.to_owned()),
        None if text.starts_with("missing field") => DynoxideError::ValidationException(text),
        None => DynoxideError::SerializationException(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn call(database: &Database, operation: &str, request: &Value) -> Result<Value, Value> {
        let answer = dispatch(database, operation, request.to_string().as_bytes()).unwrap();
        answer
            .map(|text| serde_json::from_str(&text).unwrap())
            .map_err(|error| serde_json::from_str(&error.to_json()).unwrap())
    }

    #[test]
    fn what_a_client_asks_and_what_it_is_refused() {
        let database = Database::new("").unwrap();
        let key = json!([{ "AttributeName": "id", "KeyType": "HASH" }]);
        let types = json!([{ "AttributeName": "id", "AttributeType": "S" }]);
        let table = json!({
            "TableName": "table", "KeySchema": key, "AttributeDefinitions": types, "BillingMode": "PAY_PER_REQUEST",
        });
        call(&database, "CreateTable", &table).unwrap();
        assert_eq!(call(&database, "ListTables", &json!({})).unwrap()["TableNames"], json!(["table"]));
        let item = json!({ "id": { "S": "a" } });
        let once = json!({
            "TableName": "table", "Item": item, "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        call(&database, "PutItem", &once).unwrap();
        let refused = call(&database, "PutItem", &once).unwrap_err();
        assert!(refused["__type"].as_str().unwrap().ends_with("#ConditionalCheckFailedException"));
        assert_eq!(refused["Item"], item);
        let refused = |operation, request: Value| {
            let refused = call(&database, operation, &request).unwrap_err();
            refused["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned()
        };
        let transaction = json!({ "TransactItems": [{ "Put": {
            "TableName": "table", "Item": item, "ConditionExpression": "attribute_not_exists(id)",
        }}]});
        assert_eq!(refused("TransactWriteItems", transaction), "TransactionCanceledException");
        assert_eq!(refused("GetItem", json!({ "TableName": 1 })), "SerializationException");
        assert_eq!(refused("GetItem", json!({ "Key": item })), "ValidationException");
        let number = json!({ "TableName": "table", "Item": { "id": { "N": "x" } } });
        assert_eq!(refused("PutItem", number), "ValidationException");
        assert!(dispatch(&database, "Nothing", b"{}").is_none());
    }
}
