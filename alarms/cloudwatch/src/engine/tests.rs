//! Incidents over minutes: what changes its state, and what acts.

use std::collections::BTreeMap;

use super::*;
use crate::{
    Metric,
    alarm::{MetricStat, MissingData, WarmUp, Watched},
    composite::Suppressor,
    fixture,
    series::Series,
};

/// 1 of 1 minutes with a value on the metric of the same name.
fn alarm(name: &str) -> Alarm {
    let mut alarm = fixture::alarm("Sum", 1.0);
    (alarm.evaluation_periods, alarm.datapoints_to_alarm, alarm.period_s) = (1, 1, 60);
    alarm.name = name.to_owned();
    alarm.missing = MissingData::NotBreaching;
    alarm.evaluation_range = Some(1);
    alarm.watched =
        Watched::Metric(MetricStat { metric: fixture::metric(name), statistic: crate::Statistic::Sum });
    alarm
}

fn composite(name: &str, rule: &str, suppressor: Option<Suppressor>) -> Composite {
    Composite { name: name.to_owned(), rule: rule.parse().unwrap(), suppressor }
}

fn suppressor(wait_s: u32, extension_s: u32) -> Suppressor {
    Suppressor { alarm: "cause".to_owned(), wait_s, extension_s }
}

/// The minutes in which a metric has a value.
fn values(of: &[(&str, &[i64])]) -> BTreeMap<Metric, Series> {
    let mut store = BTreeMap::new();
    for (name, minutes) in of {
        let values: Vec<_> = minutes.iter().map(|minute| (minute * 60, 1.0)).collect();
        store.extend(fixture::store(name, &values));
    }
    store
}

/// What alarms do from minute 1 to `minutes`, as `3 name ALARM`. The first actions, from creation to `OK`, are left out.
fn actions(mut engine: Engine, store: &BTreeMap<Metric, Series>, minutes: i64) -> Vec<String> {
    let steps = (0..=minutes).map(|minute| engine.step(minute * 60, store)).skip(1);
    let actions = steps.flat_map(|step| step.actions);
    actions.map(|change| format!("{} {} {}", change.at_s / 60, change.alarm, change.to)).collect()
}

#[test]
fn an_alarm_acts_once_for_each_change() {
    let engine = Engine::new(vec![alarm("a")], Vec::new(), 0);
    // A minute's value is seen when the minute is over.
    assert_eq!(actions(engine, &values(&[("a", &[2, 3, 4])]), 8), ["3 a ALARM", "6 a OK"]);
}

#[test]
fn time_that_goes_back_evaluates_nothing() {
    let mut engine = Engine::new(vec![alarm("a")], Vec::new(), 0);
    let store = values(&[("a", &[2])]);
    for time_s in [180, 100, 179, -50, 181] {
        engine.step(time_s, &store);
    }
    assert_eq!(engine.status("a").unwrap().state, State::Alarm);
    engine.step(240, &store);
    assert_eq!(engine.status("a").unwrap().state, State::Ok);
}

#[test]
fn a_composite_follows_its_children_and_their_children() {
    let composites =
        vec![composite("top", "ALARM(any)", None), composite("any", "ALARM(a) OR ALARM(b)", None)];
    let engine = Engine::new(vec![alarm("a"), alarm("b")], composites, 0);
    let found = actions(engine, &values(&[("b", &[2])]), 4);
    assert_eq!(found, ["3 any ALARM", "3 b ALARM", "3 top ALARM", "4 any OK", "4 b OK", "4 top OK"]);
}

/// The incident is one page whether the cause is seen before or after the symptom.
#[test]
fn a_suppressed_symptom_does_not_act_in_either_order() {
    for (cause, symptom) in
        [(&[2, 3, 4, 5, 6], &[3, 4, 5, 6]), (&[4, 5, 6, 7, 8], &[2, 3, 4, 5, 6])] as [(&[i64], &[i64]); 2]
    {
        let composites = vec![composite("page", "ALARM(symptom)", Some(suppressor(180, 180)))];
        let engine = Engine::new(vec![alarm("cause"), alarm("symptom")], composites, 0);
        let found = actions(engine, &values(&[("cause", cause), ("symptom", symptom)]), 20);
        assert!(!found.iter().any(|action| action.contains("page")), "{found:?}");
    }
}

#[test]
fn a_symptom_without_a_cause_acts_after_its_wait() {
    let composites = vec![composite("page", "ALARM(symptom)", Some(suppressor(180, 60)))];
    let engine = Engine::new(vec![alarm("cause"), alarm("symptom")], composites, 0);
    let found = actions(engine, &values(&[("symptom", &[2, 3, 4, 5, 6, 7])]), 12);
    let page: Vec<_> = found.iter().filter(|action| action.contains("page")).collect();
    assert_eq!(page, ["6 page ALARM", "9 page OK"]);
}

#[test]
fn a_symptom_that_outlives_its_cause_acts_after_the_extension() {
    let composites = vec![composite("page", "ALARM(symptom)", Some(suppressor(120, 180)))];
    let engine = Engine::new(vec![alarm("cause"), alarm("symptom")], composites, 0);
    let symptom: Vec<_> = (2..20).collect();
    let found = actions(engine, &values(&[("cause", &[2, 3]), ("symptom", &symptom)]), 18);
    let page: Vec<_> = found.iter().filter(|action| action.contains("page")).collect();
    // The cause is over at minute 5, and was last seen at minute 4.
    assert_eq!(page, ["7 page ALARM"]);
}

#[test]
fn a_muted_alarm_acts_at_the_end_if_it_is_still_red() {
    for (minutes, expected) in [(&[2, 3, 4, 5, 6, 7, 8, 9][..], &["6 a ALARM"][..]), (&[2, 3], &[])] {
        let mut engine = Engine::new(vec![alarm("a")], Vec::new(), 0);
        engine.mute(MuteRule::new("quiet".to_owned(), vec!["a".to_owned()], 60, 300).unwrap());
        assert_eq!(actions(engine, &values(&[("a", minutes)]), 9), expected);
    }
}

#[test]
fn a_drill_lasts_until_the_next_evaluation() {
    let composites = vec![composite("page", "ALARM(a)", None)];
    let mut engine = Engine::new(vec![alarm("a")], composites, 0);
    let store = values(&[]);
    engine.step(60, &store);
    let step = engine.set_state("a", State::Alarm, "DRILL".to_owned(), 70).unwrap();
    let acting: Vec<_> = step.actions.iter().map(|action| action.alarm.as_str()).collect();
    assert_eq!(acting, ["a", "page"]);
    assert!(engine.step(119, &store).actions.is_empty());
    assert_eq!(engine.step(120, &store).actions.len(), 2);
    assert!(engine.set_state("b", State::Alarm, String::new(), 0).is_none());
}

#[test]
fn a_drill_of_a_composite_lasts_until_one_of_its_parts_changes() {
    let composites = vec![composite("page", "ALARM(a)", None)];
    let mut engine = Engine::new(vec![alarm("a")], composites, 0);
    let store = values(&[("a", &[5])]);
    engine.step(60, &store);
    let step = engine.set_state("page", State::Alarm, "DRILL".to_owned(), 70).unwrap();
    assert_eq!(step.actions.len(), 1);
    assert!(engine.step(120, &store).actions.is_empty());
    assert_eq!(engine.status("page").unwrap().state, State::Alarm);
    engine.step(360, &store);
    assert_eq!(engine.step(420, &store).actions.iter().filter(|action| action.alarm == "page").count(), 1);
}

#[test]
fn an_alarm_in_its_warm_up_does_not_act() {
    let mut warming = alarm("a");
    warming.warm_up = Some(WarmUp { minutes: 5, only_after: true });
    let engine = Engine::new(vec![warming], Vec::new(), 0);
    assert_eq!(actions(engine, &values(&[("a", &[1, 2, 3, 4, 5])]), 7), ["5 a ALARM", "7 a OK"]);
}

#[test]
fn a_restart_keeps_states() {
    let store = values(&[("a", &[2, 3, 4])]);
    let mut engine = Engine::new(vec![alarm("a")], Vec::new(), 0);
    engine.step(180, &store);
    let mut again = Engine::new(vec![alarm("a")], Vec::new(), 200);
    again.restore(engine.statuses().clone());
    assert!(again.step(240, &store).actions.is_empty());
    assert_eq!(again.step(360, &store).actions.len(), 1);
}
