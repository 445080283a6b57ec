//! Lists every permission that a template grants. Each resource type implements its part in [`crate::Schema::grants`].

use crate::{
    LogicalId, Template,
    policy::{Principal, ResourceStatement, Statement, TrustStatement},
    resource::Permission,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted<'a> {
    pub owner: &'a LogicalId,
    /// Its place, as a JSON pointer into the template.
    pub path: String,
    pub grant: Grant<'a>,
}

/// A permission, in one of the forms of CloudFormation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant<'a> {
    /// What a role may do.
    Role(&'a Statement),
    /// Who may assume a role.
    Trust(&'a TrustStatement),
    /// What a resource-based policy allows.
    Resource(&'a ResourceStatement),
    /// Which service may call a function.
    Call(&'a Permission),
}

impl<'a> Grant<'a> {
    /// The statement with actions and resources, if it has that form.
    pub const fn statement(&self) -> Option<&'a Statement> {
        match self {
            Self::Role(statement) => Some(statement),
            Self::Resource(granted) => Some(&granted.statement),
            Self::Trust(_) | Self::Call(_) => None,
        }
    }

    /// The principal, of a statement that names one.
    pub const fn principal(&self) -> Option<&'a Principal> {
        match self {
            Self::Trust(trust) => Some(&trust.principal),
            Self::Resource(granted) => Some(&granted.principal),
            Self::Role(_) | Self::Call(_) => None,
        }
    }
}

impl Template {
    /// Every permission that the template grants: inline policies and trust policies of roles, resource-based policies,
    /// and permissions to invoke a function. Ordered by resource, then by place.
    pub fn grants(&self) -> impl Iterator<Item = Granted<'_>> {
        self.resources.iter().flat_map(|(owner, resource)| {
            let found = resource.properties.grants();
            found.into_iter().map(move |(below, grant)| Granted {
                owner,
                path: format!("/Resources/{owner}/Properties{below}"),
                grant,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn every_permission_is_walked_with_its_place() {
        let template = sample::template();
        let rendered = template.to_json();
        let mut found = Vec::new();
        for granted in template.grants() {
            let at = rendered.pointer(&granted.path).unwrap();
            assert_eq!(
                granted.grant.principal().is_some(),
                at.get("Principal").is_some_and(serde_json::Value::is_object),
                "{}",
                granted.path
            );
            let what = match granted.grant {
                Grant::Role(_) | Grant::Resource(_) => {
                    let sid = granted.grant.statement().unwrap().sid.as_deref().unwrap();
                    assert_eq!(at["Sid"], sid, "{}", granted.path);
                    sid
                }
                Grant::Trust(_) => {
                    assert_eq!(at["Action"], "sts:AssumeRole", "{}", granted.path);
                    "trust"
                }
                Grant::Call(call) => {
                    assert_eq!(at["Action"], call.action.as_str(), "{}", granted.path);
                    "call"
                }
            };
            found.push(format!("{}/{what}", granted.owner));
        }
        assert_eq!(
            found,
            [
                "EndedCalls/call",
                "GreeterRole/trust",
                "GreeterRole/Store",
                "GreeterRole/Log",
                "GreetingRole/trust",
                "GreetingRole/Call",
                "LatePolicy/Publish",
                "LostPolicy/Rule"
            ]
        );
    }
}
