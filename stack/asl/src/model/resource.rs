//! What a Task calls.

use std::fmt;

use serde::{Serialize, Serializer};

/// The ARN of what a Task calls, or a template's placeholder for it (`${RecipeGenerator.Arn}`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource(String);

/// How Step Functions reaches a resource: it decides which history events and metrics there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integration<'a> {
    /// A Lambda function by its own ARN: `LambdaFunction..` events.
    Function,
    /// A service, request and response: `Task..` events.
    Service {
        /// `dynamodb`, `aws-sdk:s3`.
        resource_type: &'a str,
        /// `updateItem`.
        action: &'a str,
    },
}

/// Why a text names nothing that is called here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// `.sync`, `.sync:2` or `.waitForTaskToken`.
    #[error("service integration pattern is not supported: {0}")]
    Pattern(String),
    /// An activity that workers poll.
    #[error("activity is not supported: {0}")]
    Activity(String),
    /// `arn:aws:states:::` without a service and its action.
    #[error("service integration names no service and action: {0}")]
    Service(String),
    /// Anything else.
    #[error("resource is neither an ARN nor a placeholder for one: {0}")]
    Unknown(String),
}

impl Resource {
    /// Reads a resource.
    ///
    /// # Errors
    /// If it is neither an ARN nor a placeholder, an activity, or an integration that does not answer with its response.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        let whole = || text.to_owned();
        if !is_arn(text) && !is_placeholder(text) {
            return Err(ResourceError::Unknown(whole()));
        }
        let mut parts = text.splitn(7, ':');
        let is_states = parts.next() == Some("arn") && parts.nth(1) == Some("states");
        if is_states && parts.nth(2) == Some("activity") {
            return Err(ResourceError::Activity(whole()));
        }
        if let Some(service) = after_states(text) {
            if service.contains(".sync") || service.contains(".waitForTaskToken") {
                return Err(ResourceError::Pattern(whole()));
            }
            match service.rsplit_once(':') {
                Some((kind, action)) if !kind.is_empty() && !action.is_empty() => {}
                Some(_) | None => return Err(ResourceError::Service(whole())),
            }
        }
        Ok(Self(whole()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How it is reached.
    pub fn integration(&self) -> Integration<'_> {
        match after_states(&self.0).and_then(|service| service.rsplit_once(':')) {
            Some((resource_type, action)) => Integration::Service { resource_type, action },
            None => Integration::Function,
        }
    }
}

/// Whether a text begins as an ARN does. Its parts are not checked: they may be placeholders with colons of their own.
fn is_arn(text: &str) -> bool {
    text.strip_prefix("arn:").is_some_and(|rest| !rest.is_empty())
}

/// Whether a text begins with a placeholder: `${Cook.Arn}`, `${Cook.Arn}:live`.
fn is_placeholder(text: &str) -> bool {
    text.strip_prefix("${").and_then(|rest| rest.split_once('}')).is_some_and(|(name, _)| !name.is_empty())
}

/// What follows `arn:<partition>:states:::`, if that is how the text begins. The partition may be CloudFormation's.
fn after_states(text: &str) -> Option<&str> {
    let (partition, service) = text.strip_prefix("arn:")?.split_once(":states:::")?;
    (partition == "${AWS::Partition}" || !partition.contains(':')).then_some(service)
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_services() {
        for text in [
            "arn:aws:lambda:us-east-1:111122223333:function:f",
            "${F.Arn}",
            "${F.Arn}:live",
            "arn:${AWS::Partition}:lambda:x",
        ] {
            assert_eq!(Resource::parse(text).unwrap().integration(), Integration::Function);
        }
        let s3 = Resource::parse("arn:aws:states:::aws-sdk:s3:getObject").unwrap();
        assert_eq!(
            s3.integration(),
            Integration::Service { resource_type: "aws-sdk:s3", action: "getObject" }
        );
        let table = Resource::parse("arn:${AWS::Partition}:states:::dynamodb:updateItem").unwrap();
        assert_eq!(
            table.integration(),
            Integration::Service { resource_type: "dynamodb", action: "updateItem" }
        );
    }

    #[test]
    fn what_is_not_called_is_refused_by_name() {
        const NEITHER: &str = "resource is neither an ARN nor a placeholder for one";
        for (text, message) in [
            (
                "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "service integration pattern is not supported",
            ),
            ("arn:aws:states:::states:startExecution.sync:2", "service integration pattern is not supported"),
            ("arn:aws:states:us-east-1:111122223333:activity:a", "activity is not supported"),
            ("arn:aws:states:::lambda", "service integration names no service and action"),
            ("", NEITHER),
            ("banana", NEITHER),
            ("arn:", NEITHER),
            ("an arn:aws:lambda:x", NEITHER),
            ("lambda:us-east-1:111122223333:function:f", NEITHER),
            ("$", NEITHER),
            ("${}", NEITHER),
            ("${F.Arn", NEITHER),
        ] {
            assert_eq!(Resource::parse(text).unwrap_err().to_string(), format!("{message}: {text}"));
        }
    }
}
