//! `AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`.

use serde::{Deserialize, Serialize};

use super::{Schema, Tags};
use crate::{
    Attribute, Intrinsic, List, Prop, Value, Whole,
    name::QueueName,
    policy::{PolicyDocument, ResourceStatement},
    template::Grant,
};

/// How long a queue keeps a message, in seconds.
pub type QueueRetentionS = Whole<60, 1_209_600>;

/// A standard queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Queue<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_name: Option<Prop<QueueName, I>>,
    /// The key that encrypts it, by ARN, id or alias; SQS's own if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<Value<I>>,
    /// How long a message is kept; four days by default.
    #[serde(rename = "MessageRetentionPeriod", skip_serializing_if = "Option::is_none")]
    pub message_retention_s: Option<QueueRetentionS>,
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for Queue {
    const TYPE: &'static str = "AWS::SQS::Queue";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn, Attribute::QueueName, Attribute::QueueUrl];
    const NAME: Option<(&'static str, usize)> = Some(("QueueName", 80));
    const ARN: Option<&'static str> = Some("arn:{partition}:sqs:{region}:{account}:{name}");
    const REF: Option<Attribute> = Some(Attribute::QueueUrl);
}

/// A resource-based policy of queues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueuePolicy<I = Intrinsic> {
    /// The queues' URLs, which is what their `Ref` gives.
    pub queues: List<Value<I>, 1, 100>,
    #[serde(rename = "PolicyDocument")]
    pub document: PolicyDocument<ResourceStatement<I>>,
}

impl Schema for QueuePolicy {
    const TYPE: &'static str = "AWS::SQS::QueuePolicy";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Id];

    fn grants(&self) -> Vec<(String, Grant<'_>)> {
        let statements = self.document.statements.iter().enumerate();
        statements
            .map(|(at, granted)| (format!("/PolicyDocument/Statement/{at}"), Grant::Resource(granted)))
            .collect()
    }
}
