//! `missing-child-alarm`: a composite alarm depends on an alarm that is not in the template.
//!
//! **Why.** A rule names alarms by their names, and CloudWatch checks them once. Where the alarm is renamed or goes, the composite
//! alarm takes it for `INSUFFICIENT_DATA` and stays quiet; a suppressor that is not there suppresses nothing.
//!
//! **What it wants.** Every alarm that a rule or a suppressor names is in the template. A warning: it may be in another stack.
//!
//! **What to do.** Take the name of the hint, or let the template compute the name from the alarm, so that it follows a change.
//!
//! Source: CloudWatch User Guide, "Create a composite alarm"; CloudWatch API Reference, `PutCompositeAlarm`.

use std::collections::BTreeSet;

use super::{Found, MAX_SUGGESTED, Subject, is_unknown};

pub(super) const RULE: &str = "missing-child-alarm";

/// Names that are less alike than this are not suggested for each other.
const ALIKE: f64 = 0.8;
/// Names that get a suggestion: comparing all with all takes long.
const SUGGESTIONS: usize = 20;

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    let mut suggestions = SUGGESTIONS;
    let names: BTreeSet<&str> = subject
        .all_alarms()
        .map(|(_, name, _)| name)
        .chain(subject.other_alarms.iter().map(String::as_str))
        .collect();
    for (composite, property, part) in subject.parts() {
        // A suppressor may be named by its ARN.
        let part = part.split_once(":alarm:").map_or(part, |(_, name)| name);
        if is_unknown(part) || names.contains(part) {
            continue;
        }
        let hint = if subject.ids.contains_key(part) {
            "it is a logical id: name the alarm by its physical name".to_owned()
        } else {
            suggestions = suggestions.saturating_sub(1);
            let nearest = (suggestions > 0).then(|| nearest(&names, part)).flatten();
            nearest.map_or_else(
                || "an alarm of another stack is not judged".to_owned(),
                |name| format!("{name} is meant"),
            )
        };
        let message = format!("no alarm of the template has the name {part:?}");
        found.warning((&composite.id, property), message, hint);
    }
}

fn nearest<'a>(names: &BTreeSet<&'a str>, part: &str) -> Option<&'a str> {
    let short = names.iter().filter(|name| name.len() <= MAX_SUGGESTED && part.len() <= MAX_SUGGESTED);
    let alike = short.map(|name| (strsim::jaro_winkler(name, part), *name));
    let (likeness, nearest) = alike.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (likeness >= ALIKE && !is_unknown(nearest)).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, composite, metric, told},
        *,
    };

    #[track_caller]
    fn check(rule: &str, suppressor: Option<&str>, expected: &[(&str, &str)]) {
        let mut own = alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "f")], "Sum"));
        own.name = "shop-errors".to_owned();
        let mut parent = composite(rule);
        parent.suppressor = suppressor.map(str::to_owned);
        let report = lint(&Subject {
            alarms: vec![own],
            composites: vec![parent],
            other_alarms: vec!["shop-logs".to_owned()],
            ids: [("ShopErrors".to_owned(), None)].into(),
            ..Subject::default()
        });
        let found: Vec<_> =
            told(&report).into_iter().zip(report.findings.iter().map(|own| own.hint.clone())).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(finding, hint)| {
                (format!("warning missing-child-alarm Composite/{finding}"), (*hint).to_owned())
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_part_is_there() {
        check("ALARM(shop-errors) OR NOT OK(shop-logs) OR ALARM(\"${X}\")", None, &[]);
        check(
            "ALARM(shop-error) OR ALARM(ShopErrors)",
            Some("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:elsewhere"),
            &[
                (
                    "ActionsSuppressor: no alarm of the template has the name \"elsewhere\"",
                    "an alarm of another stack is not judged",
                ),
                (
                    "AlarmRule: no alarm of the template has the name \"ShopErrors\"",
                    "it is a logical id: name the alarm by its physical name",
                ),
                ("AlarmRule: no alarm of the template has the name \"shop-error\"", "shop-errors is meant"),
            ],
        );
    }
}
