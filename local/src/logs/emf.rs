//! CloudWatch's embedded metric format: a log line that carries metrics.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::metrics::DataPoint;

/// Most metrics of one directive, and most dimensions of one set. Source: the embedded metric format allows 100 and 30.
const MAX_METRICS: usize = 100;
const MAX_DIMENSIONS: usize = 30;

/// Longest value of a dimension in characters. Source: CloudWatch's `Dimension`.
const MAX_DIMENSION_CHARS: usize = 1_024;

/// Most data points of one line. Sets times metrics is without a limit there; a line of ours has less than ten.
const MAX_POINTS: usize = 1_000;

/// Most values of one metric in one line. Source: the embedded metric format allows 100.
const MAX_VALUES: usize = 100;

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "_aws")]
    aws: Aws,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Aws {
    timestamp: i64,
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: String,
    #[serde(default)]
    dimensions: Vec<Vec<String>>,
    metrics: Vec<Definition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: String,
    unit: Option<String>,
}

/// The data points of a line; none when it is not an embedded-metric line. As CloudWatch does, a metric or a dimension
/// set that names a field which is not there is left out, and the rest counts.
pub fn data_points(line: &str) -> Vec<DataPoint> {
    if !line.contains("\"_aws\"") {
        return Vec::new();
    }
    let Ok(Envelope { aws, fields }) = serde_json::from_str::<Envelope>(line) else {
        return Vec::new();
    };
    let at = Timestamp::from_millisecond(aws.timestamp).unwrap_or_default();
    let mut found = Vec::new();
    for directive in &aws.cloud_watch_metrics {
        for dimensions in series(&directive.dimensions, &fields) {
            for metric in directive.metrics.iter().take(MAX_METRICS) {
                if found.len() == MAX_POINTS {
                    return found;
                }
                let values = values(fields.get(&metric.name));
                if values.is_empty() {
                    continue;
                }
                found.push(DataPoint {
                    at,
                    namespace: directive.namespace.clone(),
                    name: metric.name.clone(),
                    unit: metric.unit.clone(),
                    dimensions: dimensions.clone(),
                    values,
                });
            }
        }
    }
    found
}

/// Every set of dimensions whose fields are all there. No set at all is one without dimensions.
fn series(sets: &[Vec<String>], fields: &Map<String, Value>) -> Vec<BTreeMap<String, String>> {
    if sets.is_empty() {
        return vec![BTreeMap::new()];
    }
    sets.iter()
        .filter(|names| names.len() <= MAX_DIMENSIONS)
        .filter_map(|names| {
            names
                .iter()
                .map(|name| {
                    let value = fields.get(name)?.as_str()?;
                    (value.chars().count() <= MAX_DIMENSION_CHARS).then(|| (name.clone(), value.to_owned()))
                })
                .collect()
        })
        // No more sets than points: every one of them may be large.
        .take(MAX_POINTS)
        .collect()
}

fn values(field: Option<&Value>) -> Vec<f64> {
    match field {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_f64).take(MAX_VALUES).collect(),
        Some(single) => single.as_f64().into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(patch: impl FnOnce(&mut Value)) -> Vec<DataPoint> {
        let mut line = json!({
            "_aws": { "Timestamp": 1_000, "CloudWatchMetrics": [{
                "Namespace": "AiChef",
                "Dimensions": [["Environment", "Provider"], ["Environment"]],
                "Metrics": [{ "Name": "ProviderCalls", "Unit": "Count" }, { "Name": "Missing" }],
            }]},
            "Environment": "local", "Provider": "naver", "ProviderCalls": [1, 2.5],
        });
        patch(&mut line);
        data_points(&line.to_string())
    }

    #[test]
    fn one_point_for_each_set_of_dimensions() {
        let points = line(|_| {});
        assert_eq!(points.len(), 2);
        assert_eq!(points[0].dimensions["Provider"], "naver");
        assert_eq!(points[1].dimensions.len(), 1);
        assert_eq!(points[1].values, [1.0, 2.5]);
        assert_eq!(points[1].at.as_millisecond(), 1_000);
    }

    #[test]
    fn a_set_whose_field_is_missing_is_left_out() {
        let points = line(|line| drop(line.as_object_mut().unwrap().remove("Provider")));
        assert_eq!(points.len(), 1);
    }

    /// A quarter of a megabyte of sets and metrics would be a hundred million points.
    #[test]
    fn one_line_gives_only_so_many_points() {
        let points = line(|line| {
            let directive = &mut line["_aws"]["CloudWatchMetrics"][0];
            directive["Dimensions"] = vec![json!([]); 10_000].into();
            directive["Metrics"] = vec![json!({ "Name": "ProviderCalls" }); 10_000].into();
        });
        assert_eq!(points.len(), MAX_POINTS);
        let points = line(|line| {
            line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0] = vec!["Environment"; 31].into();
        });
        assert_eq!(points.len(), 1);
        let points = line(|line| line["Provider"] = "x".repeat(1_025).into());
        assert_eq!(points.len(), 1);
    }

    #[test]
    fn a_line_that_is_none_gives_nothing() {
        for text in ["", "plain text", "{\"_aws\":1}", "{\"_aws\"", "{\"message\":\"_aws\"}"] {
            assert!(data_points(text).is_empty(), "{text}");
        }
        assert!(line(|line| line["ProviderCalls"] = "1".into()).is_empty());
    }
}
