//! How long a fault lasts until an alarm fires, computed by the engine that evaluates alarms.

use std::collections::{BTreeMap, BTreeSet};

use cloudwatch::{
    Metric as CloudWatchMetric,
    alarm::{Alarm as MetricAlarm, State},
    series::Series,
};
use contract::metric::Emitted;

use crate::{Alarm, Definition, Fault, Inputs, Metric, Observed, cases::engine};

/// What a metric counts of the orders.
enum Counts {
    All,
    Good,
    Bad,
    Nothing,
}

/// Longest fault that is looked at, in minutes: 3 days and an hour.
const MAX_MINUTES: i64 = 4_380;

/// Minutes from the beginning of a fault that hits `percent` of the orders until the alarm is in `ALARM`, or, where it is kept back
/// by a suppressor, until it acts. Before it the past is clean, traffic is constant, and no root cause is red. `None` when it does
/// not fire, or another thing than a share of failures makes it fire. The delay of metrics comes on top.
#[must_use]
pub fn minutes_to_fire(
    alarms: &[Alarm],
    alarm: &Alarm,
    inputs: &Inputs,
    orders_per_day: u32,
    percent: u32,
) -> Option<i64> {
    if alarm.fault == Fault::Other {
        return None;
    }
    let known: BTreeMap<CloudWatchMetric, Metric> =
        Metric::all(inputs).into_iter().map(|metric| (metric.in_cloudwatch(inputs), metric)).collect();
    let watched = watched(alarms, alarm);
    // The range of the windows before the fault, and warm-ups, so that it begins after a clean past.
    let past = watched
        .iter()
        .map(|own| {
            let warm_up = own.warm_up.map_or(0, |warm_up| i64::from(warm_up.minutes));
            (i64::from(own.range()) * i64::from(own.period_s) / 60).max(warm_up)
        })
        .max()?;
    let metrics: BTreeSet<&CloudWatchMetric> =
        watched.iter().flat_map(|own| own.watched.metrics()).map(|(_, stat)| &stat.metric).collect();
    let mut engine = engine(alarms, alarm, 0);
    let mut store: BTreeMap<CloudWatchMetric, Series> = BTreeMap::new();
    let (mut orders, mut bad_orders) = (0_i64, 0_i64);
    for minute in 0..past + MAX_MINUTES {
        let step = engine.step(minute * 60, &store);
        let told = match alarm.notifies {
            Some(_) => step.actions,
            None => step.changes,
        };
        let fired = told.iter().any(|change| change.alarm == alarm.name() && change.to == State::Alarm);
        if minute > past && fired {
            return Some(minute - past);
        }
        let until = (minute + 1) * i64::from(orders_per_day) / 1_440;
        let count = until - std::mem::replace(&mut orders, until);
        let bad_until = if minute < past { bad_orders } else { bad_orders + count * i64::from(percent) };
        // Whole orders fail: each time the shares add up to one.
        let bad = bad_until / 100 - bad_orders / 100;
        bad_orders = bad_until;
        for metric in &metrics {
            let number = match counts(*known.get(*metric)?, alarm.fault) {
                Counts::All => count,
                Counts::Good => count - bad,
                Counts::Bad => bad,
                Counts::Nothing => 0,
            };
            #[expect(clippy::cast_precision_loss, reason = "orders of a minute are few")]
            let value = number as f64;
            if count > 0 {
                store.entry((*metric).clone()).or_default().record(minute * 60, value, 1).ok()?;
            }
        }
    }
    None
}

/// The metric alarms of an alarm's rule, or itself. What only suppresses it is none of them.
fn watched<'a>(alarms: &'a [Alarm], alarm: &'a Alarm) -> Vec<&'a MetricAlarm> {
    match &alarm.definition {
        Definition::Metric(own) => vec![own],
        Definition::Composite(composite) => {
            let parts = composite.rule.alarms().into_iter();
            let parts = parts.filter_map(|name| alarms.iter().find(|other| other.name() == name));
            parts.flat_map(|part| watched(alarms, part)).collect()
        }
    }
}

const fn counts(metric: Metric, fault: Fault) -> Counts {
    match metric {
        Metric::Filtered(_) => Counts::Bad,
        Metric::Observed(observed) => match observed {
            Observed::ExecutionsStarted => Counts::All,
            Observed::ExecutionsSucceeded => Counts::Good,
            Observed::ExecutionsFailed => match fault {
                Fault::Failures => Counts::Bad,
                Fault::Hangs | Fault::Other => Counts::Nothing,
            },
            Observed::ExecutionsTimedOut | Observed::ExecutionsAborted => Counts::Nothing,
            Observed::Throttles(_) | Observed::DeadLetters | Observed::NotificationsFailed(_) => Counts::Bad,
        },
        Metric::Emitted(emitted, _) => match emitted {
            Emitted::ProviderCalls | Emitted::Replies => Counts::All,
            Emitted::ProviderFailures | Emitted::UnreadableReplies | Emitted::TruncatedReplies => Counts::Bad,
            _ => Counts::Nothing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::all;

    /// Source of the figures: with constant traffic and a clean past, a window w with the rate b under the objective s fires
    /// after w x b x (1 - s) / e for a share e of failures.
    #[test]
    fn error_budgets_fire_when_the_formula_says() {
        let inputs = Inputs::sample();
        let alarms = all(&inputs);
        let minutes = |id: &str, percent| {
            let alarm = alarms.iter().find(|alarm| alarm.id == id).unwrap();
            // Many orders, so that whole ones make no difference.
            minutes_to_fire(&alarms, alarm, &inputs, 144_000, percent)
        };
        for (id, percent, expected) in [
            ("FastBurnLong", 100, Some(9)),
            ("FastBurnLong", 20, Some(44)),
            ("FastBurnLong", 10, None),
            ("MediumBurnLong", 100, Some(22)),
            ("MediumBurnLong", 20, Some(108)),
            ("MediumBurnLong", 10, Some(216)),
            ("MediumBurnLong", 5, None),
        ] {
            assert_eq!(minutes(id, percent), expected, "{id} {percent}");
        }
    }

    /// At 500 orders a day one in five fails: between two failures the symptom recovers, and its page never comes.
    #[test]
    fn a_page_that_is_kept_back_fires_when_it_acts() {
        let inputs = Inputs::sample();
        let alarms = all(&inputs);
        let failed = alarms.iter().find(|alarm| alarm.id == "ExecutionFailed").unwrap();
        assert_eq!(minutes_to_fire(&alarms, failed, &inputs, 500, 20), None);
        let Definition::Composite(composite) = &failed.definition else { panic!() };
        let wait = i64::from(composite.suppressor.as_ref().unwrap().wait_s) / 60;
        let minutes = minutes_to_fire(&alarms, failed, &inputs, 144_000, 20).unwrap();
        assert!((wait..wait + 4).contains(&minutes), "{minutes}");
    }

    #[test]
    fn an_alarm_that_no_failure_makes_fire_has_no_time() {
        let inputs = Inputs::sample();
        let alarms = all(&inputs);
        let spend = alarms.iter().find(|alarm| alarm.id == "TokenSpend").unwrap();
        assert_eq!(minutes_to_fire(&alarms, spend, &inputs, 500, 100), None);
    }
}
