//! The evaluation of alarms: single ones over points that are there, and a day of all of them.

use std::{collections::BTreeMap, hint::black_box, time::Instant};

use alarms::{Definition, Inputs};
use cloudwatch::{
    Metric,
    alarm::{Datapoint, MissingData, State, decide},
    engine::Engine,
    series::Series,
};
use platform::{bench::Samples, error_report::ErrorReport};

use super::broken;

/// Samples of each figure.
const SAMPLES: usize = 10;
/// Evaluations of one sample.
const EVALUATIONS: u32 = 1_000_000;
const MINUTES_OF_A_DAY: i64 = 1_440;

pub(super) fn alarms() -> Result<Samples, ErrorReport> {
    let mut samples = Samples::new();
    let (rates, days): (Vec<_>, Vec<_>) = (0..SAMPLES).map(|_| (evaluations_a_second(), day_ms())).unzip();
    samples.insert("alarm-evaluations".to_owned(), rates);
    samples.insert("alarm-day".to_owned(), days.into_iter().collect::<Result<_, _>>()?);
    Ok(samples)
}

/// 3 of 5 over 7 points, another window each time.
fn evaluations_a_second() -> f64 {
    let points: Vec<_> = (0..64)
        .map(|number| match number * 7 % 5 {
            0 => Datapoint::Missing,
            1 | 2 => Datapoint::Breaching,
            _ => Datapoint::Good,
        })
        .collect();
    let windows: Vec<_> = points.windows(7).collect();
    let start = Instant::now();
    let mut state = State::Ok;
    for window in windows.iter().cycle().zip(0..EVALUATIONS).map(|(window, _)| window) {
        state = decide(black_box(window), 3, 5, MissingData::Missing, state);
    }
    black_box(state);
    f64::from(EVALUATIONS) / start.elapsed().as_secs_f64()
}

/// Milliseconds for every alarm over a day with a value in each minute of each metric.
fn day_ms() -> Result<f64, ErrorReport> {
    let (mut metric_alarms, mut composites) = (Vec::new(), Vec::new());
    let mut store: BTreeMap<Metric, Series> = BTreeMap::new();
    for alarm in alarms::all(&Inputs::sample()) {
        match alarm.definition {
            Definition::Metric(own) => {
                for (_, stat) in own.watched.metrics() {
                    let series = store.entry(stat.metric.clone()).or_default();
                    for minute in 0..MINUTES_OF_A_DAY {
                        let value = if minute % 97 == 0 { 1.0 } else { 0.0 };
                        series.record(minute * 60, value, 1).map_err(broken)?;
                    }
                }
                metric_alarms.push(own);
            }
            Definition::Composite(own) => composites.push(own),
        }
    }
    let mut engine = Engine::new(metric_alarms, composites, 0);
    let start = Instant::now();
    for minute in 1..=MINUTES_OF_A_DAY {
        black_box(engine.step(minute * 60, &store));
    }
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}
