//! `AWS::SNS::Topic`, `AWS::SNS::TopicPolicy` and `AWS::SNS::Subscription`.

use serde::{Deserialize, Serialize};

use super::{Schema, Tags};
use crate::{
    Attribute, Intrinsic, List, Prop, Text, Value,
    name::TopicName,
    policy::{PolicyDocument, ResourceStatement},
    template::Grant,
};

/// A standard topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Topic<I = Intrinsic> {
    /// The physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic_name: Option<Prop<TopicName, I>>,
    /// What a text message shows as its sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Text<100>>,
    /// The key that encrypts it, by ARN, id or alias; it is not encrypted if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<Value<I>>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for Topic {
    const TYPE: &'static str = "AWS::SNS::Topic";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::TopicArn, Attribute::TopicName];
    const NAME: Option<(&'static str, usize)> = Some(("TopicName", 256));
    const ARN: Option<&'static str> = Some("arn:{partition}:sns:{region}:{account}:{name}");
    const REF: Option<Attribute> = Some(Attribute::TopicArn);
}

/// A resource-based policy of topics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TopicPolicy<I = Intrinsic> {
    /// The topics' ARNs, which is what their `Ref` gives.
    pub topics: List<Value<I>, 1, 100>,
    /// What the policy says.
    #[serde(rename = "PolicyDocument")]
    pub document: PolicyDocument<ResourceStatement<I>>,
}

impl Schema for TopicPolicy {
    const TYPE: &'static str = "AWS::SNS::TopicPolicy";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Id];

    fn grants(&self) -> Vec<(String, Grant<'_>)> {
        let statements = self.document.statements.iter().enumerate();
        statements
            .map(|(at, granted)| (format!("/PolicyDocument/Statement/{at}"), Grant::Resource(granted)))
            .collect()
    }
}

/// Somebody who gets a topic's messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscription<I = Intrinsic> {
    /// The topic's ARN.
    pub topic_arn: Value<I>,
    /// How.
    pub protocol: Protocol,
    /// Where: an address, a URL, an ARN or a number.
    pub endpoint: Value<I>,
}

/// How a subscriber gets messages. Others of SNS are not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// By mail, as text.
    Email,
    /// By a POST to a URL.
    Https,
    /// Into a queue.
    Sqs,
    /// By an invocation of a function.
    Lambda,
    /// As a text message.
    Sms,
}

impl Schema for Subscription {
    const TYPE: &'static str = "AWS::SNS::Subscription";
}
