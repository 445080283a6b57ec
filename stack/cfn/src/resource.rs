//! A resource of a template: its typed properties and its attributes. A resource type is a file of this folder with its
//! [`Schema`], its `mod` and its line in `resource_types!`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};
use serde_json::json;

use crate::{Attribute, Intrinsic, Literal, LogicalId, Value, name::TagKey, template::Grant};

mod alarm;
mod event_pattern;
mod function;
mod log_group;
mod metric_filter;
mod queue;
mod role;
mod rule;
mod state_machine;
mod table;
mod topic;

pub use event_pattern::*;

/// A type of resource: what CloudFormation says of it.
pub trait Schema {
    /// CloudFormation's word for it.
    const TYPE: &'static str;
    /// The attributes that `Fn::GetAtt` returns, as far as the supported properties allow them.
    const ATTRIBUTES: &'static [Attribute] = &[];
    /// The property with its physical name, and the longest one.
    const NAME: Option<(&'static str, usize)> = None;
    /// Its ARN, with `{partition}`, `{region}`, `{account}` and `{name}`.
    const ARN: Option<&'static str> = None;
    /// What `Ref` gives where it is not the physical name.
    const REF: Option<Attribute> = None;

    /// The permissions in its properties, each with its place below them.
    fn grants(&self) -> Vec<(String, Grant<'_>)> {
        Vec::new()
    }
}

/// A type of resource with intrinsic functions `I`, found among the properties of a resource.
pub trait ResourceType<I = Intrinsic>: Sized + 'static {
    /// These properties, if they are of this type.
    fn of(properties: &Properties<I>) -> Option<&Self>;
    /// As [`ResourceType::of`], to be changed.
    fn of_mut(properties: &mut Properties<I>) -> Option<&mut Self>;
}

macro_rules! resource_types {
    ($($module:ident: $($kind:ident)+;)+) => {
        $(pub use $module::*;)+

        each_type! { $($($kind)+)+ }
    };
}

macro_rules! each_type {
    ($($kind:ident)+) => {
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Properties<I = Intrinsic> {
            $(#[doc = concat!("Of a [`", stringify!($kind), "`].")] $kind($kind<I>),)+
        }

        impl Properties {
            /// Every type.
            #[cfg(test)]
            pub(crate) const TYPES: &[&str] = &[$($kind::TYPE),+];

            /// CloudFormation's word for the type.
            pub const fn resource_type(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $kind::TYPE,)+
                }
            }

            /// What `Fn::GetAtt` returns for the type.
            pub const fn attributes(&self) -> &'static [Attribute] {
                match self {
                    $(Self::$kind(_) => $kind::ATTRIBUTES,)+
                }
            }

            /// The property with the physical name, if the type has one.
            pub fn name_property(&self) -> Option<&'static str> {
                self.naming().map(|(property, _)| property)
            }

            pub(crate) const fn naming(&self) -> Option<(&'static str, usize)> {
                match self {
                    $(Self::$kind(_) => $kind::NAME,)+
                }
            }

            pub(crate) const fn arn_pattern(&self) -> Option<&'static str> {
                match self {
                    $(Self::$kind(_) => $kind::ARN,)+
                }
            }

            pub(crate) const fn ref_attribute(&self) -> Option<Attribute> {
                match self {
                    $(Self::$kind(_) => $kind::REF,)+
                }
            }

            pub(crate) fn grants(&self) -> Vec<(String, Grant<'_>)> {
                match self {
                    $(Self::$kind(own) => own.grants(),)+
                }
            }

            /// Reads properties of the same type that hold no intrinsic function any more.
            pub(crate) fn read_resolved<'de, D: Deserializer<'de>>(
                &self,
                resolved: D,
            ) -> Result<Properties<Literal>, D::Error> {
                match self {
                    $(Self::$kind(_) => $kind::deserialize(resolved).map(Properties::$kind),)+
                }
            }
        }

        $(
            impl<I: 'static> ResourceType<I> for $kind<I> {
                fn of(properties: &Properties<I>) -> Option<&Self> {
                    if let Properties::$kind(own) = properties { Some(own) } else { None }
                }

                fn of_mut(properties: &mut Properties<I>) -> Option<&mut Self> {
                    if let Properties::$kind(own) = properties { Some(own) } else { None }
                }
            }

            impl From<$kind> for Properties {
                fn from(own: $kind) -> Self {
                    Self::$kind(own)
                }
            }

            impl From<$kind> for Resource {
                fn from(own: $kind) -> Self {
                    Self::new(own)
                }
            }
        )+
    };
}

resource_types! {
    function: Function Permission FunctionUrl;
    role: Role;
    log_group: LogGroup;
    table: Table;
    state_machine: StateMachine;
    rule: Rule;
    queue: Queue QueuePolicy;
    metric_filter: MetricFilter;
    topic: Topic TopicPolicy Subscription;
    alarm: Alarm CompositeAlarm;
}

/// `DeletionPolicy`: what happens to a resource that leaves the template or whose stack is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum RemovalPolicy {
    Delete,
    Retain,
    /// It is kept, unless the operation that created it failed.
    RetainExceptOnCreate,
}

/// `UpdateReplacePolicy`: what happens to the old resource when an update replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ReplacePolicy {
    Delete,
    Retain,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub properties: Properties,
    /// `DependsOn`: what is created first, beside what the properties refer to.
    pub depends_on: BTreeSet<LogicalId>,
    pub deletion_policy: Option<RemovalPolicy>,
    pub update_replace_policy: Option<ReplacePolicy>,
    /// Rules of cfn-lint that do not hold for this resource, each with its reason.
    pub lint_ignores: BTreeMap<&'static str, &'static str>,
}

impl Resource {
    pub fn new(properties: impl Into<Properties>) -> Self {
        Self {
            properties: properties.into(),
            depends_on: BTreeSet::new(),
            deletion_policy: None,
            update_replace_policy: None,
            lint_ignores: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn depends_on(mut self, other: LogicalId) -> Self {
        self.depends_on.insert(other);
        self
    }

    #[must_use]
    pub const fn on_removal(mut self, policy: RemovalPolicy) -> Self {
        self.deletion_policy = Some(policy);
        self.update_replace_policy = Some(match policy {
            RemovalPolicy::Delete => ReplacePolicy::Delete,
            RemovalPolicy::Retain | RemovalPolicy::RetainExceptOnCreate => ReplacePolicy::Retain,
        });
        self
    }

    /// Switches a rule of cfn-lint, such as `E3002`, off for this resource. The reason stands in the template.
    #[must_use]
    pub fn ignore_lint(mut self, rule: &'static str, reason: &'static str) -> Self {
        self.lint_ignores.insert(rule, reason);
        self
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Type", self.properties.resource_type())?;
        if !self.depends_on.is_empty() {
            map.serialize_entry("DependsOn", &self.depends_on)?;
        }
        if let Some(policy) = self.deletion_policy {
            map.serialize_entry("DeletionPolicy", &policy)?;
        }
        if let Some(policy) = self.update_replace_policy {
            map.serialize_entry("UpdateReplacePolicy", &policy)?;
        }
        if !self.lint_ignores.is_empty() {
            let rules: Vec<_> = self.lint_ignores.keys().collect();
            let ignored = json!({ "config": { "ignore_checks": rules } });
            map.serialize_entry("Metadata", &json!({ "cfn-lint": ignored, "Reasons": self.lint_ignores }))?;
        }
        map.serialize_entry("Properties", &self.properties)?;
        map.end()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<Tag<TagKey, Value<I>>>")]
pub struct Tags<I = Intrinsic>(pub BTreeMap<TagKey, Value<I>>);

/// One tag as the template says it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag<K, V> {
    key: K,
    value: V,
}

impl<I> Default for Tags<I> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<I> From<Vec<Tag<TagKey, Value<I>>>> for Tags<I> {
    fn from(tags: Vec<Tag<TagKey, Value<I>>>) -> Self {
        Self(tags.into_iter().map(|Tag { key, value }| (key, value)).collect())
    }
}

impl<I> Tags<I> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(TagKey, Value)> for Tags {
    fn from_iter<I: IntoIterator<Item = (TagKey, Value)>>(tags: I) -> Self {
        Self(tags.into_iter().collect())
    }
}

impl<I: Serialize> Serialize for Tags<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(key, value)| Tag { key, value }))
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    fn queue() -> Resource {
        let queue = Queue {
            queue_name: None,
            kms_master_key_id: None,
            message_retention_s: None,
            tags: Tags::default(),
        };
        queue.into()
    }

    #[track_caller]
    fn check(resource: Resource, attribute: &str, expected: &serde_json::Value) {
        assert_eq!(serde_json::to_value(resource).unwrap().get(attribute), Some(expected));
    }

    #[test]
    fn a_resource_without_attributes_has_type_and_properties() {
        let rendered = serde_json::to_value(queue()).unwrap();
        assert_eq!(rendered, json!({"Type": "AWS::SQS::Queue", "Properties": {}}));
    }

    #[test]
    fn an_ignored_rule_has_its_reason_beside_it() {
        let expected = json!({
            "cfn-lint": {"config": {"ignore_checks": ["E3002"]}},
            "Reasons": {"E3002": "newer than the linter"},
        });
        check(queue().ignore_lint("E3002", "newer than the linter"), "Metadata", &expected);
    }

    #[test]
    fn a_policy_covers_deletion_and_replacement() {
        for (policy, deletion, replacement) in [
            (RemovalPolicy::Delete, "Delete", "Delete"),
            (RemovalPolicy::Retain, "Retain", "Retain"),
            (RemovalPolicy::RetainExceptOnCreate, "RetainExceptOnCreate", "Retain"),
        ] {
            check(queue().on_removal(policy), "DeletionPolicy", &json!(deletion));
            check(queue().on_removal(policy), "UpdateReplacePolicy", &json!(replacement));
        }
    }

    #[test]
    fn who_is_waited_for_is_ordered_by_name() {
        let [one, other] = ["B", "A"].map(|id| LogicalId::new(id).unwrap());
        check(queue().depends_on(one).depends_on(other), "DependsOn", &json!(["A", "B"]));
    }
}
