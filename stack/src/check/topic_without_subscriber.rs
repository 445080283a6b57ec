//! `topic-without-subscriber`: alarms of a protected environment notify nobody.
//!
//! **Why.** An alarm that nobody gets is the same as none: the first to notice is a customer.
//!
//! **What it wants.** Each topic of an environment with `deletion_protection` has a subscriber. A warning: until the first release
//! nobody has to be woken.
//!
//! **What to do.** Add `[[subscribers]]` with `topic`, `protocol` and `endpoint` to the environment's file.
//!
//! Source: SNS Developer Guide, "Creating a subscription": a topic without one accepts messages and drops them.

use alarms::Severity;

use super::{Subject, in_environment};
use crate::report::{Finding, Report};

pub(super) const RULE: &str = "topic-without-subscriber";

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let environment = subject.app.environment();
    if !environment.deletion_protection {
        return;
    }
    for severity in Severity::ALL {
        if !environment.monitoring.subscribers.iter().any(|subscriber| subscriber.topic == severity) {
            let word = severity.as_str();
            let message = format!("nobody is subscribed to the topic of each {word}");
            let finding = Finding::warning(RULE, in_environment(subject, "subscribers"), message);
            report.findings.push(finding.hint(format!("add `[[subscribers]]` with `topic = \"{word}\"`")));
        }
    }
}

#[cfg(test)]
mod tests {
    use alarms::Severity;
    use cfn::resource::Protocol;

    use crate::{App, check::tests::found, environment::Subscriber, tests::example};

    #[track_caller]
    fn check(app: &App, expect: &[&str]) {
        let expect: Vec<_> = expect
            .iter()
            .map(|word| format!("warning environments/prod.toml#subscribers: nobody is subscribed to the topic of each {word}"))
            .collect();
        assert_eq!(found(super::check, app, |_| {}), expect);
    }

    #[test]
    fn a_protected_environment_has_somebody_for_each_topic() {
        let mut app = example("prod");
        check(&app, &["page", "ticket"]);
        let endpoint = "on-call@example.com".to_owned();
        app.environment.monitoring.subscribers =
            vec![Subscriber { topic: Severity::Page, protocol: Protocol::Email, endpoint }];
        check(&app, &["ticket"]);
        check(&example("dev"), &[]);
    }
}
