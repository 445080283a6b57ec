//! The store in DynamoDB: one transaction over the two tables (decision D5).

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    config::timeout::TimeoutConfig,
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, CancellationReason, Put, TransactWriteItem, Update},
};
use contract::{
    MealPlan,
    session::{Session, Status, attribute},
};
use runtime::aws::{self, SdkConfig};

use crate::{Rows, Store, StoreError};

/// Longest wait for one answer, so that a connection that hangs leaves time for the SDK's next attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);

/// The two tables' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// The table of results.
    pub results: String,
    /// The table of sessions.
    pub sessions: String,
}

/// The adapter.
#[derive(Debug, Clone)]
pub struct DynamoDb {
    client: Client,
    tables: Tables,
}

/// The outcome of a transaction.
enum Ended {
    Stored,
    /// The session was not open any more when it was to be completed.
    SessionNotOpen,
}

impl DynamoDb {
    /// The tables in the account and region of that configuration.
    #[must_use]
    pub fn new(config: &SdkConfig, tables: Tables) -> Self {
        let timeouts = config.timeout_config().map(TimeoutConfig::to_builder).unwrap_or_default();
        let timeouts = timeouts.operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
        let config = aws_sdk_dynamodb::config::Builder::from(config).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), tables }
    }

    /// The SDK makes the transaction's client token and keeps it for its own transport retries. A later attempt is
    /// another transaction with another date, and a token needs identical parameters. The condition on the session makes
    /// attempts idempotent.
    async fn write(&self, rows: &Rows) -> Result<Ended, StoreError> {
        let put = Put::builder().table_name(&self.tables.results).set_item(Some(sdk_item(rows.result_row())));
        let put = put.build().map_err(|error| unavailable(&error))?;
        let update = self.completion(rows)?;
        let request = self
            .client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(put).build())
            .transact_items(TransactWriteItem::builder().update(update).build());
        match request.send().await {
            Ok(_) => Ok(Ended::Stored),
            Err(error) => cancelled(&error),
        }
    }

    /// Completes the session if it is open or absent.
    fn completion(&self, rows: &Rows) -> Result<Update, StoreError> {
        let mut clauses = Vec::new();
        let mut update = Update::builder()
            .table_name(&self.tables.sessions)
            .key(attribute::SESSION_ID, AttributeValue::S(rows.session_id().to_string()))
            .condition_expression("attribute_not_exists(#id) OR #status = :pending")
            .expression_attribute_names("#id", attribute::SESSION_ID)
            .expression_attribute_values(":pending", AttributeValue::S(Status::Pending.name().to_owned()));
        // Names are always aliased: `status`, `result` and `TTL` are reserved words.
        for (name, value) in rows.set() {
            clauses.push(format!("#{name} = :{name}"));
            update = update.expression_attribute_names(format!("#{name}"), name);
            update = update.expression_attribute_values(format!(":{name}"), value.into());
        }
        for (name, value) in rows.set_if_missing() {
            clauses.push(format!("#{name} = if_not_exists(#{name}, :{name})"));
            update = update.expression_attribute_names(format!("#{name}"), name);
            update = update.expression_attribute_values(format!(":{name}"), value.into());
        }
        let update = update.update_expression(format!("SET {}", clauses.join(", ")));
        update.build().map_err(|error| unavailable(&error))
    }

    /// The session that was not open, read consistently.
    async fn session(&self, rows: &Rows) -> Result<Session, StoreError> {
        let key = AttributeValue::S(rows.session_id().to_string());
        let request = self.client.get_item().table_name(&self.tables.sessions).consistent_read(true);
        let answer = request.key(attribute::SESSION_ID, key).send().await;
        let item = answer.map_err(|error| service(&error))?.item;
        let item = item.ok_or_else(|| StoreError::Unavailable("session expired meanwhile".to_owned()))?;
        // serde's error quotes the value, and this one is in logs and the execution's history.
        serde_dynamo::from_item(item)
            .map_err(|_| StoreError::Unavailable("the session's row cannot be read".to_owned()))
    }
}

impl Store for DynamoDb {
    async fn complete(&self, rows: &Rows) -> Result<MealPlan, StoreError> {
        match self.write(rows).await? {
            Ended::Stored => Ok(rows.plan().clone()),
            Ended::SessionNotOpen => earlier(self.session(rows).await?, rows),
        }
    }
}

/// The result for this execution of a session that is not open.
fn earlier(session: Session, rows: &Rows) -> Result<MealPlan, StoreError> {
    let ours = session.execution_id.as_deref() == Some(&*rows.execution_id().0);
    match session.status {
        Status::Completed if ours => session
            .result
            .ok_or_else(|| StoreError::Unavailable("session is completed without a result".to_owned())),
        status @ (Status::Completed | Status::Failed) => {
            Err(StoreError::Closed { session_id: rows.session_id().clone(), status })
        }
        Status::Pending => Err(StoreError::Unavailable("session was opened again meanwhile".to_owned())),
    }
}

/// Distinguishes a failed condition from transient errors.
fn cancelled<R>(error: &SdkError<TransactWriteItemsError, R>) -> Result<Ended, StoreError>
where
    R: std::fmt::Debug + 'static,
{
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return Err(service(error));
    };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().filter_map(CancellationReason::code).collect();
    if codes.contains(&"ConditionalCheckFailed") {
        return Ok(Ended::SessionNotOpen);
    }
    Err(StoreError::Unavailable(format!("transaction was cancelled: {}", codes.join(", "))))
}

fn service<E, R>(error: &SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    StoreError::Unavailable(aws::reason(error))
}

fn unavailable(error: &dyn std::error::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn sdk_item(item: HashMap<String, serde_dynamo::AttributeValue>) -> HashMap<String, AttributeValue> {
    item.into_iter().map(|(name, value)| (name, value.into())).collect()
}

#[cfg(test)]
mod tests;
