//! IAM policies without `NotAction`, `NotResource` and managed policies, so that the statements of a template list every
//! permission.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use crate::{
    Intrinsic, Value,
    name::{Action, ServicePrincipal, Sid},
};

/// A list of statements with the language's version around it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PolicyDocument<S = Statement> {
    #[serde(rename = "Statement")]
    pub statements: Vec<S>,
}

impl<S> PolicyDocument<S> {
    pub fn new(statements: impl IntoIterator<Item = S>) -> Self {
        Self { statements: statements.into_iter().collect() }
    }
}

impl<S: Serialize> Serialize for PolicyDocument<S> {
    fn serialize<R: Serializer>(&self, serializer: R) -> Result<R::Ok, R::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        // Source: IAM's only current version; without it policy variables are not replaced.
        map.serialize_entry("Version", "2012-10-17")?;
        map.serialize_entry("Statement", &self.statements)?;
        map.end()
    }
}

/// What a statement does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// Allows it, unless another statement denies it.
    Allow,
    /// Denies it, whatever else allows it.
    Deny,
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// An ARN, with wildcards.
    ArnEquals,
    /// A truth value.
    Bool,
    /// The same text.
    StringEquals,
}

/// Conditions: operator, key, and the values of which one has to match.
pub type Conditions<I = Intrinsic> = BTreeMap<Operator, BTreeMap<String, Vec<Value<I>>>>;

/// A statement of an identity-based policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Sid>,
    pub effect: Effect,
    #[serde(rename = "Action")]
    pub actions: Vec<Action>,
    #[serde(rename = "Resource")]
    pub resources: Vec<Value<I>>,
    #[serde(rename = "Condition", skip_serializing_if = "BTreeMap::is_empty", default = "BTreeMap::new")]
    pub conditions: Conditions<I>,
}

impl Statement {
    /// Allows actions on resources.
    pub fn allow(
        sid: Sid,
        actions: impl IntoIterator<Item = Action>,
        resources: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self {
            sid: Some(sid),
            effect: Effect::Allow,
            actions: actions.into_iter().collect(),
            resources: resources.into_iter().collect(),
            conditions: BTreeMap::new(),
        }
    }

    /// Adds a condition: the key has to match one of the values.
    #[must_use]
    pub fn when(
        mut self,
        operator: Operator,
        key: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        require(&mut self.conditions, operator, key, values);
        self
    }
}

fn require(
    conditions: &mut Conditions,
    operator: Operator,
    key: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) {
    let keys = conditions.entry(operator).or_default();
    keys.insert(key.into(), values.into_iter().collect());
}

/// The principal of a resource-based policy or a trust policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal<I = Intrinsic> {
    Service(ServicePrincipal),
    /// An account, role or user by its ARN.
    #[serde(rename = "AWS")]
    Aws(Value<I>),
}

/// A statement of a resource-based policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceStatement<I = Intrinsic> {
    pub principal: Principal<I>,
    #[serde(flatten)]
    pub statement: Statement<I>,
}

/// Who may assume a role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TrustStatement<I = Intrinsic> {
    #[serde(rename = "Principal")]
    pub principal: Principal<I>,
    /// Under which conditions: a service role names the source it acts for.
    #[serde(rename = "Condition", default = "BTreeMap::new")]
    pub conditions: Conditions<I>,
}

impl TrustStatement {
    pub const fn service(service: ServicePrincipal) -> Self {
        Self { principal: Principal::Service(service), conditions: BTreeMap::new() }
    }

    /// Adds a condition: the key has to match one of the values.
    #[must_use]
    pub fn when(
        mut self,
        operator: Operator,
        key: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        require(&mut self.conditions, operator, key, values);
        self
    }
}

impl<I: Serialize> Serialize for TrustStatement<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Effect", &Effect::Allow)?;
        map.serialize_entry("Principal", &self.principal)?;
        map.serialize_entry("Action", "sts:AssumeRole")?;
        if !self.conditions.is_empty() {
            map.serialize_entry("Condition", &self.conditions)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checked;

    #[test]
    fn conditions_add_up() {
        let statement = Statement::allow(checked!(Sid, "S"), [checked!(Action, "a:B")], ["arn".into()])
            .when(Operator::StringEquals, "k", ["1".into()])
            .when(Operator::StringEquals, "l", ["2".into(), "3".into()])
            .when(Operator::ArnEquals, "m", ["a*".into()]);
        let expected = json!({
            "Sid": "S", "Effect": "Allow", "Action": ["a:B"], "Resource": ["arn"],
            "Condition": {"StringEquals": {"k": ["1"], "l": ["2", "3"]}, "ArnEquals": {"m": ["a*"]}},
        });
        assert_eq!(serde_json::to_value(statement).unwrap(), expected);
    }

    #[test]
    fn a_principal_is_a_service_or_an_arn() {
        let statement =
            TrustStatement { principal: Principal::Aws("arn".into()), conditions: Conditions::new() };
        let rendered = serde_json::to_value(PolicyDocument::new([statement])).unwrap();
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": "arn"}, "Action": "sts:AssumeRole"});
        assert_eq!(rendered, json!({"Version": "2012-10-17", "Statement": [statement]}));
    }
}
