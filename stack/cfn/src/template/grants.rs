//! Every permission that a template gives, wherever it stands.
//!
//! Each type says what it grants beside its properties. Whether that is too much is for whoever asks.

use crate::{
    LogicalId, Template,
    policy::{Principal, ResourceStatement, Statement, TrustStatement},
    resource::Permission,
};

/// A permission with the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted<'a> {
    /// The resource that holds it.
    pub owner: &'a LogicalId,
    /// Its place, as a JSON pointer into the template.
    pub path: String,
    /// What is allowed or denied.
    pub grant: Grant<'a>,
}

/// A permission in one of the forms that a template has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant<'a> {
    /// What the holder of a role may do.
    Role(&'a Statement),
    /// Who may take on a role.
    Trust(&'a TrustStatement),
    /// What others may do to a resource, by its own policy.
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

    /// To whom, where it says so: a role's own statements hold for the role, a call is always a service's.
    pub const fn principal(&self) -> Option<&'a Principal> {
        match self {
            Self::Trust(trust) => Some(&trust.principal),
            Self::Resource(granted) => Some(&granted.principal),
            Self::Role(_) | Self::Call(_) => None,
        }
    }
}

impl Template {
    /// Every permission that the template gives: roles' policies and trusts, resources' own policies, and permissions
    /// to call a function. Ordered by resource, and within one as it is written.
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
                "LostPolicy/Rule"
            ]
        );
    }
}
