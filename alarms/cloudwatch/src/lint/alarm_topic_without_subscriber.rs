//! `alarm-topic-without-subscriber`: an alarm calls a topic that nobody is subscribed to.
//!
//! **Why.** A topic without a subscriber takes every message and drops it. The alarm's history says that its action succeeded.
//!
//! **What it wants.** A topic of the template that an alarm notifies has a subscriber in the template. A warning: addresses may be
//! subscribed by hand.
//!
//! **What to do.** Subscribe whoever is on call. An address has to confirm before anything reaches it.
//!
//! Source: SNS Developer Guide, "Creating a subscription to an Amazon SNS topic".

use super::{Found, Subject, Topic};

pub(super) const RULE: &str = "alarm-topic-without-subscriber";

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for topic in notified(subject).filter(|topic| topic.subscribed == Some(false)) {
        let message = format!("alarms notify {}, and nobody is subscribed to it", topic.id);
        let hint = "subscribe whoever is on call in the template";
        found.warning((&topic.id, "Subscription"), message, hint);
    }
}

/// The topics that some alarm notifies.
pub(super) fn notified(subject: &Subject) -> impl Iterator<Item = &Topic> {
    let is_notified =
        |topic: &&Topic| subject.all_alarms().any(|(_, _, actions)| actions.targets.contains(&topic.arn));
    subject.topics.iter().filter(is_notified)
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, metric},
        *,
    };

    #[test]
    fn a_topic_of_an_alarm_has_a_subscriber() {
        let alarms = vec![alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "f")], "Sum"))];
        let arn = alarms[0].actions.targets[0].clone();
        let topic = |arn: &str, subscribed| Topic {
            id: "Page".to_owned(),
            arn: arn.to_owned(),
            key: None,
            subscribed,
        };
        let subject =
            |topic: Topic| Subject { alarms: alarms.clone(), topics: vec![topic], ..Subject::default() };
        check(&subject(topic(&arn, Some(true))), &[]);
        check(&subject(topic(&arn, None)), &[]);
        check(&subject(topic("another", Some(false))), &[]);
        let finding = "warning alarm-topic-without-subscriber Page/Subscription: alarms notify Page, and nobody is subscribed to it";
        check(&subject(topic(&arn, Some(false))), &[finding]);
    }
}
