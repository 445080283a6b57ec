//! The values of a series as text: by the minute, and of which metric.

use cloudwatch::{Metric, Unit, catalogue};
use contract::metric::{Emitted, NAMESPACE};

/// Time until a point of a metric of ours can be seen, in seconds: EMF lines and metric filters go by CloudWatch Logs, whose delay
/// is not published.
const LOGS_DELAY_S: u32 = 60;

/// The values of each minute.
pub(super) fn parse(text: &str, minutes: u32) -> Result<Vec<Vec<f64>>, String> {
    let most = usize::try_from(minutes).unwrap_or(usize::MAX);
    // What is in parentheses is collected on its own; groups do not nest.
    let (mut values, mut group): (Vec<Vec<f64>>, Option<Vec<Vec<f64>>>) = (Vec::new(), None);
    for word in text.split_whitespace() {
        let (opens, word) = word.strip_prefix('(').map_or((false, word), |word| (true, word));
        if opens && group.replace(Vec::new()).is_some() {
            return Err("parentheses in parentheses".to_owned());
        }
        let (word, closes) = word.split_once(')').map_or((word, None), |(word, times)| (word, Some(times)));
        let (word, times) = word.split_once('x').unwrap_or((word, "1"));
        let minute: Vec<f64> = if word == "-" {
            Vec::new()
        } else {
            word.split('+')
                .map(|value| value.parse().ok().filter(|value: &f64| value.is_finite()))
                .collect::<Option<_>>()
                .ok_or_else(|| format!("not a value: {word:?}"))?
        };
        repeat(group.as_mut().unwrap_or(&mut values), &[minute], times, most)?;
        if let Some(times) = closes {
            let group = group.take().ok_or("a parenthesis is closed that was not opened")?;
            repeat(&mut values, &group, times.strip_prefix('x').unwrap_or(times), most)?;
        }
    }
    if group.is_some() {
        return Err("a parenthesis is not closed".to_owned());
    }
    Ok(values)
}

fn repeat(values: &mut Vec<Vec<f64>>, group: &[Vec<f64>], times: &str, most: usize) -> Result<(), String> {
    let times = times.parse::<usize>().map_err(|_| format!("not a number of times: {times:?}"))?;
    // An empty group takes no time, and repeating it no end.
    if times > most || values.len().saturating_add(group.len().saturating_mul(times)) > most {
        return Err(format!("it is longer than the case's {most} minutes"));
    }
    (0..times).for_each(|_| values.extend_from_slice(group));
    Ok(())
}

pub(super) fn delay_s(metric: &Metric) -> u32 {
    catalogue::find(&metric.namespace, &metric.name).map_or(LOGS_DELAY_S, |found| found.delay_s)
}

pub(super) fn unit(metric: &Metric) -> Option<Unit> {
    if metric.namespace == NAMESPACE {
        let emitted = Emitted::ALL.into_iter().find(|emitted| emitted.name() == metric.name)?;
        return Some(match emitted.unit() {
            contract::metric::Unit::Milliseconds => Unit::Milliseconds,
            contract::metric::Unit::Count => Unit::Count,
        });
    }
    Some(catalogue::find(&metric.namespace, &metric.name).map_or(Unit::Count, |found| found.unit))
}
