//! What holds for every alarm: CloudWatch takes it, its metrics exist, it is paid for and explained.

use std::collections::BTreeSet;

use cloudwatch::catalogue;

use super::*;
use crate::{Definition, Role, metric::Metric};

fn sample() -> (Inputs, Vec<Alarm>) {
    let inputs = Inputs::sample();
    let alarms = all(&inputs);
    (inputs, alarms)
}

#[test]
fn every_definition_is_one_that_cloudwatch_takes() {
    for alarm in sample().1 {
        if let Definition::Metric(definition) = &alarm.definition {
            assert_eq!(definition.errors(), [], "{}", alarm.id);
        }
    }
}

#[test]
fn every_metric_is_published_with_exactly_these_dimensions() {
    let (inputs, alarms) = sample();
    let ours: BTreeSet<_> =
        Metric::all(&inputs).into_iter().map(|metric| metric.in_cloudwatch(&inputs)).collect();
    for alarm in &alarms {
        let Definition::Metric(definition) = &alarm.definition else { continue };
        for (_, stat) in definition.watched.metrics() {
            assert!(ours.contains(&stat.metric), "{}: {}", alarm.id, stat.metric);
            if stat.metric.namespace.starts_with("AWS/") {
                let found = catalogue::find(&stat.metric.namespace, &stat.metric.name).unwrap();
                assert!(
                    found.publishes(stat.metric.dimensions.keys().map(String::as_str)),
                    "{}",
                    stat.metric
                );
                assert!(found.judges(stat.statistic), "{} by {}", stat.metric, stat.statistic);
            }
        }
    }
}

#[test]
fn names_and_ids_are_used_once_and_parts_are_alarms() {
    let (_, alarms) = sample();
    let names: BTreeSet<_> = alarms.iter().map(Alarm::name).collect();
    let ids: BTreeSet<_> = alarms.iter().map(|alarm| &alarm.id).collect();
    assert_eq!((names.len(), ids.len()), (alarms.len(), alarms.len()));
    for alarm in &alarms {
        if let Definition::Composite(composite) = &alarm.definition {
            assert!(composite.rule.alarms().iter().all(|part| names.contains(part)), "{}", alarm.id);
            assert!(
                composite
                    .suppressor
                    .as_ref()
                    .is_none_or(|suppressor| names.contains(suppressor.alarm.as_str()))
            );
            // What is written is what CloudWatch is given.
            assert_eq!(composite.rule.to_string().parse(), Ok(composite.rule.clone()));
        }
    }
}

/// 24 alarms and 8 USD are the owner's limits.
#[test]
fn alarms_are_few_and_cheap() {
    let (_, alarms) = sample();
    assert!(alarms.len() <= 24, "{}", alarms.len());
    let cost: f64 = alarms.iter().map(Alarm::cost_usd).sum();
    assert!(cost <= 8.0, "{cost}");
}

/// A symptom waits for the slowest root cause, so that an incident is one page.
#[test]
fn a_symptom_waits_longer_than_the_slowest_root_cause_takes() {
    let (_, alarms) = sample();
    let slowest_s = alarms
        .iter()
        .filter(|alarm| alarm.role == Role::RootCause)
        .filter_map(|alarm| match &alarm.definition {
            Definition::Metric(definition) => Some(definition.period_s * definition.datapoints_to_alarm),
            Definition::Composite(_) => None,
        })
        .max()
        .unwrap();
    let waits: Vec<_> = alarms
        .iter()
        .filter_map(|alarm| match &alarm.definition {
            Definition::Composite(composite) => composite.suppressor.as_ref(),
            Definition::Metric(_) => None,
        })
        .map(|suppressor| suppressor.wait_s)
        .collect();
    assert!(!waits.is_empty() && waits.iter().all(|wait_s| *wait_s > slowest_s), "{waits:?} {slowest_s}");
}

/// Where no order comes after an incident, CloudWatch goes by the last values that it still looks at.
#[test]
fn a_symptom_is_kept_back_until_its_windows_are_past_its_cause() {
    let (_, alarms) = sample();
    let mut pages = 0;
    for alarm in &alarms {
        let Definition::Composite(composite) = &alarm.definition else { continue };
        let Some(suppressor) = &composite.suppressor else { continue };
        let parts = alarms.iter().filter(|part| composite.rule.alarms().contains(&part.name()));
        let looks_back_s = parts.filter_map(|part| match &part.definition {
            Definition::Metric(definition) => Some(definition.period_s * definition.range()),
            Definition::Composite(_) => None,
        });
        assert!(looks_back_s.min().unwrap() < suppressor.extension_s, "{}", alarm.id);
        pages += 1;
    }
    assert_eq!(pages, 3);
}

#[test]
fn a_runbook_says_everything_in_both_languages_and_fits_into_a_description() {
    for alarm in sample().1 {
        let runbook = &alarm.runbook;
        assert!(!runbook.title.contains('{') && !runbook.title.is_empty(), "{}", alarm.id);
        if alarm.id != "RootCauses" {
            for part in ["**Means:**", "**Users see:**", "1. ", "2. ", "3. ", "**Mend:**"] {
                assert!(runbook.english.contains(part), "{}: {part}", alarm.id);
            }
            for part in ["**뜻:**", "**사용자:**", "1. ", "2. ", "3. ", "**조치:**"] {
                assert!(runbook.korean.contains(part), "{}: {part}", alarm.id);
            }
        }
        for language in [crate::Language::English, crate::Language::Korean] {
            let one = runbook.description(language);
            assert!(one.chars().count() <= 1_024, "{}", alarm.id);
            let whole = match language {
                crate::Language::English => &runbook.english,
                crate::Language::Korean => &runbook.korean,
            };
            assert!(one.contains(whole.as_str()), "{} does not fit in {language:?}", alarm.id);
        }
    }
}

#[test]
fn the_list_of_alarms() {
    let (_, alarms) = sample();
    let lines: Vec<_> = alarms
        .iter()
        .map(|alarm| {
            let notifies = alarm.notifies.map_or("-", Severity::as_str);
            format!("{:<26} {:<12?} {:<6} {:.2}", alarm.id, alarm.role, notifies, alarm.cost_usd())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
