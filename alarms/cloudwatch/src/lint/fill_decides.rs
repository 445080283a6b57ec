//! `fill-decides`: `FILL` with a constant holds the alarm in one state.
//!
//! **Why.** The newest periods have no point yet, since metrics arrive late. `FILL` puts the constant there, and a filled value
//! counts as a real one. Where these values are enough to decide, the alarm is always in `ALARM`, or never.
//!
//! **What it wants.** The periods that have no point yet do not decide by themselves: an error. With one period and one datapoint
//! the period is at least twice the metric's delay, so that most of it has arrived: a warning.
//!
//! **What to do.** Take M out of N datapoints with N beyond the periods that are still empty, or a longer period; or leave `FILL`
//! out and say what missing data counts as.
//!
//! Source: CloudWatch User Guide, "Using metric math": "we recommend that you use an M out of N alarm" for `FILL` in alarms; delays
//! are the cautious figures of `alarms/cloudwatch/src/catalogue`.

use std::collections::BTreeMap;

use super::{Found, LintAlarm, Subject};
use crate::{
    alarm::{Alarm, Watched},
    catalogue,
    math::{Expression, Function, Scope, Value, evaluate},
};

pub(super) const RULE: &str = "fill-decides";

/// Delay of a metric that the catalogue does not have.
const CUSTOM_DELAY_S: u32 = 60;

/// Longest list of series that is evaluated.
const MAX_LIST: usize = 1_000;

const PROPERTIES: [&str; 5] =
    ["ComparisonOperator", "DatapointsToAlarm", "EvaluationPeriods", "Period", "Threshold"];

pub(super) fn check(subject: &Subject, found: &mut Found<'_>) {
    for alarm in &subject.alarms {
        if PROPERTIES.iter().any(|name| alarm.unknown.contains(name)) {
            continue;
        }
        let Ok(definition) = &alarm.definition else { continue };
        let Some(value) = filled(definition) else { continue };
        check_filled(alarm, definition, value, found);
    }
}

fn check_filled(alarm: &LintAlarm, definition: &Alarm, value: f64, found: &mut Found<'_>) {
    let place = (alarm.id.as_str(), "Metrics");
    let (m, n) = (definition.datapoints_to_alarm, definition.evaluation_periods);
    let delay_s = delay_s(definition);
    let empty = (delay_s / definition.period_s).min(n);
    let breaches = definition.comparison.breaches(value, definition.threshold);
    let hint = format!("M out of N datapoints, or a period of {} s or more", delay_s * 2);
    if breaches && empty >= m {
        let message = format!("always in ALARM: the newest {empty} periods are filled and breach, {m} do");
        found.error(place, message, hint);
    } else if !breaches && n - empty < m {
        let message =
            format!("never in ALARM: the newest {empty} of {n} periods are filled and do not breach");
        found.error(place, message, hint);
    } else if m == 1 && n == 1 && definition.period_s < delay_s.saturating_mul(2) {
        let message = format!(
            "one period of {} s decides and is filled, while points arrive up to {delay_s} s late",
            definition.period_s
        );
        found.warning(place, message, hint);
    }
}

/// What the alarm compares in a period without any point, where a constant fills it.
fn filled(definition: &Alarm) -> Option<f64> {
    let Watched::Math { returned, .. } = &definition.watched else { return None };
    let expressions: Vec<_> = definition.watched.expressions().collect();
    let has_constant = expressions.iter().any(|(_, expression)| fills_with_constant(expression));
    // Expressions that refer to each other in a circle are an error of the definition.
    if !has_constant || !definition.errors().is_empty() {
        return None;
    }
    let gap = [None];
    let metrics: Vec<(&str, &[Option<f64>])> =
        definition.watched.metrics().map(|(id, _)| (id, gap.as_slice())).collect();
    let mut values: BTreeMap<&str, Value> =
        metrics.iter().map(|(id, gap)| (*id, Value::Series(gap.to_vec()))).collect();
    // Each round finds those whose parts are known.
    for _ in 0..expressions.len() {
        for (id, expression) in &expressions {
            if values.contains_key(id) || !expression.ids().iter().all(|part| values.contains_key(part)) {
                continue;
            }
            let value_of = |id: &str| values.get(id).cloned();
            let scope =
                Scope { value_of: &value_of, metrics: &metrics, periods: 1, period_s: definition.period_s };
            let value = evaluate(expression, &scope);
            if matches!(&value, Value::List(list) if list.len() > MAX_LIST) {
                return None;
            }
            values.insert(*id, value);
        }
    }
    values.remove(returned.as_str())?.into_series(1).first().copied().flatten()
}

fn fills_with_constant(expression: &Expression) -> bool {
    let mut found = false;
    expression.visit(&mut |part| {
        if let Expression::Call(Function::Fill, arguments) = part {
            found |= matches!(arguments.last(), Some(Expression::Number(_) | Expression::Negative(_)));
        }
    });
    found
}

/// The longest delay of the alarm's metrics.
fn delay_s(definition: &Alarm) -> u32 {
    let delays = definition.watched.metrics().map(|(_, stat)| {
        let spec = catalogue::find(&stat.metric.namespace, &stat.metric.name);
        spec.map_or(CUSTOM_DELAY_S, |spec| spec.delay_s)
    });
    delays.max().unwrap_or(CUSTOM_DELAY_S)
}

#[cfg(test)]
mod tests {
    use super::super::{
        fixture::{alarm, metric, told},
        *,
    };
    use crate::fixture::math;

    /// An alarm at or above 1 on an expression over `m`, a metric of one's own with a delay of 60 s.
    #[track_caller]
    fn check(expression: &str, period_s: u32, (m, n): (u32, u32), expected: &[&str]) {
        let mut own = alarm(metric("Test", "m", &[("Environment", "test")], "Sum"));
        let definition = own.definition.as_mut().unwrap();
        definition.watched = math(&["m"], &[("e", expression)], "e");
        definition.period_s = period_s;
        (definition.datapoints_to_alarm, definition.evaluation_periods) = (m, n);
        let report = lint(&Subject { alarms: vec![own], ..Subject::default() });
        let expected: Vec<_> =
            expected.iter().map(|text| text.replace("RULE", "fill-decides Alarm/Metrics:")).collect();
        assert_eq!(told(&report), expected, "{expression}");
    }

    #[test]
    fn the_filled_value_decides() {
        check(
            "FILL(m, 0)",
            60,
            (1, 1),
            &["error RULE never in ALARM: the newest 1 of 1 periods are filled and do not breach"],
        );
        check(
            "IF(FILL(m, 0) < 1, 1, 0)",
            60,
            (1, 5),
            &["error RULE always in ALARM: the newest 1 periods are filled and breach, 1 do"],
        );
        check(
            "FILL(m, 0)",
            60,
            (3, 3),
            &["error RULE never in ALARM: the newest 1 of 3 periods are filled and do not breach"],
        );
        check(
            "FILL(m, -1) * -1",
            60,
            (1, 1),
            &["error RULE always in ALARM: the newest 1 periods are filled and breach, 1 do"],
        );
    }

    #[test]
    fn one_period_of_little_more_than_the_delay() {
        let mut own = alarm(metric("AWS/Lambda", "Errors", &[("FunctionName", "f")], "Sum"));
        let definition = own.definition.as_mut().unwrap();
        let errors = own.metrics[0].metric.clone();
        definition.watched = math(&["m"], &[("e", "FILL(m, 0)")], "e");
        if let crate::alarm::Watched::Math { queries, .. } = &mut definition.watched {
            queries[0].source = crate::alarm::Source::Metric(crate::alarm::MetricStat {
                metric: errors,
                statistic: crate::Statistic::Sum,
            });
        }
        definition.period_s = 180;
        (definition.datapoints_to_alarm, definition.evaluation_periods) = (1, 1);
        let report = lint(&Subject { alarms: vec![own], ..Subject::default() });
        assert_eq!(
            told(&report),
            [
                "warning fill-decides Alarm/Metrics: one period of 180 s decides and is filled, while points arrive up to 120 s late"
            ]
        );
    }

    #[test]
    fn m_of_n_and_other_fillings_leave_it_to_the_points() {
        check("FILL(m, 0)", 60, (1, 2), &[]);
        check("FILL(m, 0)", 300, (3, 3), &[]);
        check("FILL(m, 0)", 120, (1, 1), &[]);
        check("FILL(m, REPEAT)", 60, (1, 1), &[]);
        check("m + 0", 60, (1, 1), &[]);
    }
}
