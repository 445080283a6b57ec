//! What a crash left half done in the sessions table. What it left in executions is the engine's.
//!
//! An order is taken in two steps, its session and then its execution. An environment that broke off between them has
//! acknowledged nothing: such a session is taken back, and whoever asks again starts anew.

use std::collections::BTreeSet;

use contract::{Status, session::attribute};
use serde_json::{Value, json};

use super::names::Names;
use crate::{
    dynamodb::{Action, DynamoDb, Refused},
    states::{Engine, engine::execution_arn},
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
    let id = |item: Value| {
        item.pointer(&format!("/{}/S", attribute::SESSION_ID))?
            .as_str()
            .map(str::to_owned)
    };
    Ok(found.into_iter().filter_map(id).collect())
}

/// Takes back the open sessions that nobody started an execution for.
pub(super) fn take_back_unstarted(
    tables: &DynamoDb,
    names: &Names,
    open: &BTreeSet<String>,
    engine: &Engine,
) -> Result<(), Refused> {
    let started = |session: &str| {
        engine
            .execution(&execution_arn(&names.machine_arn, session))
            .is_ok()
    };
    open.iter()
        .filter(|session| !started(session))
        .try_for_each(|session| take_back(tables, &names.sessions_table, session))
}

/// Takes back a session that no execution was started for, if it is still open.
pub(super) fn take_back(tables: &DynamoDb, table: &str, session: &str) -> Result<(), Refused> {
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
        // Gone or closed already: nothing is left to take back.
        Ok(_) | Err(_) => Ok(()),
    }
}
