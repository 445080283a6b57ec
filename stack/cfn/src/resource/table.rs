//! `AWS::DynamoDB::Table`, on demand, without indexes and streams.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::{Schema, Tags};
use crate::{
    Attribute, Intrinsic, Prop, Value,
    name::{AttributeName, TableName},
};

/// A table on demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Table<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<Prop<TableName, I>>,
    /// How it is paid for.
    pub billing_mode: BillingMode,
    /// The primary key.
    #[serde(flatten)]
    pub key: TextKey,
    /// Which attribute says when an item expires.
    #[serde(rename = "TimeToLiveSpecification", skip_serializing_if = "Option::is_none")]
    pub time_to_live: Option<TimeToLive>,
    /// Whether the table can be restored to any second of the last 35 days.
    #[serde(rename = "PointInTimeRecoverySpecification")]
    pub point_in_time_recovery: PointInTimeRecovery,
    /// The key that encrypts it; AWS's own if there is none.
    #[serde(rename = "SSESpecification", skip_serializing_if = "Option::is_none")]
    pub sse: Option<Sse<I>>,
    /// Whether deleting the table is refused.
    #[serde(rename = "DeletionProtectionEnabled")]
    pub deletion_protection: bool,
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for Table {
    const TYPE: &'static str = "AWS::DynamoDB::Table";
    // Not `StreamArn`: without a stream, which is not supported, asking for it fails on AWS.
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn];
    const NAME: Option<(&'static str, usize)> = Some(("TableName", 255));
    const ARN: Option<&'static str> = Some("arn:{partition}:dynamodb:{region}:{account}:table/{name}");
}

/// How a table is paid for. Provisioned capacity is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BillingMode {
    /// By the request.
    PayPerRequest,
}

/// Whether a table can be restored to any second of the last 35 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointInTimeRecovery {
    #[serde(rename = "PointInTimeRecoveryEnabled")]
    pub enabled: bool,
}

/// A primary key of one text. Sort keys and keys of other types are not supported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeyProperties", into = "KeyProperties")]
pub struct TextKey(pub AttributeName);

/// A primary key in the form of the template: the type and the role of each attribute are in two lists.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyProperties {
    attribute_definitions: [Definition; 1],
    key_schema: [KeyElement; 1],
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    attribute_name: AttributeName,
    attribute_type: AttributeType,
}

#[derive(Serialize, Deserialize)]
enum AttributeType {
    #[serde(rename = "S")]
    Text,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement {
    attribute_name: AttributeName,
    key_type: KeyType,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum KeyType {
    Hash,
}

impl From<TextKey> for KeyProperties {
    fn from(TextKey(name): TextKey) -> Self {
        Self {
            attribute_definitions: [Definition {
                attribute_name: name.clone(),
                attribute_type: AttributeType::Text,
            }],
            key_schema: [KeyElement { attribute_name: name, key_type: KeyType::Hash }],
        }
    }
}

impl From<KeyProperties> for TextKey {
    fn from(KeyProperties { key_schema: [element], .. }: KeyProperties) -> Self {
        Self(element.attribute_name)
    }
}

/// Items expire at the time, in seconds since 1970, that one of their attributes holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TimeToLive {
    #[serde(rename = "AttributeName")]
    pub attribute: AttributeName,
}

impl Serialize for TimeToLive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("AttributeName", &self.attribute)?;
        map.serialize_entry("Enabled", &true)?;
        map.end()
    }
}

/// Encryption with a key of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sse<I = Intrinsic> {
    /// The key's ARN or id.
    #[serde(rename = "KMSMasterKeyId")]
    pub kms_key: Value<I>,
}

impl<I: Serialize> Serialize for Sse<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("SSEEnabled", &true)?;
        map.serialize_entry("SSEType", "KMS")?;
        map.serialize_entry("KMSMasterKeyId", &self.kms_key)?;
        map.end()
    }
}
