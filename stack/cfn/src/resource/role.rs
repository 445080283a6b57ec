//! `AWS::IAM::Role`.

use serde::Serialize;

use super::Tags;
use crate::{
    Prop, Text, Whole,
    name::{PolicyName, RoleName},
    policy::{PolicyDocument, TrustStatement},
};

/// A role with its policies inside. Managed policies are not spoken here: every permission of a role stands in its
/// template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    /// The physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<Prop<RoleName>>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<1_000>>,
    /// Who may take it on.
    #[serde(rename = "AssumeRolePolicyDocument")]
    pub trust: PolicyDocument<TrustStatement>,
    /// The longest session in seconds. Source: one hour if it is not said.
    #[serde(rename = "MaxSessionDuration", skip_serializing_if = "Option::is_none")]
    pub max_session_s: Option<Whole<3_600, 43_200>>,
    /// What it may do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<InlinePolicy>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// A policy that lives and dies with its role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    /// Its name inside of the role.
    #[serde(rename = "PolicyName")]
    pub name: PolicyName,
    /// What it says.
    #[serde(rename = "PolicyDocument")]
    pub document: PolicyDocument,
}
