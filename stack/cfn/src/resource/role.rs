//! `AWS::IAM::Role`.

use serde::{Deserialize, Serialize};

use super::{Schema, Tags};
use crate::{
    Attribute, Intrinsic, Prop, Text,
    name::{PolicyName, RoleName},
    policy::{PolicyDocument, Statement, TrustStatement},
    template::Grant,
};

/// A role with its policies inside. Managed policies are not supported: every permission of a role stands in its
/// template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_name: Option<Prop<RoleName, I>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<1_000>>,
    #[serde(rename = "AssumeRolePolicyDocument")]
    pub trust: PolicyDocument<TrustStatement<I>>,
    #[serde(skip_serializing_if = "Vec::is_empty", default = "Vec::new")]
    pub policies: Vec<InlinePolicy<I>>,
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for Role {
    const TYPE: &'static str = "AWS::IAM::Role";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn, Attribute::RoleId];
    const NAME: Option<(&'static str, usize)> = Some(("RoleName", 64));
    const ARN: Option<&'static str> = Some("arn:{partition}:iam::{account}:role/{name}");

    fn grants(&self) -> Vec<(String, Grant<'_>)> {
        let trusts =
            self.trust.statements.iter().enumerate().map(|(at, trust)| {
                (format!("/AssumeRolePolicyDocument/Statement/{at}"), Grant::Trust(trust))
            });
        let own = self.policies.iter().enumerate().flat_map(|(policy, inline)| {
            let statements = inline.document.statements.iter().enumerate();
            statements.map(move |(at, statement)| {
                (format!("/Policies/{policy}/PolicyDocument/Statement/{at}"), Grant::Role(statement))
            })
        });
        trusts.chain(own).collect()
    }
}

/// A policy that lives and dies with its role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy<I = Intrinsic> {
    #[serde(rename = "PolicyName")]
    pub name: PolicyName,
    #[serde(rename = "PolicyDocument")]
    pub document: PolicyDocument<Statement<I>>,
}
