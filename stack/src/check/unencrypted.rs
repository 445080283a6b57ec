//! `unencrypted`: something at rest is not under the environment's key.
//!
//! **Why.** Orders hold health data. Under a key of our own, reading needs a permission that its policy gives and that
//! leaves a trace; under AWS's own key, access to the service is enough.
//!
//! **What it wants.** Tables, log groups, state machines, queues and topics are encrypted with the key of the parameter
//! `KeyArn`.
//!
//! **What to do.** Refer to `resources::ids::KEY_ARN` in the resource's own property for it.
//!
//! Source: DynamoDB Developer Guide, "Encryption at rest"; CloudWatch Logs User Guide, "Encrypt log data"; Step Functions
//! Developer Guide, "Data at rest encryption"; SQS Developer Guide, "Encryption at rest".

use cfn::{
    LogicalId, Prop, Value,
    resource::{LogGroup, Queue, StateMachine, StateMachineEncryption, Table, Topic},
};

use super::{Subject, in_template};
use crate::{
    report::{Finding, Report},
    resources::ids,
};

pub(super) const RULE: &str = "unencrypted";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let key: Value = Prop::reference(ids::KEY_ARN);
    let mut want = |id: &LogicalId, property: &str, found: Option<&Value>| {
        if found != Some(&key) {
            let path = in_template(&format!("/Resources/{id}/Properties/{property}"));
            let message = format!("not encrypted with the environment's key: {id}");
            report.findings.push(Finding::error(RULE, path, message).hint("use the parameter `KeyArn`"));
        }
    };
    for (id, table) in subject.template.resources_of::<Table>() {
        want(id, "SSESpecification", table.sse.as_ref().map(|sse| &sse.kms_key));
    }
    for (id, group) in subject.template.resources_of::<LogGroup>() {
        want(id, "KmsKeyId", group.kms_key_id.as_ref());
    }
    for (id, queue) in subject.template.resources_of::<Queue>() {
        want(id, "KmsMasterKeyId", queue.kms_master_key_id.as_ref());
    }
    for (id, topic) in subject.template.resources_of::<Topic>() {
        want(id, "KmsMasterKeyId", topic.kms_master_key_id.as_ref());
    }
    for (id, machine) in subject.template.resources_of::<StateMachine>() {
        let own = match &machine.encryption {
            Some(StateMachineEncryption::CustomerManaged { kms_key_id, .. }) => Some(kms_key_id),
            Some(StateMachineEncryption::AwsOwned) | None => None,
        };
        want(id, "EncryptionConfiguration", own);
    }
}

#[cfg(test)]
mod tests {
    use cfn::Template;

    use super::*;
    use crate::{check::tests::found, tests::local};

    #[track_caller]
    fn check(change: impl FnOnce(&mut Template), expect: &[&str]) {
        let found = found(super::check, &local(), change);
        let places: Vec<String> = expect
            .iter()
            .map(|place| format!("error template.json#/Resources/{place}: not encrypted"))
            .collect();
        assert_eq!(found.len(), places.len(), "{found:?}");
        for (finding, place) in found.iter().zip(places) {
            assert!(finding.starts_with(&place), "{finding}");
        }
    }

    #[test]
    fn what_has_no_key_or_another() {
        check(
            |template| {
                template.resources_of_mut::<Table>().for_each(|(_, table)| table.sse = None);
            },
            &[
                "PricesTable/Properties/SSESpecification",
                "ResultsTable/Properties/SSESpecification",
                "SessionsTable/Properties/SSESpecification",
            ],
        );
        check(
            |template| {
                template
                    .resources_of_mut::<Queue>()
                    .for_each(|(_, queue)| queue.kms_master_key_id = Some("alias/aws/sqs".into()));
            },
            &["CloserDeadLetters/Properties/KmsMasterKeyId"],
        );
        check(
            |template| {
                template.resources_of_mut::<StateMachine>().for_each(|(_, machine)| {
                    machine.encryption = Some(StateMachineEncryption::AwsOwned);
                });
            },
            &["Closer/Properties/EncryptionConfiguration", "StateMachine/Properties/EncryptionConfiguration"],
        );
        check(
            |template| {
                template
                    .resources_of_mut::<LogGroup>()
                    .take(1)
                    .for_each(|(_, group)| group.kms_key_id = None);
            },
            &["CloserLogs/Properties/KmsKeyId"],
        );
    }
}
