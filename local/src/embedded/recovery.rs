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
