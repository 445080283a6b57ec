//! `alarm-topic-with-default-key`: an alarm calls a topic under the default key of SNS.
//!
//! **Why.** CloudWatch may not use the key `alias/aws/sns`, whose policy nobody can change. The alarm turns red, its action fails,
//! and only the alarm's history says so.
//!
//! **What it wants.** A topic that an alarm notifies is under a key of your own, or not encrypted.
//!
//! **What to do.** Make a key whose policy lets `cloudwatch.amazonaws.com` use `kms:Decrypt` and `kms:GenerateDataKey*`.
//!
//! Source: SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics".

use super::{Found, Subject, alarm_topic_without_subscriber::notified};

pub(super) const RULE: &str = "alarm-topic-with-default-key";

/// The default key's alias, which an ARN ends with.
const DEFAULT_KEY: &str = "alias/aws/sns";

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for topic in notified(subject) {
        if topic.key.as_ref().is_some_and(|key| key.ends_with(DEFAULT_KEY)) {
            let message = format!("CloudWatch cannot publish to {}: it is under {DEFAULT_KEY}", topic.id);
            let hint = "take a key of your own whose policy lets cloudwatch.amazonaws.com use it";
            found.error((&topic.id, "KmsMasterKeyId"), message, hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, metric},
        *,
    };

    #[test]
    fn a_topic_of_an_alarm_is_under_another_key() {
        let alarms = vec![alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "f")], "Sum"))];
        let arn = &alarms[0].actions.targets[0];
        let finding = "error alarm-topic-with-default-key Page/KmsMasterKeyId: CloudWatch cannot publish to Page: it is under alias/aws/sns";
        for (key, arn, expected) in [
            (Some("alias/aws/sns"), arn.as_str(), &[finding][..]),
            (Some("arn:aws:kms:eu-west-1:123456789012:alias/aws/sns"), arn, &[finding]),
            (Some("alias/aws/sns"), "another", &[]),
            (Some("alias/on-call"), arn, &[]),
            (Some("${Key}"), arn, &[]),
            (None, arn, &[]),
        ] {
            let topic = Topic {
                id: "Page".to_owned(),
                arn: arn.to_owned(),
                key: key.map(str::to_owned),
                subscribed: Some(true),
            };
            check(&Subject { alarms: alarms.clone(), topics: vec![topic], ..Subject::default() }, expected);
        }
    }
}
