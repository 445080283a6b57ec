//! `alarm-without-action`: an alarm that calls nobody.
//!
//! **Why.** It turns red in a console that nobody looks at.
//!
//! **What it wants.** An alarm has an action in `ALARM`, and its actions are not switched off. A part or the suppressor of a
//! composite alarm needs none, nor one that a deployment looks at, nor any where the template reacts to the events of alarms. A
//! warning: somebody may ask for its state.
//!
//! **What to do.** Name a topic in `AlarmActions`, and drop `ActionsEnabled: false`.
//!
//! Source: CloudWatch API Reference, `PutMetricAlarm`; CloudWatch User Guide, "Alarm events and EventBridge".

use super::{Found, Subject};

pub(super) const RULE: &str = "alarm-without-action";

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    if subject.reacts_to_alarm_events {
        return;
    }
    let parts = subject.part_names();
    for (id, name, actions) in subject.all_alarms() {
        if parts.contains(name) || actions.used_elsewhere {
            continue;
        }
        if actions.targets.is_empty() {
            let hint = "name a topic in AlarmActions";
            found.warning((id, "AlarmActions"), format!("nobody is told: {id} has no action"), hint);
        } else if actions.disabled {
            let hint = "drop ActionsEnabled, which is true by default";
            found.warning(
                (id, "ActionsEnabled"),
                format!("nobody is told: the actions of {id} are off"),
                hint,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, composite, metric},
        *,
    };

    fn subject(actions: Actions) -> Subject {
        let mut own = alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "f")], "Sum"));
        own.actions = actions;
        Subject { alarms: vec![own], ..Subject::default() }
    }

    const NONE: &str = "warning alarm-without-action Alarm/AlarmActions: nobody is told: Alarm has no action";

    #[test]
    fn an_alarm_tells_somebody() {
        let targets = vec!["${Topic}".to_owned()];
        check(&subject(Actions { targets: targets.clone(), ..Actions::default() }), &[]);
        check(&subject(Actions::default()), &[NONE]);
        check(
            &subject(Actions { targets, disabled: true, ..Actions::default() }),
            &[
                "warning alarm-without-action Alarm/ActionsEnabled: nobody is told: the actions of Alarm are off",
            ],
        );
    }

    #[test]
    fn who_is_read_by_others_needs_no_action() {
        check(&subject(Actions { used_elsewhere: true, ..Actions::default() }), &[]);
        let mut own = subject(Actions::default());
        own.composites.push(composite("ALARM(alarm)"));
        check(&own, &[]);
        own.composites[0].rule = Ok("ALARM(\"${Other}\")".parse().unwrap());
        check(&own, &[NONE]);
        own.composites[0].suppressor = Some("alarm".to_owned());
        check(&own, &[]);
        own.composites.clear();
        own.reacts_to_alarm_events = true;
        check(&own, &[]);
    }
}
