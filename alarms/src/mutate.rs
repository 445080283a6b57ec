//! Mutations of alarms: each changes one thing, and the cases of the alarm have to notice.
//!
//! A mutant that behaves as the alarm does on every input is equivalent; those are listed below with the proof.

use cloudwatch::{
    Statistic,
    alarm::{self, Comparison, MissingData, Source, Watched},
    composite::Composite,
};

use self::variants::{expressions, rules};
use crate::{Alarm, Definition, cases::Cases};

mod variants;

/// Mutants that no input tells from the alarm: alarm, change, proof.
const EQUIVALENT: &[(&str, &str, &str)] = &[
    ("BedrockFailing", "MAX([IF(bedrock_failures >= 3, 100 * bedrock_failures / bedrock_calls, 1)])", BELOW),
    ("BedrockFailing", "MAX([IF(bedrock_failures >= 3, 100 * bedrock_failures / bedrock_calls, -1)])", BELOW),
    (
        "RecipesUnreadable",
        "MAX([IF(replies_failures >= 3, 100 * replies_failures / replies_calls, 1)])",
        BELOW,
    ),
    (
        "RecipesUnreadable",
        "MAX([IF(replies_failures >= 3, 100 * replies_failures / replies_calls, -1)])",
        BELOW,
    ),
    (
        "PricesFailing",
        "MAX([IF(elevenst_failures >= 3, 100 * elevenst_failures / elevenst_calls, 1), IF(chamgagyeok_failures >= 3, 100 * chamgagyeok_failures / chamgagyeok_calls, 0)])",
        BELOW,
    ),
    (
        "PricesFailing",
        "MAX([IF(elevenst_failures >= 3, 100 * elevenst_failures / elevenst_calls, -1), IF(chamgagyeok_failures >= 3, 100 * chamgagyeok_failures / chamgagyeok_calls, 0)])",
        BELOW,
    ),
    (
        "PricesFailing",
        "MAX([IF(elevenst_failures >= 3, 100 * elevenst_failures / elevenst_calls, 0), IF(chamgagyeok_failures >= 3, 100 * chamgagyeok_failures / chamgagyeok_calls, 1)])",
        BELOW,
    ),
    (
        "PricesFailing",
        "MAX([IF(elevenst_failures >= 3, 100 * elevenst_failures / elevenst_calls, 0), IF(chamgagyeok_failures >= 3, 100 * chamgagyeok_failures / chamgagyeok_calls, -1)])",
        BELOW,
    ),
    ("ExecutionsStuck", "started ExecutionsStarted by Average", COUNTS),
    ("ExecutionsStuck", "started ExecutionsStarted by Maximum", COUNTS),
    ("ExecutionsStuck", "succeeded ExecutionsSucceeded by Average", COUNTS),
    ("ExecutionsStuck", "succeeded ExecutionsSucceeded by Maximum", COUNTS),
    ("ExecutionsStuck", "failed ExecutionsFailed by Average", COUNTS),
    ("ExecutionsStuck", "failed ExecutionsFailed by Maximum", COUNTS),
    ("ExecutionsStuck", "timed_out ExecutionsTimedOut by Average", COUNTS),
    ("ExecutionsStuck", "timed_out ExecutionsTimedOut by Maximum", COUNTS),
    ("ExecutionsStuck", "aborted ExecutionsAborted by Average", COUNTS),
    ("ExecutionsStuck", "aborted ExecutionsAborted by Maximum", COUNTS),
];

/// Of the value in place of a share where there are fewer failures than the least.
const BELOW: &str = "the alarm asks only whether the greatest share is above 5, and neither 0 nor 1 nor -1 is; a point is there with \
    each of them. Where another source has the greatest share, that is above 5 or not whatever stands here";

/// Of a mean or a greatest value in place of a sum.
const COUNTS: &str = "the expression asks only whether sums of counts are 0. Counts are not negative, so a sum of several metrics is 0 \
    exactly where each of them is, and the sum of one is 0 exactly where its mean is and where its greatest value is";

/// What became of all mutants.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Mutants that a case noticed.
    pub killed: usize,
    /// All mutants but the equivalent ones.
    pub total: usize,
    /// Mutants that no input tells from the alarm.
    pub equivalent: usize,
    /// Mutants that no case noticed, as `Alarm: change`.
    pub survivors: Vec<String>,
    /// Mutants that are said to be equivalent and that a case noticed.
    pub refuted: Vec<String>,
}

/// One change of one alarm.
struct Mutant {
    change: String,
    definition: Definition,
}

/// Makes every mutant of every alarm and runs the alarm's cases on it.
#[must_use]
pub fn run(alarms: &[Alarm], cases: &[Cases]) -> Report {
    let mut report = Report::default();
    for alarm in alarms {
        let own = cases.iter().filter(|cases| cases.alarms.contains(&alarm.id));
        let mut own: Vec<_> = own.flat_map(|cases| &cases.cases).collect();
        // Short ones first: they notice most.
        own.sort_by_key(|case| case.minutes);
        let mutants = distinct(&alarm.definition);
        let mut unnoticed: Vec<_> = mutants.iter().collect();
        for case in own {
            if unnoticed.is_empty() {
                break;
            }
            let definitions: Vec<_> = std::iter::once(&alarm.definition)
                .chain(unnoticed.iter().map(|mutant| &mutant.definition))
                .collect();
            // A case that is wrong notices nothing; that it is wrong says its own test.
            let Ok(mut found) = case.timelines(alarms, &alarm.id, &definitions).map(Vec::into_iter) else {
                continue;
            };
            let original = found.next();
            unnoticed.retain(|_| found.next() == original);
        }
        let is_unnoticed =
            |mutant: &Mutant| unnoticed.iter().any(|unnoticed| unnoticed.change == mutant.change);
        for mutant in &mutants {
            let name = || format!("{}: {}", alarm.id, mutant.change);
            match (proof(&alarm.id, &mutant.change), is_unnoticed(mutant)) {
                (Some(_), true) => report.equivalent += 1,
                (Some(_), false) => report.refuted.push(name()),
                (None, true) => report.survivors.push(name()),
                (None, false) => report.killed += 1,
            }
        }
    }
    report.total = report.killed + report.survivors.len();
    report
}

/// Why no input tells a mutant from the alarm, where it is one of those.
fn proof(alarm: &str, change: &str) -> Option<&'static str> {
    let listed = EQUIVALENT.iter().find(|(id, changed, _)| *id == alarm && *changed == change);
    listed.map(|(_, _, proof)| *proof)
}

/// The mutants of a definition. Two changes that come to the same count once, and one that changes nothing not at all.
fn distinct(definition: &Definition) -> Vec<Mutant> {
    let mut distinct: Vec<Mutant> = Vec::new();
    for mutant in mutants(definition) {
        let known = distinct.iter().map(|other| &other.definition).chain([definition]);
        if !known.into_iter().any(|known| *known == mutant.definition) {
            distinct.push(mutant);
        }
    }
    distinct
}

fn mutants(definition: &Definition) -> Vec<Mutant> {
    match definition {
        Definition::Metric(alarm) => metric_alarm(alarm),
        Definition::Composite(composite) => composites(composite),
    }
}

fn metric_alarm(alarm: &alarm::Alarm) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut add = |change: String, mutate: &dyn Fn(&mut alarm::Alarm)| {
        let mut mutant = alarm.clone();
        mutate(&mut mutant);
        mutants.push(Mutant { change, definition: Definition::Metric(mutant) });
    };
    let step = (alarm.threshold * 0.1).max(1.0);
    add(format!("threshold {}", alarm.threshold + step), &|mutant| mutant.threshold += step);
    add(format!("threshold {}", alarm.threshold - step), &|mutant| mutant.threshold -= step);
    for comparison in Comparison::ALL.into_iter().filter(|other| *other != alarm.comparison) {
        add(format!("comparison {comparison:?}"), &|mutant| mutant.comparison = comparison);
    }
    for (period_s, valid) in [(alarm.period_s * 2, true), (alarm.period_s / 2, alarm.period_s >= 120)] {
        if valid {
            let period_s = period_s / 60 * 60;
            add(format!("period {period_s}"), &|mutant| mutant.period_s = period_s);
        }
    }
    let (m, n) = (alarm.datapoints_to_alarm, alarm.evaluation_periods);
    for (m, n, valid) in
        [(m + 1, n, m < n), (m.saturating_sub(1), n, m > 1), (m, n + 1, true), (m, n - 1, n > m)]
    {
        if valid {
            add(format!("{m} of {n}"), &|mutant| {
                (mutant.datapoints_to_alarm, mutant.evaluation_periods) = (m, n);
            });
        }
    }
    let treatments =
        [MissingData::Missing, MissingData::Ignore, MissingData::Breaching, MissingData::NotBreaching];
    for missing in treatments.into_iter().filter(|other| *other != alarm.missing) {
        add(format!("missing data {missing:?}"), &|mutant| mutant.missing = missing);
    }
    if alarm.warm_up.is_some() {
        add("no warm-up".to_owned(), &|mutant| mutant.warm_up = None);
    }
    for (change, watched) in watched(&alarm.watched) {
        add(change, &|mutant| mutant.watched = watched.clone());
    }
    mutants
}

/// Changes of metrics, statistics, dimensions and expressions.
fn watched(watched: &Watched) -> Vec<(String, Watched)> {
    let mut changed = Vec::new();
    let count = watched.metrics().count();
    for at in 0..count {
        let Some((id, stat)) = watched.metrics().nth(at) else { continue };
        // Several metrics of an alarm may have one name.
        let name = format!("{id} {}", stat.metric.name).trim_start().to_owned();
        let mut add = |change: &str, mutate: &dyn Fn(&mut alarm::MetricStat)| {
            let mut mutant = watched.clone();
            let stats: Vec<&mut alarm::MetricStat> = match &mut mutant {
                Watched::Metric(stat) => vec![stat],
                Watched::Math { queries, .. } => queries
                    .iter_mut()
                    .filter_map(|query| match &mut query.source {
                        Source::Metric(stat) => Some(stat),
                        Source::Expression(_) => None,
                    })
                    .collect(),
            };
            if let Some(stat) = stats.into_iter().nth(at) {
                mutate(stat);
                changed.push((format!("{name} {change}"), mutant));
            }
        };
        add("of another name", &|stat| stat.metric.name.push_str("Count"));
        for dimension in stat.metric.dimensions.keys() {
            add(&format!("without {dimension}"), &|stat| {
                stat.metric.dimensions.remove(dimension);
            });
            add(&format!("of another {dimension}"), &|stat| {
                stat.metric.dimensions.insert(dimension.clone(), "other".to_owned());
            });
        }
        let statistics = [
            Statistic::Sum,
            Statistic::Average,
            Statistic::Minimum,
            Statistic::Maximum,
            Statistic::SampleCount,
        ];
        for statistic in statistics.into_iter().filter(|other| *other != stat.statistic) {
            add(&format!("by {statistic}"), &|stat| stat.statistic = statistic);
        }
    }
    let Watched::Math { queries, .. } = watched else { return changed };
    for (at, query) in queries.iter().enumerate() {
        let Source::Expression(expression) = &query.source else { continue };
        for variant in expressions(expression, count) {
            let mut mutant = watched.clone();
            let change = variant.to_string();
            if let Watched::Math { queries, .. } = &mut mutant
                && let Some(query) = queries.get_mut(at)
            {
                query.source = Source::Expression(variant);
            }
            changed.push((change, mutant));
        }
    }
    changed
}

fn composites(composite: &Composite) -> Vec<Mutant> {
    let mut changed: Vec<(String, Composite)> = rules(&composite.rule)
        .into_iter()
        .map(|rule| (format!("rule {rule}"), Composite { rule, ..composite.clone() }))
        .collect();
    if let Some(suppressor) = &composite.suppressor {
        let mut add = |change: &str, suppressor| {
            changed.push((change.to_owned(), Composite { suppressor, ..composite.clone() }));
        };
        add("no suppressor", None);
        let other = |change: fn(&mut cloudwatch::composite::Suppressor)| {
            let mut other = suppressor.clone();
            change(&mut other);
            Some(other)
        };
        add("no wait", other(|suppressor| suppressor.wait_s = 0));
        add("half the wait", other(|suppressor| suppressor.wait_s /= 2));
        add("twice the wait", other(|suppressor| suppressor.wait_s *= 2));
        add("no extension", other(|suppressor| suppressor.extension_s = 0));
        add("half the extension", other(|suppressor| suppressor.extension_s /= 2));
        add("twice the extension", other(|suppressor| suppressor.extension_s *= 2));
    }
    changed
        .into_iter()
        .map(|(change, mutant)| Mutant { change, definition: Definition::Composite(mutant) })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Inputs, all};

    #[test]
    fn a_change_has_a_name_of_its_own() {
        for alarm in all(&Inputs::sample()) {
            let mutants = distinct(&alarm.definition);
            let changes: BTreeSet<_> = mutants.iter().map(|mutant| &mutant.change).collect();
            assert_eq!(changes.len(), mutants.len(), "{}", alarm.id);
        }
    }

    #[test]
    fn what_is_said_to_be_equivalent_is_a_mutant() {
        let alarms = all(&Inputs::sample());
        for (id, change, _) in EQUIVALENT {
            let alarm = alarms.iter().find(|alarm| alarm.id == *id).unwrap();
            let changes: Vec<_> =
                distinct(&alarm.definition).into_iter().map(|mutant| mutant.change).collect();
            assert!(changes.iter().any(|found| found == change), "{id}: {change}");
        }
    }
}
