//! What the value of a dimension is: a name, an ARN, a region.

/// What a dimension takes as its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DimensionKind {
    /// An ARN with these parts after the account, such as `stateMachine`, of this service.
    Arn {
        /// Such as `states`.
        service: &'static str,
        /// Such as `stateMachine`; empty if any.
        resource: &'static str,
    },
    /// The resource of an integration, such as `arn:aws:states:::lambda:invoke`: an ARN without region and account.
    IntegrationArn,
    /// A name of these characters beside letters and digits: no ARN and no URL.
    Name {
        /// Such as `-_.`.
        punctuation: &'static str,
    },
    /// A name of any characters: no ARN and no URL.
    FreeName,
    /// The id of a model or an inference profile, or an ARN.
    ModelId,
    /// A region, such as `ap-northeast-2`.
    Region,
    /// A UUID.
    Uuid,
}

impl DimensionKind {
    /// What the dimension of this name takes in the namespaces of the catalogue; `None` where the name alone does not
    /// say it (`Resource` is a qualified function of AWS/Lambda and a path of `AWS/ApiGateway`).
    pub fn of(dimension: &str) -> Option<Self> {
        Some(match dimension {
            "StateMachineArn" => Self::Arn { service: "states", resource: "stateMachine" },
            "ActivityArn" => Self::Arn { service: "states", resource: "activity" },
            "ResourceArn" => Self::Arn { service: "states", resource: "" },
            "LambdaFunctionArn" => Self::Arn { service: "lambda", resource: "function" },
            "ServiceIntegrationResourceArn" => Self::IntegrationArn,
            "FunctionName" => Self::Name { punctuation: "-_" },
            "TableName" | "GlobalSecondaryIndexName" | "TopicName" | "QueueName" | "RuleName" => {
                Self::Name { punctuation: "-_." }
            }
            "EventBusName" => Self::Name { punctuation: "-_./" },
            "LogGroupName" => Self::Name { punctuation: "-_./#" },
            "ApiId" => Self::Name { punctuation: "" },
            "ApiName" | "WebACL" | "RuleGroup" | "FilterName" => Self::FreeName,
            "ModelId" => Self::ModelId,
            "Region" | "ReceivingRegion" | "SourceRegion" | "DestinationRegion" => Self::Region,
            "EventSourceMappingUUID" => Self::Uuid,
            _ => return None,
        })
    }

    fn problem(self, value: &str) -> Option<&'static str> {
        let is_arn = value.starts_with("arn:");
        let is_url = value.contains("://");
        match self {
            _ if value.is_empty() => Some("is empty"),
            _ if !value.is_ascii() => Some("has characters beyond ASCII, which CloudWatch drops or replaces"),
            Self::Arn { .. } | Self::IntegrationArn if !is_arn => Some("is not an ARN"),
            Self::Arn { service, resource } => arn_problem(value, service, resource),
            Self::IntegrationArn => {
                let begins = ["arn:aws:states:::", "arn:aws-cn:states:::", "arn:aws-us-gov:states:::"];
                let is_integration = begins.iter().any(|begin| value.starts_with(begin));
                (!is_integration)
                    .then_some("is not the ARN of an integration, such as arn:aws:states:::lambda:invoke")
            }
            Self::Name { .. } | Self::FreeName if is_arn => Some("is an ARN, not a name"),
            Self::Name { .. } | Self::FreeName | Self::ModelId if is_url => Some("is a URL, not a name"),
            Self::Name { punctuation } => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || punctuation.contains(c);
                (!value.chars().all(is_part)).then_some("has characters that such a name cannot have")
            }
            Self::FreeName => None,
            Self::ModelId => value.contains(' ').then_some("is not the id or the ARN of a model"),
            Self::Region => (!is_region(value)).then_some("is not a region, such as us-east-1"),
            Self::Uuid => (!is_uuid(value)).then_some("is not a UUID"),
        }
    }
}

/// What is wrong with a literal value of this dimension, as the end of a sentence: `is an ARN, not a name`.
pub fn value_problem(dimension: &str, value: &str) -> Option<&'static str> {
    DimensionKind::of(dimension)?.problem(value)
}

/// `arn:partition:service:region:account:resource:name`, and nothing after the name.
fn arn_problem(arn: &str, service: &str, resource: &str) -> Option<&'static str> {
    let mut parts = arn.split(':').skip(2);
    if parts.next() != Some(service) {
        return Some("is the ARN of another service");
    }
    let mut rest = parts.skip(2);
    if !resource.is_empty() && rest.next() != Some(resource) {
        return Some("is the ARN of another kind of resource");
    }
    let qualified = resource == "stateMachine" && rest.nth(1).is_some();
    qualified.then_some("is the ARN of a version or an alias, which are dimensions of their own")
}

/// Lower-case words and one number: no availability zone.
fn is_region(value: &str) -> bool {
    let mut words = value.split('-').rev();
    let number = words.next().unwrap_or_default();
    let words: Vec<_> = words.collect();
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (2..=3).contains(&words.len()) && words.iter().all(is_word)
}

fn is_uuid(value: &str) -> bool {
    let groups: Vec<_> = value.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && value.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
