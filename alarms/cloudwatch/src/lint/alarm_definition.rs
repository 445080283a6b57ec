//! `alarm-definition`: an alarm that CloudWatch refuses, or whose result nobody can rely on.
//!
//! **Why.** A stack with a refused alarm rolls back, late and for one letter. Worse is what CloudWatch takes: `SUM` of one series,
//! for example, gives another number as soon as more points are retrieved than the alarm evaluates.
//!
//! **What it wants.** Words, periods and counts that CloudWatch knows; at most 10 metrics; expressions that parse and give one
//! series; ids that begin with a lowercase letter; a rule of a composite alarm that parses.
//!
//! **What to do.** The message names the part and what it may be.
//!
//! Source: CloudWatch API Reference, `PutMetricAlarm`, `PutCompositeAlarm` and `MetricDataQuery`; CloudWatch User Guide, "Using
//! metric math".

use super::{Found, Subject, Unjudged};
use crate::alarm::DefinitionError;

pub(super) const RULE: &str = "alarm-definition";

/// Periods of metrics of high resolution, which alarms may have and which cannot be evaluated here.
const HIGH_RESOLUTION_S: [u32; 3] = [10, 20, 30];

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for alarm in &subject.alarms {
        match &alarm.definition {
            Err(unjudged) => refused(&alarm.id, unjudged, found),
            Ok(definition) => {
                for error in definition.errors() {
                    let property = property(&error);
                    let is_known = !property.split(", ").any(|name| alarm.unknown.contains(name));
                    match error {
                        DefinitionError::Period(s) if HIGH_RESOLUTION_S.contains(&s) => {
                            found.not_judged(&alarm.id, format!("a period of high resolution: {s} s"));
                        }
                        error if is_known => add(&alarm.id, property, &error.to_string(), found),
                        _ => {}
                    }
                }
            }
        }
    }
    for composite in &subject.composites {
        if let Err(unjudged) = &composite.rule {
            refused(&composite.id, unjudged, found);
        }
    }
}

fn refused(id: &str, unjudged: &Unjudged, found: &mut Found<'_>) {
    if let Unjudged::Invalid { property, message } = unjudged {
        add(id, property, message, found);
    }
}

/// Messages of this crate end with their hint.
fn add(id: &str, property: &str, message: &str, found: &mut Found<'_>) {
    let (message, hint) = message.split_once("; hint: ").unwrap_or((message, "see the rule's page"));
    found.error((id, property), message, hint);
}

const fn property(error: &DefinitionError) -> &'static str {
    match error {
        DefinitionError::Period(_) => "Period",
        DefinitionError::Datapoints { .. } => "DatapointsToAlarm, EvaluationPeriods",
        DefinitionError::Span(_) => "EvaluationPeriods, Period",
        DefinitionError::Threshold(_) => "Threshold",
        DefinitionError::TimeZone(_) | DefinitionError::WallClockPeriod(_) => "EvaluationWindow",
        DefinitionError::WarmUp(_) => "WarmUpConfiguration",
        _ => "Metrics",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, check, composite, metric},
        *,
    };
    use crate::fixture::math;

    fn own() -> LintAlarm {
        alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "f")], "Sum"))
    }

    #[track_caller]
    fn check_alarm(change: impl FnOnce(&mut LintAlarm), expected: &[&str]) {
        let mut own = own();
        change(&mut own);
        check(&Subject { alarms: vec![own], ..Subject::default() }, expected);
    }

    #[test]
    fn a_definition_that_cloudwatch_refuses() {
        check_alarm(|_| {}, &[]);
        check_alarm(
            |own| own.definition.as_mut().unwrap().period_s = 90,
            &["error alarm-definition Alarm/Period: a period is a multiple of 60 s, not 90 s"],
        );
        check_alarm(
            |own| own.definition.as_mut().unwrap().datapoints_to_alarm = 4,
            &[
                "error alarm-definition Alarm/DatapointsToAlarm, EvaluationPeriods: 4 datapoints of 3 evaluation periods",
            ],
        );
        check_alarm(
            |own| own.definition.as_mut().unwrap().watched = math(&["m"], &[("e", "SUM(m) + m")], "e"),
            &[
                "error alarm-definition Alarm/Metrics: expression e: SUM of one series depends on how many points CloudWatch retrieves",
            ],
        );
        let invalid = Unjudged::Invalid {
            property: "ComparisonOperator".to_owned(),
            message: "not a word of CloudWatch: \"Greater\"".to_owned(),
        };
        check_alarm(
            |own| own.definition = Err(invalid),
            &["error alarm-definition Alarm/ComparisonOperator: not a word of CloudWatch: \"Greater\""],
        );
    }

    #[test]
    fn what_is_only_known_later_is_not_judged() {
        let guessed = |own: &mut LintAlarm| {
            own.definition.as_mut().unwrap().datapoints_to_alarm = 4;
            own.unknown.insert("EvaluationPeriods");
        };
        check_alarm(guessed, &[]);
        let mut own = own();
        own.definition.as_mut().unwrap().period_s = 10;
        let report = lint(&Subject { alarms: vec![own], ..Subject::default() });
        assert_eq!(report.findings, []);
        assert_eq!(report.not_judged[0].reason, "a period of high resolution: 10 s");
    }

    #[test]
    fn a_rule_that_does_not_parse() {
        let mut own = composite("TRUE");
        let message = "column 1: expected ALARM".to_owned();
        own.rule = Err(Unjudged::Invalid { property: "AlarmRule".to_owned(), message });
        check(
            &Subject { composites: vec![own], ..Subject::default() },
            &["error alarm-definition Composite/AlarmRule: column 1: expected ALARM"],
        );
    }
}
