//! `AWS::Lambda::Function`, `AWS::Lambda::Permission` and `AWS::Lambda::Url`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Tags;
use crate::{
    Prop, Text, Value, Whole,
    name::{Action, FunctionName, LogGroupName, ServicePrincipal, VariableName},
};

/// A function's memory in MB. Source: Lambda's quotas.
pub type MemoryMb = Whole<128, 10_240>;
/// A function's timeout in seconds. Source: Lambda's quotas.
pub type FunctionTimeoutS = Whole<1, 900>;

/// A function from a zip file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Function {
    /// The physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_name: Option<Prop<FunctionName>>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<256>>,
    /// Where its zip file is.
    pub code: Code,
    /// What the runtime starts, `bootstrap` for a custom one.
    pub handler: Text<128>,
    /// What it runs on.
    pub runtime: Runtime,
    /// The processor. A list of exactly one in the template.
    #[serde(rename = "Architectures", serialize_with = "as_list")]
    pub architecture: Architecture,
    /// Memory in MB.
    #[serde(rename = "MemorySize")]
    pub memory_mb: MemoryMb,
    /// Timeout in seconds.
    #[serde(rename = "Timeout")]
    pub timeout_s: FunctionTimeoutS,
    /// The role's ARN.
    pub role: Value,
    /// Environment variables. Source: 4 KB in all.
    #[serde(skip_serializing_if = "Environment::is_empty")]
    pub environment: Environment,
    /// The key that encrypts the environment variables; AWS's own if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<Value>,
    /// Where its logs go and what they look like; text in `/aws/lambda/NAME` if there is none.
    #[serde(rename = "LoggingConfig", skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// Whether requests are traced.
    #[serde(rename = "TracingConfig", skip_serializing_if = "Option::is_none")]
    pub tracing: Option<Tracing>,
    /// The most instances at once, kept free for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_concurrent_executions: Option<u32>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

/// Where a function's zip file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Code {
    /// The bucket, in the function's region.
    #[serde(rename = "S3Bucket")]
    pub bucket: Value,
    /// The key in the bucket.
    #[serde(rename = "S3Key")]
    pub key: Value,
}

/// What a function runs on. Others than the one for compiled programs are not spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Runtime {
    /// A program of our own on Amazon Linux 2023.
    #[serde(rename = "provided.al2023")]
    ProvidedAl2023,
}

/// A processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Architecture {
    /// 64-bit ARM.
    #[serde(rename = "arm64")]
    Arm64,
    /// 64-bit x86.
    #[serde(rename = "x86_64")]
    X86_64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn as_list<S: serde::Serializer>(architecture: &Architecture, serializer: S) -> Result<S::Ok, S::Error> {
    [architecture].serialize(serializer)
}

/// The environment variables of a function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    /// Each by its name.
    pub variables: BTreeMap<VariableName, Value>,
}

impl Environment {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }
}

impl FromIterator<(VariableName, Value)> for Environment {
    fn from_iter<I: IntoIterator<Item = (VariableName, Value)>>(variables: I) -> Self {
        Self {
            variables: variables.into_iter().collect(),
        }
    }
}

/// What a function's logs look like. Only JSON logs have levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "LogFormat")]
pub enum Logging {
    /// Lines of text.
    Text {
        /// The log group; `/aws/lambda/NAME` if there is none.
        #[serde(rename = "LogGroup", skip_serializing_if = "Option::is_none")]
        log_group: Option<Prop<LogGroupName>>,
    },
    /// One JSON object a line.
    #[serde(rename = "JSON", rename_all = "PascalCase")]
    Json {
        /// The log group; `/aws/lambda/NAME` if there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        log_group: Option<Prop<LogGroupName>>,
        /// The least level of the platform's lines that is kept. A line with a metric and no level counts as INFO.
        system_log_level: SystemLogLevel,
        /// The least level of the function's own lines that is kept.
        application_log_level: LogLevel,
    },
}

/// A level of a function's own lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    /// The most.
    Trace,
    /// For looking closely.
    Debug,
    /// What happens.
    Info,
    /// What may be wrong.
    Warn,
    /// What is wrong.
    Error,
    /// What ends it.
    Fatal,
}

/// A level of the platform's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SystemLogLevel {
    /// For looking closely.
    Debug,
    /// What happens, reports of invocations among it.
    Info,
    /// What may be wrong.
    Warn,
}

/// Whether requests are traced with X-Ray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "Mode")]
pub enum Tracing {
    /// Sampled by X-Ray's rules.
    Active,
    /// Only what the caller traces.
    PassThrough,
}

/// Lets a service call a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Permission {
    /// The function's name or ARN.
    pub function_name: Value,
    /// What is allowed, `lambda:InvokeFunction`.
    pub action: Action,
    /// Who is allowed.
    pub principal: ServicePrincipal,
    /// On behalf of what. Without it any account's resource of that service may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<Value>,
    /// On behalf of whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_account: Option<Value>,
}

/// Gives a function an address of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionUrl {
    /// The function's name or ARN.
    #[serde(rename = "TargetFunctionArn")]
    pub function_arn: Value,
    /// Who may call it.
    #[serde(rename = "AuthType")]
    pub auth: UrlAuth,
}

/// Who may call a function by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum UrlAuth {
    /// Whom IAM allows it.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
    /// Everybody.
    #[serde(rename = "NONE")]
    None,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: &impl Serialize, expected: &serde_json::Value) {
        assert_eq!(&serde_json::to_value(value).unwrap(), expected);
    }

    #[test]
    fn text_logs_have_no_levels() {
        check(&Logging::Text { log_group: None }, &json!({"LogFormat": "Text"}));
        let group = LogGroupName::new("/g").unwrap();
        let text = Logging::Text {
            log_group: Some(group.into()),
        };
        check(&text, &json!({"LogFormat": "Text", "LogGroup": "/g"}));
    }

    #[test]
    fn words_are_as_lambda_writes_them() {
        check(&Tracing::PassThrough, &json!({"Mode": "PassThrough"}));
        check(
            &[Architecture::Arm64, Architecture::X86_64],
            &json!(["arm64", "x86_64"]),
        );
        check(&[LogLevel::Trace, LogLevel::Fatal], &json!(["TRACE", "FATAL"]));
        check(&SystemLogLevel::Warn, &json!("WARN"));
    }

    #[test]
    fn an_address_says_who_may_call() {
        let url = |auth| FunctionUrl {
            function_arn: "f".into(),
            auth,
        };
        check(
            &url(UrlAuth::AwsIam),
            &json!({"TargetFunctionArn": "f", "AuthType": "AWS_IAM"}),
        );
        check(
            &url(UrlAuth::None),
            &json!({"TargetFunctionArn": "f", "AuthType": "NONE"}),
        );
    }

    #[test]
    fn memory_and_timeout_are_within_the_quotas() {
        assert!(MemoryMb::new(127).is_err() && MemoryMb::new(128).is_ok());
        assert!(MemoryMb::new(10_240).is_ok() && MemoryMb::new(10_241).is_err());
        assert!(FunctionTimeoutS::new(0).is_err() && FunctionTimeoutS::new(900).is_ok());
        assert!(FunctionTimeoutS::new(901).is_err());
    }
}
