//! `AWS::DynamoDB::Table`, on demand, without indexes and streams.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Tags;
use crate::{
    Prop, Value,
    name::{AttributeName, TableName},
};

/// A table on demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The physical name.
    pub table_name: Option<Prop<TableName>>,
    /// What finds an item.
    pub key: PrimaryKey,
    /// Which attribute says when an item expires.
    pub time_to_live: Option<TimeToLive>,
    /// Whether the table can be restored to any second of the last 35 days.
    pub point_in_time_recovery: bool,
    /// The key that encrypts it; AWS's own if there is none.
    pub sse: Option<Sse>,
    /// Whether deleting the table is refused.
    pub deletion_protection: bool,
    /// Tags.
    pub tags: Tags,
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(name) = &self.table_name {
            map.serialize_entry("TableName", name)?;
        }
        map.serialize_entry("BillingMode", "PAY_PER_REQUEST")?;
        map.serialize_entry("AttributeDefinitions", &self.key.definitions())?;
        map.serialize_entry("KeySchema", &self.key.schema())?;
        if let Some(ttl) = &self.time_to_live {
            map.serialize_entry("TimeToLiveSpecification", ttl)?;
        }
        map.serialize_entry(
            "PointInTimeRecoverySpecification",
            &Recovery {
                enabled: self.point_in_time_recovery,
            },
        )?;
        if let Some(sse) = &self.sse {
            map.serialize_entry("SSESpecification", sse)?;
        }
        map.serialize_entry("DeletionProtectionEnabled", &self.deletion_protection)?;
        if !self.tags.is_empty() {
            map.serialize_entry("Tags", &self.tags)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Recovery {
    #[serde(rename = "PointInTimeRecoveryEnabled")]
    enabled: bool,
}

/// What finds an item: one attribute, or one that groups and one that sorts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The attribute that groups (HASH).
    pub partition: Key,
    /// The attribute that sorts inside of a group (RANGE).
    pub sort: Option<Key>,
}

/// An attribute of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: AttributeName,
    /// Its type.
    pub attribute_type: AttributeType,
}

/// The type of an attribute of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum AttributeType {
    /// Text.
    #[serde(rename = "S")]
    Text,
    /// Number.
    #[serde(rename = "N")]
    Number,
    /// Bytes.
    #[serde(rename = "B")]
    Binary,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition<'a> {
    attribute_name: &'a AttributeName,
    attribute_type: AttributeType,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement<'a> {
    attribute_name: &'a AttributeName,
    key_type: &'static str,
}

impl PrimaryKey {
    /// A key of one text.
    pub const fn text(name: AttributeName) -> Self {
        Self {
            partition: Key {
                name,
                attribute_type: AttributeType::Text,
            },
            sort: None,
        }
    }

    fn definitions(&self) -> Vec<Definition<'_>> {
        [Some(&self.partition), self.sort.as_ref()]
            .into_iter()
            .flatten()
            .map(|key| Definition {
                attribute_name: &key.name,
                attribute_type: key.attribute_type,
            })
            .collect()
    }

    fn schema(&self) -> Vec<KeyElement<'_>> {
        [
            Some((&self.partition, "HASH")),
            self.sort.as_ref().map(|sort| (sort, "RANGE")),
        ]
        .into_iter()
        .flatten()
        .map(|(key, key_type)| KeyElement {
            attribute_name: &key.name,
            key_type,
        })
        .collect()
    }
}

/// Items expire at the time, in seconds since 1970, that one of their attributes holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeToLive {
    /// The attribute.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sse {
    /// The key's ARN or id.
    pub kms_key: Value,
}

impl Serialize for Sse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("SSEEnabled", &true)?;
        map.serialize_entry("SSEType", "KMS")?;
        map.serialize_entry("KMSMasterKeyId", &self.kms_key)?;
        map.end()
    }
}
