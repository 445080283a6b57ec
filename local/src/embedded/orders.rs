//! Starting orders: the pending session first, then the execution of the same name.

use std::sync::Arc;

use contract::{
    Order, Session, SessionId, Status, Timestamp,
    session::{TTL_S, attribute},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Embedded, recovery};
use crate::{
    clock,
    dynamodb::{Action, Refused, item},
    lock::lock,
    states::{Execution, StatesError, engine::execution_arn},
};

#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error("session is taken by another order: {session}")]
    OtherOrder { session: SessionId },
    #[error("the sessions table refuses")]
    Table(#[from] Refused),
    #[error(transparent)]
    States(#[from] StatesError),
    #[error("a stored value is not what it should be")]
    Json(#[from] serde_json::Error),
    #[error("the session's item has an unknown type")]
    Item,
}

impl OrderError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::States(StatesError::Store(error)) => error.hint(),
            // All that SQLite says of a disk that refuses.
            Self::Table(refused) if refused.name == "InternalServerError" => {
                Some("look at the disk of the data folder: it may be full".to_owned())
            }
            _ => None,
        }
    }
}

impl Embedded {
    /// Starts an order. The same id with the same order is the same execution, ended ones included; then the second
    /// value is false.
    pub async fn start_order(&self, order: &Order) -> Result<(Arc<Execution>, bool), OrderError> {
        let input = serde_json::to_value(order)?;
        let arn = execution_arn(&self.names.machine_arn, &order.session_id);
        let mut known = match self.engine.execution(&arn) {
            Err(StatesError::ExecutionDoesNotExist { .. }) => None,
            known => Some(known?),
        };
        let mut fresh = false;
        if known.is_none() {
            self.put_pending_session(&order.session_id)?;
            let name = Some(order.session_id.to_string());
            known = match self.engine.start(&self.names.machine_arn, name, Some(input.to_string())).await {
                // Somebody else was faster with the same name.
                Err(StatesError::ExecutionAlreadyExists { arn }) => Some(self.engine.execution(&arn)?),
                Err(error) => {
                    if !self.engine.was_accepted(&self.names.machine_arn, &order.session_id) {
                        // An order that is refused leaves no session behind. Where the disk refuses that as well, the
                        // next environment does it.
                        let _later = recovery::delete_orphan(
                            &self.tables,
                            &self.names.sessions_table,
                            &order.session_id,
                        );
                    }
                    return Err(error.into());
                }
                Ok(started) => {
                    fresh = true;
                    Some(started)
                }
            };
        }
        let execution = known
            .filter(|known| known.has_input(&input))
            .ok_or_else(|| OrderError::OtherOrder { session: order.session_id.clone() })?;
        *lock(&self.latest) = Some(order.session_id.to_string());
        Ok((execution, fresh))
    }

    /// A session that is final is never cooked again, also when its execution is unknown.
    fn expect_pending(&self, session: &SessionId) -> Result<(), OrderError> {
        match self.stored_session(session)? {
            Some(found) if found.status != Status::Pending => {
                Err(OrderError::OtherOrder { session: session.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }

    fn put_pending_session(&self, session: &SessionId) -> Result<(), OrderError> {
        let now = clock::now();
        let deadline_s = i64::try_from(self.deadline_s).unwrap_or(i64::MAX);
        let deadline = now.saturating_add(SignedDuration::from_secs(deadline_s)).unwrap_or(now);
        let session = Session {
            session_id: session.clone(),
            status: Status::Pending,
            created_at: Timestamp(clock::wire(now)),
            deadline_at: Timestamp(clock::wire(deadline)),
            expires_at_s: now.as_second() + TTL_S,
            execution_id: None,
            result: None,
            completed_at: None,
            error: None,
            cause: None,
            failed_at: None,
        };
        let plain = serde_json::to_value(&session)?;
        let item = plain.as_object().map(item::attributes).unwrap_or_default();
        let put = self.tables.call(
            Action::Put,
            json!({
                "TableName": self.names.sessions_table,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(#id)",
                "ExpressionAttributeNames": { "#id": attribute::SESSION_ID },
            }),
        );
        match put {
            Err(refused) if refused.name == "ConditionalCheckFailedException" => {
                self.expect_pending(&session.session_id)
            }
            other => {
                other?;
                Ok(())
            }
        }
    }

    /// The session as it is stored.
    pub fn stored_session(&self, session: &SessionId) -> Result<Option<Session>, OrderError> {
        let key = json!({ attribute::SESSION_ID: { "S": &**session } });
        let request = json!({ "TableName": self.names.sessions_table, "Key": key, "ConsistentRead": true });
        let answer = self.tables.call(Action::Get, request)?;
        match answer.get("Item") {
            None | Some(Value::Null) => Ok(None),
            Some(found) => {
                let plain = item::plain_object(found).ok_or(OrderError::Item)?;
                Ok(Some(serde_json::from_value(plain)?))
            }
        }
    }
}
