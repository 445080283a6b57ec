//! `AWS::Lambda::Function`, `AWS::Lambda::Permission` and `AWS::Lambda::Url`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Schema, Tags};
use crate::{
    Attribute, Intrinsic, Literal, Prop, Text, Value, Whole,
    name::{Action, FunctionName, LogGroupName, ServicePrincipal, VariableName},
    template::Grant,
};

/// A function's memory in MB. Source: Lambda's quotas.
pub type MemoryMb = Whole<128, 10_240>;
/// A function's timeout in seconds. Source: Lambda's quotas.
pub type FunctionTimeoutS = Whole<1, 900>;

/// A function from a zip file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Function<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_name: Option<Prop<FunctionName, I>>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<256>>,
    pub code: Code<I>,
    /// What the runtime starts, `bootstrap` for a custom one.
    pub handler: Text<128>,
    pub runtime: Runtime,
    /// The processor. A list of exactly one in the template.
    #[serde(rename = "Architectures", serialize_with = "as_list", deserialize_with = "from_list")]
    pub architecture: Architecture,
    #[serde(rename = "MemorySize")]
    pub memory_mb: MemoryMb,
    #[serde(rename = "Timeout")]
    pub timeout_s: FunctionTimeoutS,
    /// The role's ARN.
    pub role: Value<I>,
    /// Environment variables, encrypted by AWS's own key. Source: 4 KB in all.
    #[serde(skip_serializing_if = "Environment::is_empty", default = "Environment::default")]
    pub environment: Environment<I>,
    /// Where its logs go and what they look like; text in `/aws/lambda/NAME` if there is none.
    #[serde(rename = "LoggingConfig", skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging<I>>,
    #[serde(rename = "TracingConfig", skip_serializing_if = "Option::is_none")]
    pub tracing: Option<Tracing>,
    /// The most instances at once, kept free for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_concurrent_executions: Option<u32>,
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for Function {
    const TYPE: &'static str = "AWS::Lambda::Function";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn];
    const NAME: Option<(&'static str, usize)> = Some(("FunctionName", 64));
    const ARN: Option<&'static str> = Some("arn:{partition}:lambda:{region}:{account}:function:{name}");
}

impl Function<Literal> {
    /// The log group of a function of this name. Source: Lambda's own name for it where none is given.
    pub fn log_group(&self, function_name: &str) -> String {
        match &self.logging {
            Some(Logging::Text { log_group: Some(given) } | Logging::Json { log_group: Some(given), .. }) => {
                given.to_string()
            }
            Some(_) | None => format!("/aws/lambda/{function_name}"),
        }
    }
}

/// Where a function's zip file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Code<I = Intrinsic> {
    /// The bucket, in the function's region.
    #[serde(rename = "S3Bucket")]
    pub bucket: Value<I>,
    /// The key in the bucket.
    #[serde(rename = "S3Key")]
    pub key: Value<I>,
}

/// What a function runs on. Others than the one for compiled programs are not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Runtime {
    /// A program of our own on Amazon Linux 2023.
    #[serde(rename = "provided.al2023")]
    ProvidedAl2023,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Architecture {
    #[serde(rename = "arm64")]
    Arm64,
    #[serde(rename = "x86_64")]
    X86_64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn as_list<S: serde::Serializer>(architecture: &Architecture, serializer: S) -> Result<S::Ok, S::Error> {
    [architecture].serialize(serializer)
}

fn from_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Architecture, D::Error> {
    <[Architecture; 1]>::deserialize(deserializer).map(|[architecture]| architecture)
}

/// The environment variables of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment<I = Intrinsic> {
    /// Each by its name.
    pub variables: BTreeMap<VariableName, Value<I>>,
}

impl<I> Default for Environment<I> {
    fn default() -> Self {
        Self { variables: BTreeMap::new() }
    }
}

impl<I> Environment<I> {
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }
}

impl FromIterator<(VariableName, Value)> for Environment {
    fn from_iter<I: IntoIterator<Item = (VariableName, Value)>>(variables: I) -> Self {
        Self { variables: variables.into_iter().collect() }
    }
}

/// What a function's logs look like. Only JSON logs have levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "LogFormat")]
pub enum Logging<I = Intrinsic> {
    /// Lines of text.
    Text {
        /// The log group; `/aws/lambda/NAME` if there is none.
        #[serde(rename = "LogGroup", skip_serializing_if = "Option::is_none")]
        log_group: Option<Prop<LogGroupName, I>>,
    },
    /// One JSON object a line.
    #[serde(rename = "JSON", rename_all = "PascalCase")]
    Json {
        /// The log group; `/aws/lambda/NAME` if there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        log_group: Option<Prop<LogGroupName, I>>,
        /// The least level of the platform's lines that is kept. A line with a metric and no level counts as INFO.
        system_log_level: SystemLogLevel,
        /// The least level of the function's own lines that is kept.
        application_log_level: LogLevel,
    },
}

/// A level of a function's own lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// A level of the platform's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SystemLogLevel {
    Debug,
    /// What happens, reports of invocations among it.
    Info,
    Warn,
}

/// Whether requests are traced with X-Ray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Mode")]
pub enum Tracing {
    /// Sampled by X-Ray's rules.
    Active,
    /// Only what the caller traces.
    PassThrough,
}

/// Lets a service call a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Permission<I = Intrinsic> {
    /// The function's name or ARN.
    pub function_name: Value<I>,
    /// What is allowed, `lambda:InvokeFunction`.
    pub action: Action,
    pub principal: ServicePrincipal,
    /// On behalf of what. Without it any account's resource of that service may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<Value<I>>,
    /// On behalf of whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_account: Option<Value<I>>,
}

impl Schema for Permission {
    const TYPE: &'static str = "AWS::Lambda::Permission";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Id];

    fn grants(&self) -> Vec<(String, Grant<'_>)> {
        vec![(String::new(), Grant::Call(self))]
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionUrl<I = Intrinsic> {
    /// The function's name or ARN.
    #[serde(rename = "TargetFunctionArn")]
    pub function_arn: Value<I>,
    #[serde(rename = "AuthType")]
    pub auth: UrlAuth,
}

/// On AWS `Ref` gives the function's ARN. Function URLs are not executed here, so a generated name is enough.
impl Schema for FunctionUrl {
    const TYPE: &'static str = "AWS::Lambda::Url";
}

/// Who may call a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
        check(&Logging::<Intrinsic>::Text { log_group: None }, &json!({"LogFormat": "Text"}));
        let group = LogGroupName::new("/g").unwrap();
        let text = Logging::Text { log_group: Some(group.into()) };
        check(&text, &json!({"LogFormat": "Text", "LogGroup": "/g"}));
    }

    #[test]
    fn words_are_as_lambda_writes_them() {
        check(&Tracing::PassThrough, &json!({"Mode": "PassThrough"}));
        check(&[Architecture::Arm64, Architecture::X86_64], &json!(["arm64", "x86_64"]));
        check(&[LogLevel::Trace, LogLevel::Fatal], &json!(["TRACE", "FATAL"]));
        check(&SystemLogLevel::Warn, &json!("WARN"));
    }

    #[test]
    fn an_address_says_who_may_call() {
        let url = |auth| FunctionUrl { function_arn: "f".into(), auth };
        check(&url(UrlAuth::AwsIam), &json!({"TargetFunctionArn": "f", "AuthType": "AWS_IAM"}));
        check(&url(UrlAuth::None), &json!({"TargetFunctionArn": "f", "AuthType": "NONE"}));
    }

    #[test]
    fn memory_and_timeout_are_within_the_quotas() {
        assert!(MemoryMb::new(127).is_err() && MemoryMb::new(128).is_ok());
        assert!(MemoryMb::new(10_240).is_ok() && MemoryMb::new(10_241).is_err());
        assert!(FunctionTimeoutS::new(0).is_err() && FunctionTimeoutS::new(900).is_ok());
        assert!(FunctionTimeoutS::new(901).is_err());
    }
}
