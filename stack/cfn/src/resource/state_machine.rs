//! `AWS::StepFunctions::StateMachine`.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Tags;
use crate::{Prop, Value, Whole, name::StateMachineName};

/// How long Step Functions uses a data key before it asks for another, in seconds.
pub type DataKeyReuseS = Whole<60, 900>;

/// A state machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StateMachine {
    /// The physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_machine_name: Option<Prop<StateMachineName>>,
    /// Standard or express.
    #[serde(rename = "StateMachineType")]
    pub machine_type: MachineType,
    /// The definition in the States Language, as text: `Sub` rather than `DefinitionSubstitutions`, which show drift
    /// where there is none. Source: at most 1 MB.
    #[serde(rename = "DefinitionString")]
    pub definition: Value,
    /// The role's ARN.
    pub role_arn: Value,
    /// What is logged and where; nothing if it is not said.
    #[serde(rename = "LoggingConfiguration", skip_serializing_if = "Option::is_none")]
    pub logging: Option<MachineLogging>,
    /// Whether executions are traced with X-Ray.
    #[serde(rename = "TracingConfiguration", serialize_with = "enabled")]
    pub tracing: bool,
    /// What encrypts definition and executions; AWS's own key if it is not said.
    #[serde(rename = "EncryptionConfiguration", skip_serializing_if = "Option::is_none")]
    pub encryption: Option<StateMachineEncryption>,
    /// Tags.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn enabled<S: Serializer>(tracing: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry("Enabled", tracing)?;
    map.end()
}

/// How executions run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MachineType {
    /// Each state exactly once, up to a year, with a history.
    Standard,
    /// Each state at least once, up to five minutes.
    Express,
}

/// What a state machine logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineLogging {
    /// Which events.
    pub level: MachineLogLevel,
    /// Whether inputs and outputs are logged too.
    pub include_execution_data: bool,
    /// Where: the log group's ARN with `:*` behind it, as `Fn::GetAtt` gives it.
    pub log_group_arn: Value,
}

impl Serialize for MachineLogging {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Destination<'a> {
            cloud_watch_logs_log_group: Group<'a>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Group<'a> {
            log_group_arn: &'a Value,
        }
        let group = Group {
            log_group_arn: &self.log_group_arn,
        };
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("Level", &self.level)?;
        map.serialize_entry("IncludeExecutionData", &self.include_execution_data)?;
        map.serialize_entry(
            "Destinations",
            &[Destination {
                cloud_watch_logs_log_group: group,
            }],
        )?;
        map.end()
    }
}

/// Which events of an execution are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MachineLogLevel {
    /// Every event.
    All,
    /// Errors, caught ones among them.
    Error,
    /// What ends the execution.
    Fatal,
    /// None.
    Off,
}

/// What encrypts a state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateMachineEncryption {
    /// A key that AWS owns.
    AwsOwned,
    /// A key of one's own.
    CustomerManaged {
        /// The key's ARN, id or alias.
        kms_key_id: Value,
        /// How long a data key is used; 300 seconds if it is not said.
        data_key_reuse_s: Option<DataKeyReuseS>,
    },
}

impl Serialize for StateMachineEncryption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::AwsOwned => map.serialize_entry("Type", "AWS_OWNED_KEY")?,
            Self::CustomerManaged {
                kms_key_id,
                data_key_reuse_s,
            } => {
                map.serialize_entry("Type", "CUSTOMER_MANAGED_KMS_KEY")?;
                map.serialize_entry("KmsKeyId", kms_key_id)?;
                if let Some(seconds) = data_key_reuse_s {
                    map.serialize_entry("KmsDataKeyReusePeriodSeconds", seconds)?;
                }
            }
        }
        map.end()
    }
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
        check(
            &[MachineType::Standard, MachineType::Express],
            &json!(["STANDARD", "EXPRESS"]),
        );
        check(
            &[MachineLogLevel::All, MachineLogLevel::Off],
            &json!(["ALL", "OFF"]),
        );
    }

    #[test]
    fn a_key_of_awss_has_no_id() {
        check(
            &StateMachineEncryption::AwsOwned,
            &json!({"Type": "AWS_OWNED_KEY"}),
        );
        let own = StateMachineEncryption::CustomerManaged {
            kms_key_id: "k".into(),
            data_key_reuse_s: None,
        };
        check(
            &own,
            &json!({"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": "k"}),
        );
        assert!(DataKeyReuseS::new(59).is_err() && DataKeyReuseS::new(901).is_err());
    }
}
