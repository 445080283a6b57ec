//! Incidents by a paused clock: what an alarm does of values, a restart, a fast clock.

use std::num::NonZeroU16;

use cloudwatch::{
    Metric, Statistic,
    alarm::{Alarm, Comparison, LowSamples, MetricStat, MissingData, Watched, Window},
};
use tokio::time::advance;

use super::*;
use crate::metrics::{AlarmClock, DataPoint, Filters, MIN_KEEP_S};

fn metric() -> Metric {
    Metric::new("N", "Failures", [("", ""); 0])
}

/// In `ALARM` where a minute of five has a failure.
fn definitions() -> Definitions {
    let alarm = Alarm {
        name: "failing".to_owned(),
        watched: Watched::Metric(MetricStat { metric: metric(), statistic: Statistic::Sum }),
        comparison: Comparison::GreaterThanOrEqualToThreshold,
        threshold: 1.0,
        period_s: 60,
        evaluation_periods: 5,
        datapoints_to_alarm: 1,
        missing: MissingData::NotBreaching,
        low_samples: LowSamples::Evaluate,
        window: Window::Sliding,
        warm_up: None,
        evaluation_range: None,
    };
    let details = Details { description: "Calls fail.\n\nDo this.".to_owned(), ..Details::default() };
    Definitions {
        details: [("failing".to_owned(), details)].into(),
        alarms: vec![alarm],
        composites: Vec::new(),
    }
}

async fn alarms(speed: u16, saved: Option<Saved>, folder: Option<&std::path::Path>) -> (Alarms, Metrics) {
    let definitions = definitions();
    let clock = AlarmClock::start(NonZeroU16::new(speed).unwrap(), saved.as_ref().map(|saved| saved.at_s));
    let metrics = Metrics::new(clock, MIN_KEEP_S, definitions.watched(), Filters::default());
    let resolved = crate::fixture::resolved(&stack::Environment::local().unwrap());
    let topics = Arc::new(Topics::start(&resolved, metrics.clone(), None).await.unwrap());
    let place = Place { region: "ap-northeast-2".to_owned(), account_id: "0".repeat(12) };
    (Alarms::start(definitions, metrics.clone(), topics, place, saved, folder), metrics)
}

/// As an embedded-metric line of this moment would.
fn fail(metrics: &Metrics) {
    let point = DataPoint {
        at: crate::clock::now(),
        namespace: "N".to_owned(),
        name: "Failures".to_owned(),
        unit: None,
        dimensions: std::collections::BTreeMap::new(),
        values: vec![1.0],
    };
    metrics.record(vec![point]);
}

async fn next(alarms: &Alarms, seen: &mut usize) -> Change {
    let (changes, now_seen) = alarms.next_changes(*seen).await;
    *seen = now_seen;
    changes.into_iter().next_back().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_an_alarm_until_it_is_over() {
    let (alarms, metrics) = alarms(1, None, None).await;
    assert_eq!(alarms.not_evaluated(), ["failing"]);
    let mut seen = 0;
    assert_eq!(next(&alarms, &mut seen).await.to, State::Ok);
    fail(&metrics);
    let fired = next(&alarms, &mut seen).await;
    assert_eq!((fired.from, fired.to), (State::Ok, State::Alarm));
    let told = line(&fired, alarms.details("failing")).unwrap();
    assert_eq!(told, "failing is in ALARM: Calls fail.");
    let over = next(&alarms, &mut seen).await;
    // The failure's minute leaves the five newest values when other minutes have none: the range is seven minutes.
    assert!((240..=480).contains(&(over.at_s - fired.at_s)), "{over:?}");
    assert_eq!(line(&over, None).unwrap(), "failing is OK again");
    assert!(alarms.not_evaluated().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_fast_clock_takes_as_many_minutes() {
    let (alarms, metrics) = alarms(600, None, None).await;
    let start = tokio::time::Instant::now();
    let mut seen = 0;
    next(&alarms, &mut seen).await;
    fail(&metrics);
    let fired = next(&alarms, &mut seen).await;
    let over = next(&alarms, &mut seen).await;
    assert!((240..=480).contains(&(over.at_s - fired.at_s)), "{over:?}");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn each_minute_is_evaluated_in_order_after_a_pause() {
    let (alarms, metrics) = alarms(1, None, None).await;
    let mut seen = 0;
    next(&alarms, &mut seen).await;
    fail(&metrics);
    // A machine that was busy for ten minutes.
    advance(Duration::from_mins(10)).await;
    let (mut changes, mut states) = (Vec::new(), Vec::new());
    while states.len() < 2 {
        let (new, now_seen) = alarms.next_changes(seen).await;
        seen = now_seen;
        states.extend(new.iter().map(|change| change.to));
        changes.extend(new);
    }
    assert_eq!(states, [State::Alarm, State::Ok], "{changes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_restart_goes_on_with_the_states() {
    let folder = tempfile::tempdir().unwrap();
    let (first, metrics) = alarms(600, None, Some(folder.path())).await;
    let mut seen = 0;
    next(&first, &mut seen).await;
    fail(&metrics);
    let fired = next(&first, &mut seen).await;
    first.close();
    drop(first);
    let saved = Saved::read(folder.path()).unwrap();
    let (again, metrics) = alarms(1, saved, Some(folder.path())).await;
    let status = again.status("failing").unwrap();
    assert_eq!((status.state, status.since_s), (State::Alarm, fired.at_s));
    // The fast clock was ahead, and time does not go back.
    assert!(metrics.clock().now_s() >= fired.at_s);
    let over = next(&again, &mut 0).await;
    assert_eq!((over.from, over.to), (State::Alarm, State::Ok));
}
