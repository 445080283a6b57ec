//! CloudWatch's embedded metric format: recorded samples as log lines that CloudWatch turns into metrics.
//!
//! Written here and not taken from `metrics_cloudwatch_embedded` 0.10: its counters lose a zero (a good call's
//! `ProviderFailures`) or repeat zeros for every metric ever seen, its gauges repeat the last value for ever, more than
//! 100 values of a histogram in an invocation are dropped with an error, a metric without `describe` has no unit, and
//! dimensions are free labels, where ours are `Emitted::dimensions()`. One `serde` struct remains.
//!
//! Lines have no `level`: with one below the application's log level the line, and with it the metric, would be dropped
//! silently (decision D11).

use std::collections::BTreeMap;

use contract::metric::{Dimension, Emitted, NAMESPACE, Provider};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{logs::Ids, recorder::Sample};

/// Most values of a metric in one line. Source: CloudWatch embedded metric format specification.
const MAX_VALUES: usize = 100;

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    aws: Directions<'a>,
    #[serde(flatten)]
    dimensions: BTreeMap<&'static str, &'a str>,
    #[serde(flatten)]
    values: BTreeMap<&'static str, Value>,
    #[serde(flatten)]
    ids: &'a Ids,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directions<'a> {
    timestamp: i64,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'static str,
    dimensions: [Vec<&'a str>; 1],
    metrics: Vec<Definition>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}

/// The dimensions of a line's metrics.
type Set = (&'static [Dimension], Option<Provider>);

/// One line for each set of dimensions that has samples, more only where a metric has over 100 values.
pub(crate) fn lines(samples: &[Sample], environment: &str, ids: &Ids, now: Timestamp) -> Vec<String> {
    let mut sets: BTreeMap<Set, BTreeMap<Emitted, Vec<f64>>> = BTreeMap::new();
    for sample in samples {
        let set = sets.entry((sample.metric.dimensions(), sample.provider)).or_default();
        set.entry(sample.metric).or_default().push(sample.value);
    }
    let mut lines = Vec::new();
    for ((dimensions, provider), metrics) in &sets {
        let dimensions: BTreeMap<_, _> = dimensions
            .iter()
            .map(|dimension| match dimension {
                Dimension::Environment => (dimension.as_str(), environment),
                Dimension::Provider => (dimension.as_str(), provider.map_or("", Provider::as_str)),
            })
            .collect();
        let chunks = metrics.values().map(|values| values.len().div_ceil(MAX_VALUES)).max().unwrap_or(0);
        for chunk in 0..chunks {
            let values = metrics
                .iter()
                .filter_map(|(metric, values)| Some((*metric, values.chunks(MAX_VALUES).nth(chunk)?)));
            lines.push(line(&dimensions, values, ids, now));
        }
    }
    lines
}

fn line<'a>(
    dimensions: &BTreeMap<&'static str, &'a str>,
    metrics: impl Iterator<Item = (Emitted, &'a [f64])>,
    ids: &Ids,
    now: Timestamp,
) -> String {
    let mut definitions = Vec::new();
    let mut values = BTreeMap::new();
    for (metric, recorded) in metrics {
        definitions.push(Definition { name: metric.name(), unit: metric.unit().as_str() });
        let value = match recorded {
            [one] => Value::from(*one),
            many => Value::from(many),
        };
        values.insert(metric.name(), value);
    }
    let directive = Directive {
        namespace: NAMESPACE,
        dimensions: [dimensions.keys().copied().collect()],
        metrics: definitions,
    };
    let aws = Directions { timestamp: now.as_millisecond(), cloud_watch_metrics: [directive] };
    // Texts and finite numbers: JSON has them all.
    serde_json::to_string(&Line { aws, dimensions: dimensions.clone(), values, ids }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids() -> Ids {
        Ids { request_id: "r-1".to_owned(), ..Ids::default() }
    }

    fn json_lines(samples: &[Sample]) -> Vec<Value> {
        let lines = lines(samples, "dev", &ids(), Timestamp::from_millisecond(1_700_000_000_123).unwrap());
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn sample(metric: Emitted, value: f64) -> Sample {
        let split = metric.dimensions().contains(&Dimension::Provider);
        Sample { metric, provider: split.then_some(Provider::Naver), value }
    }

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let samples = [
            sample(Emitted::ProviderFailures, 0.0),
            sample(Emitted::ProviderLatency, 12.5),
            sample(Emitted::ProviderFailures, 1.0),
        ];
        let ids = Ids { session_id: contract::SessionId::new("s-1").ok(), ..ids() };
        let lines = lines(&samples, "dev", &ids, Timestamp::from_millisecond(1_700_000_000_123).unwrap());
        insta::assert_snapshot!(lines.join("\n"), @r#"{"_aws":{"Timestamp":1700000000123,"CloudWatchMetrics":[{"Namespace":"AiChef","Dimensions":[["Environment","Provider"]],"Metrics":[{"Name":"ProviderLatency","Unit":"Milliseconds"},{"Name":"ProviderFailures","Unit":"Count"}]}]},"Environment":"dev","Provider":"naver","ProviderFailures":[0.0,1.0],"ProviderLatency":12.5,"requestId":"r-1","sessionId":"s-1"}"#);
    }

    #[test]
    fn each_metric_is_published_with_its_own_dimensions_and_unit() {
        for metric in Emitted::ALL {
            let [line] = &json_lines(&[sample(metric, 1.0)])[..] else { panic!("one line") };
            let directive = &line["_aws"]["CloudWatchMetrics"][0];
            let names: Vec<_> = metric.dimensions().iter().map(|dimension| dimension.as_str()).collect();
            assert_eq!(directive["Dimensions"], serde_json::json!([names]));
            assert!(names.iter().all(|name| line[name].is_string()));
            assert_eq!(
                directive["Metrics"],
                serde_json::json!([{ "Name": metric.name(), "Unit": metric.unit().as_str() }])
            );
        }
    }

    #[test]
    fn nothing_recorded_writes_nothing() {
        assert_eq!(json_lines(&[]), Vec::<Value>::new());
    }

    proptest! {
        #[test]
        fn every_value_is_written_once_and_no_line_holds_too_many(
            recorded in prop::collection::vec((0..Emitted::ALL.len(), 0_u32..1_000), 0..700)
        ) {
            let samples: Vec<_> = recorded.iter().map(|(i, v)| sample(Emitted::ALL[*i], f64::from(*v))).collect();
            let written = json_lines(&samples);
            for metric in Emitted::ALL {
                let expect: Vec<f64> = samples.iter().filter(|s| s.metric == metric).map(|s| s.value).collect();
                let mut got = Vec::new();
                for value in written.iter().filter_map(|line| line.get(metric.name())) {
                    let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                    prop_assert!(values.len() <= MAX_VALUES);
                    got.extend(values.iter().filter_map(Value::as_f64));
                }
                prop_assert_eq!(got, expect);
            }
        }
    }
}
