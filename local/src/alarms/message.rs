//! What CloudWatch tells a topic of a change of state: a subject, and a message in its JSON.
//!
//! Source: CloudWatch's user guide, "Amazon SNS and alarms"; the fields are those of notifications that were seen in public
//! repositories. Tags of an alarm are not in the message here.

use cloudwatch::{
    alarm::{Alarm, MetricStat, MissingData, Source, State, Watched},
    engine::Change,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::definitions::{Details, Rule};

/// Longest subject in characters. Source: SNS's `Publish` takes fewer than 100.
const MAX_SUBJECT_CHARS: usize = 99;

/// Where alarms are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub region: String,
    pub account_id: String,
}

/// `ALARM: "name" in Asia Pacific (Seoul)`.
pub(super) fn subject(change: &Change, place: &Place) -> String {
    let text = format!("{}: \"{}\" in {}", change.to, change.alarm, region_name(&place.region));
    text.chars().take(MAX_SUBJECT_CHARS).collect()
}

pub(super) fn message(change: &Change, details: &Details, place: &Place) -> String {
    let mut message = json!({
        "AlarmName": change.alarm,
        "AlarmDescription": details.description,
        "AWSAccountId": place.account_id,
        "NewStateValue": change.to,
        "NewStateReason": change.reason,
        "StateChangeTime": time(change.at_s),
        "Region": region_name(&place.region),
        "AlarmArn": details.arn,
        "OldStateValue": change.from,
        "OKActions": details.ok_actions,
        "AlarmActions": details.alarm_actions,
        "InsufficientDataActions": [],
    });
    let (field, value) = match &details.rule {
        Rule::Metric(alarm) => ("Trigger", trigger(alarm)),
        Rule::Composite(rule) => ("AlarmRule", rule.as_str().into()),
        Rule::Unknown => return message.to_string(),
    };
    if let Some(fields) = message.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    message.to_string()
}

/// The text that mail has in the place of JSON.
pub(super) fn text(change: &Change, details: &Details, place: &Place) -> String {
    let Change { alarm, from, to, reason, .. } = change;
    let (region, at) = (region_name(&place.region), time(change.at_s));
    format!(
        "You are receiving this email because your Amazon CloudWatch Alarm \"{alarm}\" in the {region} region has entered the {to} \
         state, because \"{reason}\" at \"{at}\".\n\n\
         Alarm Details:\n\
         - Name: {alarm}\n\
         - Description: {}\n\
         - State Change: {from} -> {to}\n\
         - Reason for State Change: {reason}\n\
         - Timestamp: {at}\n\
         - AWS Account: {}\n\
         - Alarm Arn: {}\n",
        details.description, place.account_id, details.arn
    )
}

fn trigger(alarm: &Alarm) -> Value {
    let mut trigger = json!({
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison,
        "Threshold": alarm.threshold,
        "TreatMissingData": missing(alarm.missing),
        "EvaluateLowSampleCountPercentile": "",
    });
    let of_watched = match &alarm.watched {
        Watched::Metric(stat) => json!({
            "MetricName": stat.metric.name,
            "Namespace": stat.metric.namespace,
            "StatisticType": "Statistic",
            "Statistic": stat.statistic.to_string().to_uppercase(),
            "Unit": null,
            "Dimensions": dimensions(stat),
            "Period": alarm.period_s,
        }),
        Watched::Math { queries, returned } => {
            let entries = queries.iter().map(|query| match &query.source {
                Source::Metric(stat) => json!({
                    "Id": query.id,
                    "MetricStat": {
                        "Metric": {
                            "Dimensions": dimensions(stat),
                            "MetricName": stat.metric.name,
                            "Namespace": stat.metric.namespace,
                        },
                        "Period": alarm.period_s,
                        "Stat": stat.statistic.to_string(),
                    },
                    "ReturnData": query.id == *returned,
                }),
                Source::Expression(expression) => json!({
                    "Id": query.id,
                    "Expression": expression.to_string(),
                    "ReturnData": query.id == *returned,
                }),
            });
            json!({ "Metrics": entries.collect::<Vec<_>>() })
        }
    };
    if let (Some(trigger), Value::Object(more)) = (trigger.as_object_mut(), of_watched) {
        trigger.extend(more);
    }
    trigger
}

fn dimensions(stat: &MetricStat) -> Value {
    let pairs = stat.metric.dimensions.iter();
    pairs.map(|(name, value)| json!({ "value": value, "name": name })).collect()
}

const fn missing(treatment: MissingData) -> &'static str {
    match treatment {
        MissingData::Missing => "missing",
        MissingData::Ignore => "ignore",
        MissingData::Breaching => "breaching",
        MissingData::NotBreaching => "notBreaching",
    }
}

/// `2026-11-28T09:00:00.000+0000`.
fn time(at_s: i64) -> String {
    let at = Timestamp::from_second(at_s).unwrap_or_default().to_zoned(TimeZone::UTC);
    at.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

/// The name that notifications have for a region; for others the code itself.
fn region_name(region: &str) -> &str {
    match region {
        "ap-northeast-1" => "Asia Pacific (Tokyo)",
        "ap-northeast-2" => "Asia Pacific (Seoul)",
        "eu-central-1" => "EU (Frankfurt)",
        "us-east-1" => "US East (N. Virginia)",
        "us-west-2" => "US West (Oregon)",
        other => other,
    }
}

/// Whom a change of state notifies: topics by ARN.
pub(super) fn topics(to: State, details: &Details) -> &[String] {
    match to {
        State::Alarm => &details.alarm_actions,
        State::Ok => &details.ok_actions,
        State::InsufficientData => &[],
    }
}

#[cfg(test)]
mod tests {
    use cloudwatch::{
        Metric, Statistic,
        alarm::{Comparison, LowSamples, Query, Window},
    };

    use super::*;

    fn place() -> Place {
        Place { region: "ap-northeast-2".to_owned(), account_id: "123456789012".to_owned() }
    }

    fn change(to: State) -> Change {
        Change {
            alarm: "slow".to_owned(),
            at_s: 1_795_392_060,
            from: State::Ok,
            to,
            reason: "Threshold Crossed".to_owned(),
        }
    }

    fn alarm(watched: Watched) -> Details {
        let alarm = Alarm {
            name: "slow".to_owned(),
            watched,
            comparison: Comparison::GreaterThanThreshold,
            threshold: 5.0,
            period_s: 600,
            evaluation_periods: 2,
            datapoints_to_alarm: 1,
            missing: MissingData::NotBreaching,
            low_samples: LowSamples::Evaluate,
            window: Window::Sliding,
            warm_up: None,
            evaluation_range: None,
        };
        Details {
            arn: "arn:aws:cloudwatch:r:1:alarm:slow".to_owned(),
            description: "What to do.".to_owned(),
            alarm_actions: vec!["arn:topic".to_owned()],
            rule: Rule::Metric(Box::new(alarm)),
            ..Details::default()
        }
    }

    fn stat() -> MetricStat {
        MetricStat { metric: Metric::new("N", "M", [("D", "d")]), statistic: Statistic::Sum }
    }

    fn read(details: &Details) -> Value {
        serde_json::from_str(&message(&change(State::Alarm), details, &place())).unwrap()
    }

    #[test]
    fn a_metric_alarm_in_cloudwatchs_words() {
        let read = read(&alarm(Watched::Metric(stat())));
        assert_eq!(
            read,
            json!({
                "AlarmName": "slow", "AlarmDescription": "What to do.", "AWSAccountId": "123456789012",
                "NewStateValue": "ALARM", "NewStateReason": "Threshold Crossed",
                "StateChangeTime": "2026-11-23T00:01:00.000+0000", "Region": "Asia Pacific (Seoul)",
                "AlarmArn": "arn:aws:cloudwatch:r:1:alarm:slow", "OldStateValue": "OK",
                "OKActions": [], "AlarmActions": ["arn:topic"], "InsufficientDataActions": [],
                "Trigger": {
                    "MetricName": "M", "Namespace": "N", "StatisticType": "Statistic", "Statistic": "SUM",
                    "Unit": null, "Dimensions": [{ "value": "d", "name": "D" }], "Period": 600,
                    "EvaluationPeriods": 2, "DatapointsToAlarm": 1,
                    "ComparisonOperator": "GreaterThanThreshold", "Threshold": 5.0,
                    "TreatMissingData": "notBreaching", "EvaluateLowSampleCountPercentile": "",
                },
            })
        );
    }

    #[test]
    fn an_expression_lists_its_metrics_and_a_composite_its_rule() {
        let queries = vec![
            Query { id: "a".to_owned(), source: Source::Metric(stat()) },
            Query { id: "b".to_owned(), source: Source::Expression("a * 2".parse().unwrap()) },
        ];
        let read_math = read(&alarm(Watched::Math { queries, returned: "b".to_owned() }));
        assert_eq!(read_math["Trigger"]["Metrics"][0]["MetricStat"]["Period"], 600);
        assert_eq!(
            read_math["Trigger"]["Metrics"][1],
            json!({ "Id": "b", "Expression": "a * 2", "ReturnData": true })
        );
        let composite = Details { rule: Rule::Composite("ALARM(\"a\")".to_owned()), ..Details::default() };
        let read_composite = read(&composite);
        assert_eq!(
            (&read_composite["AlarmRule"], read_composite.get("Trigger")),
            (&"ALARM(\"a\")".into(), None)
        );
    }

    #[test]
    fn a_subject_is_short_and_names_the_state() {
        assert_eq!(subject(&change(State::Ok), &place()), "OK: \"slow\" in Asia Pacific (Seoul)");
        let text = text(&change(State::Ok), &alarm(Watched::Metric(stat())), &place());
        assert!(text.contains("- Description: What to do.\n- State Change: OK -> OK\n"), "{text}");
        let long = Change { alarm: "x".repeat(255), ..change(State::Alarm) };
        assert_eq!(subject(&long, &place()).chars().count(), 99);
    }
}
