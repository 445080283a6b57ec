//! `AWS::StepFunctions::StateMachine`.

use serde::{Deserialize, Serialize};

use super::{Schema, Tags};
use crate::{Attribute, Intrinsic, Prop, Value, Whole, name::StateMachineName};

/// How long Step Functions uses a data key before it asks for another, in seconds.
pub type DataKeyReuseS = Whole<60, 900>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StateMachine<I = Intrinsic> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_machine_name: Option<Prop<StateMachineName, I>>,
    #[serde(rename = "StateMachineType")]
    pub machine_type: MachineType,
    /// The definition in the States Language, as text: `Sub` rather than `DefinitionSubstitutions`, which show drift
    /// where there is none. Source: at most 1 MB.
    #[serde(rename = "DefinitionString")]
    pub definition: Value<I>,
    /// The role's ARN.
    pub role_arn: Value<I>,
    /// What is logged and where; nothing by default.
    #[serde(rename = "LoggingConfiguration", skip_serializing_if = "Option::is_none")]
    pub logging: Option<MachineLogging<I>>,
    #[serde(rename = "TracingConfiguration")]
    pub tracing: MachineTracing,
    /// What encrypts definition and executions; AWS's own key by default.
    #[serde(rename = "EncryptionConfiguration", skip_serializing_if = "Option::is_none")]
    pub encryption: Option<StateMachineEncryption<I>>,
    #[serde(skip_serializing_if = "Tags::is_empty", default = "Tags::default")]
    pub tags: Tags<I>,
}

impl Schema for StateMachine {
    const TYPE: &'static str = "AWS::StepFunctions::StateMachine";
    const ATTRIBUTES: &'static [Attribute] = &[Attribute::Arn, Attribute::Name];
    const NAME: Option<(&'static str, usize)> = Some(("StateMachineName", 80));
    const ARN: Option<&'static str> = Some("arn:{partition}:states:{region}:{account}:stateMachine:{name}");
    const REF: Option<Attribute> = Some(Attribute::Arn);
}

/// Whether executions are traced with X-Ray.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MachineTracing {
    pub enabled: bool,
}

/// How executions run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MachineType {
    /// Each state exactly once, up to a year, with a history.
    Standard,
    /// Each state at least once, up to five minutes.
    Express,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MachineLogging<I = Intrinsic> {
    pub level: MachineLogLevel,
    /// Whether inputs and outputs are logged too.
    pub include_execution_data: bool,
    /// Where. Source: exactly one.
    pub destinations: [LogDestination<I>; 1],
}

/// Where a state machine logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogDestination<I = Intrinsic> {
    pub cloud_watch_logs_log_group: LogGroupArn<I>,
}

/// A log group by its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogGroupArn<I = Intrinsic> {
    /// The ARN with `:*` behind it, as `Fn::GetAtt` gives it.
    pub log_group_arn: Value<I>,
}

impl<I> MachineLogging<I> {
    pub const fn log_group_arn(&self) -> &Value<I> {
        let [destination] = &self.destinations;
        &destination.cloud_watch_logs_log_group.log_group_arn
    }
}

impl<I> LogDestination<I> {
    pub const fn log_group(log_group_arn: Value<I>) -> Self {
        Self { cloud_watch_logs_log_group: LogGroupArn { log_group_arn } }
    }
}

/// Which events of an execution are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MachineLogLevel {
    /// Every event.
    All,
    /// Errors, caught ones among them.
    Error,
    /// What ends the execution.
    Fatal,
    Off,
}

/// What encrypts a state machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "Type")]
pub enum StateMachineEncryption<I = Intrinsic> {
    #[serde(rename = "AWS_OWNED_KEY")]
    AwsOwned,
    /// A key of one's own.
    #[serde(rename = "CUSTOMER_MANAGED_KMS_KEY", rename_all = "PascalCase")]
    CustomerManaged {
        /// The key's ARN, id or alias.
        kms_key_id: Value<I>,
        /// How long a data key is used; 300 seconds by default.
        #[serde(rename = "KmsDataKeyReusePeriodSeconds", skip_serializing_if = "Option::is_none")]
        data_key_reuse_s: Option<DataKeyReuseS>,
    },
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
    fn words_are_as_step_functions_writes_them() {
        check(&[MachineType::Standard, MachineType::Express], &json!(["STANDARD", "EXPRESS"]));
        check(&[MachineLogLevel::All, MachineLogLevel::Off], &json!(["ALL", "OFF"]));
    }

    #[test]
    fn a_key_of_awss_has_no_id() {
        check(&StateMachineEncryption::<Intrinsic>::AwsOwned, &json!({"Type": "AWS_OWNED_KEY"}));
        let own =
            StateMachineEncryption::CustomerManaged { kms_key_id: Value::from("k"), data_key_reuse_s: None };
        check(&own, &json!({"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": "k"}));
        assert!(DataKeyReuseS::new(59).is_err() && DataKeyReuseS::new(901).is_err());
    }
}
