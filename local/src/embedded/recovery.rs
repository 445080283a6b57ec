//! What a crash left half done in the sessions table. What it left in executions is the engine's.
//!
//! An order is accepted in two steps, its session and then its execution. An environment that broke off between them has
//! acknowledged nothing: such a session is deleted, and a repeated request starts anew.

use std::collections::BTreeSet;

use contract::{Status, session::attribute};
use serde_json::{Value, json};

use super::names::Names;
use crate::{
    dynamodb::{Action, DynamoDb, Refused},
    states::Engine,
};

/// The ids of all sessions that are open.
pub(super) fn open_sessions(tables: &DynamoDb, table: &str) -> Result<BTreeSet<String>, Refused> {
    let found = tables.scan(json!({
        "TableName": table,
        "ConsistentRead": true,
        "FilterExpression": "#status = :pending",
        "ExpressionAttributeNames": { "#status": attribute::STATUS },
        "ExpressionAttributeValues": { ":pending": { "S": Status::Pending.name() } },
    }))?;
    let id =
        |item: Value| item.pointer(&format!("/{}/S", attribute::SESSION_ID))?.as_str().map(str::to_owned);
    Ok(found.into_iter().filter_map(id).collect())
}

/// Deletes the open sessions that no execution was started for.
pub(super) fn delete_orphans(
    tables: &DynamoDb,
    names: &Names,
    open: &BTreeSet<String>,
    engine: &Engine,
) -> Result<(), Refused> {
    open.iter()
        .filter(|session| !engine.was_accepted(&names.machine_arn, session))
        .try_for_each(|session| delete_orphan(tables, &names.sessions_table, session))
}

/// Deletes a session that no execution was started for, if it is still open.
pub(super) fn delete_orphan(tables: &DynamoDb, table: &str, session: &str) -> Result<(), Refused> {
    let deleted = tables.call(
        Action::Delete,
        json!({
            "TableName": table,
            "Key": { attribute::SESSION_ID: { "S": session } },
            "ConditionExpression": "#status = :pending",
            "ExpressionAttributeNames": { "#status": attribute::STATUS },
            "ExpressionAttributeValues": { ":pending": { "S": Status::Pending.name() } },
        }),
    );
    match deleted {
        Err(refused) if refused.name != "ConditionalCheckFailedException" => Err(refused),
        // Gone or closed already: nothing is left to delete.
        Ok(_) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use cfn::resolve::resolve;
    use stack::Environment;

    use super::{super::names::account, *};
    use crate::serve::AccessKey;

    const TABLE: &str = "ai-chef-sessions-local";

    async fn tables() -> DynamoDb {
        let today = jiff::civil::date(2026, 11, 22);
        let template = stack::checked(stack::app(&Environment::local().unwrap()), today).unwrap();
        let resolved = resolve(template.template(), &account(&template)).unwrap();
        let key = AccessKey::random();
        DynamoDb::start(None, &resolved, &key).await.unwrap()
    }

    fn put(tables: &DynamoDb, id: &str, status: Status) {
        let item = json!({ attribute::SESSION_ID: { "S": id }, attribute::STATUS: { "S": status.name() } });
        let put = json!({ "TableName": TABLE, "Item": item });
        tables.call(Action::Put, put).unwrap();
    }

    #[tokio::test]
    async fn only_an_open_session_is_deleted() {
        let tables = tables().await;
        for status in [Status::Pending, Status::Completed, Status::Failed] {
            put(&tables, status.name(), status);
            delete_orphan(&tables, TABLE, status.name()).unwrap();
        }
        delete_orphan(&tables, TABLE, "nobody").unwrap();
        let left = tables.scan(json!({ "TableName": TABLE })).unwrap();
        let mut left: Vec<_> =
            left.iter().filter_map(|item| item.pointer("/sessionId/S")?.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["completed", "failed"]);
        assert!(open_sessions(&tables, TABLE).unwrap().is_empty());
    }
}
