//! `AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`.

use serde::Serialize;

use super::Tags;
use crate::{
    List, Prop, Value, Whole,
    name::QueueName,
    policy::{PolicyDocument, ResourceStatement},
};

/// How long a queue keeps a message, in seconds.
pub type QueueRetentionS = Whole<60, 1_209_600>;

/// A standard queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Queue {
    /// The physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_name: Option<Prop<QueueName>>,
    /// The key that encrypts it, by ARN, id or alias; SQS's own if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<Value>,
    /// How long a message is kept; four days if it is not said.
    #[serde(rename = "MessageRetentionPeriod", skip_serializing_if = "Option::is_none")]
    pub message_retention_s: Option<QueueRetentionS>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// What queues let others do to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueuePolicy {
    /// The queues' URLs, which is what their `Ref` gives.
    pub queues: List<Value, 1, 100>,
    /// What the policy says.
    #[serde(rename = "PolicyDocument")]
    pub document: PolicyDocument<ResourceStatement>,
}
