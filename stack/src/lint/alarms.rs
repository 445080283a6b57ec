//! Alarms of a template as `cloudwatch` knows them.

use std::collections::BTreeSet;

use cfn::foreign::ForeignResource;
use cloudwatch::{
    Metric, Statistic,
    alarm::{self, LowSamples, MetricStat, Query, Source, WarmUp, Watched, Window},
    lint::{Actions, LintAlarm, LintComposite, LintMetric, Unjudged},
    math::ParseError,
};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{is_unknown, items, text, texts};

/// Comparisons with a band of anomaly detection.
const BANDS: [&str; 3] =
    ["LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"];

/// What `MetricDataQuery` and `Dimension` take. Longer lists and names would only cost time.
const MAX_QUERIES: usize = 20;
const MAX_DIMENSIONS: usize = 30;
const MAX_NAME: usize = 255;

/// How the statistics begin that CloudWatch has beside the common ones: trimmed means and the like.
const OTHER_STATISTICS: [&str; 11] = ["tm", "wm", "tc", "ts", "TM(", "WM(", "TC(", "TS(", "PR(", "IQM", "p("];

pub(super) fn metric_alarm(own: &ForeignResource, used: &BTreeSet<&str>) -> LintAlarm {
    let mut reader = Reader { own: &own.properties, unknown: BTreeSet::new(), metrics: Vec::new() };
    let definition = reader.definition(&own.name);
    LintAlarm {
        id: own.id.clone(),
        name: own.name.clone(),
        metrics: reader.metrics,
        definition,
        unknown: reader.unknown,
        actions: actions(own, used),
    }
}

pub(super) fn composite_alarm(own: &ForeignResource, used: &BTreeSet<&str>) -> LintComposite {
    let rule = match text(&own.properties, "AlarmRule") {
        Some(rule) if is_unknown(&rule) && rule.parse::<cloudwatch::composite::Rule>().is_err() => {
            Err(Unjudged::NotSupported("the rule is known only once it is deployed".to_owned()))
        }
        Some(rule) => rule
            .parse()
            .map_err(|error: cloudwatch::composite::RuleError| invalid("AlarmRule", &error.to_string())),
        None => Err(invalid("AlarmRule", "the alarm has no rule")),
    };
    LintComposite {
        id: own.id.clone(),
        name: own.name.clone(),
        rule,
        suppressor: text(&own.properties, "ActionsSuppressor"),
        actions: actions(own, used),
    }
}

fn actions(own: &ForeignResource, used: &BTreeSet<&str>) -> Actions {
    let mut targets = texts(&own.properties, "AlarmActions");
    targets.extend(texts(&own.properties, "InsufficientDataActions"));
    Actions {
        disabled: text(&own.properties, "ActionsEnabled").is_some_and(|enabled| enabled == "false"),
        targets,
        used_elsewhere: used.contains(own.id.as_str()),
    }
}

fn invalid(property: &str, message: &str) -> Unjudged {
    Unjudged::Invalid { property: property.to_owned(), message: message.to_owned() }
}

fn not_supported(what: &str) -> Unjudged {
    Unjudged::NotSupported(format!("not judged: {what}"))
}

/// Reads one alarm. What is wrong with one part does not keep the metrics from being read.
struct Reader<'a> {
    own: &'a Json,
    unknown: BTreeSet<&'static str>,
    metrics: Vec<LintMetric>,
}

/// What the alarm watches, and the length of its periods.
type Watching = (Watched, u32);

impl Reader<'_> {
    fn definition(&mut self, name: &str) -> Result<alarm::Alarm, Unjudged> {
        // Metrics first: they are judged whatever the rest is.
        let watching = match self.own.get("Metrics") {
            Some(Json::Array(queries)) => self.queries(queries),
            Some(_) => Err(not_supported("Metrics is known only once it is deployed")),
            None if self.own.get("EvaluationCriteria").is_some() => {
                Err(not_supported("EvaluationCriteria, which is PromQL"))
            }
            None => self.single(),
        };
        let comparison = text(self.own, "ComparisonOperator").unwrap_or_default();
        if self.own.get("ThresholdMetricId").is_some() || BANDS.contains(&comparison.as_str()) {
            return Err(not_supported("a band of anomaly detection"));
        }
        let (watched, period_s) = watching?;
        let evaluation_periods = self.whole(self.own, "EvaluationPeriods", None, 1)?;
        let datapoints = self.whole(self.own, "DatapointsToAlarm", Some(evaluation_periods), 1)?;
        Ok(alarm::Alarm {
            name: name.to_owned(),
            watched,
            comparison: self.word("ComparisonOperator", None, "GreaterThanThreshold")?,
            threshold: self.number(self.own, "Threshold", None, 0.0)?,
            period_s,
            evaluation_periods,
            datapoints_to_alarm: datapoints,
            missing: self.word("TreatMissingData", Some("missing"), "missing")?,
            low_samples: LowSamples::Evaluate,
            window: self.window(),
            warm_up: self.warm_up()?,
            evaluation_range: None,
        })
    }

    /// The form with one metric at the top.
    fn single(&mut self) -> Result<Watching, Unjudged> {
        let key = if self.own.get("ExtendedStatistic").is_some() { "ExtendedStatistic" } else { "Statistic" };
        let stat = self.metric_stat(self.own, String::new(), self.own, key);
        let period_s = self.whole(self.own, "Period", None, 60);
        Ok((Watched::Metric(stat?), period_s?))
    }

    /// The form with a list of metrics and expressions.
    fn queries(&mut self, list: &[Json]) -> Result<Watching, Unjudged> {
        let mut queries = Vec::new();
        let mut returned = Vec::new();
        let mut lengths_s = BTreeSet::new();
        let mut first_error = None;
        if list.len() > MAX_QUERIES {
            return Err(invalid(
                "Metrics",
                &format!("{} entries, where at most {MAX_QUERIES} are taken", list.len()),
            ));
        }
        for (at, entry) in list.iter().enumerate() {
            let id = text(entry, "Id").unwrap_or_default();
            if text(entry, "ReturnData").is_none_or(|returns| returns != "false") {
                returned.push(id.clone());
            }
            match self.query(at, entry, &mut lengths_s) {
                Ok(source) => queries.push(Query { id, source }),
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        if let Some(error) = first_error {
            return Err(error);
        }
        let [returned] = returned.as_slice() else {
            let message = format!(
                "{} entries return data; hint: one does, the others say ReturnData: false",
                returned.len()
            );
            return Err(invalid("Metrics", &message));
        };
        let period_s = match lengths_s.iter().copied().collect::<Vec<_>>().as_slice() {
            [period_s] => *period_s,
            [] => return Err(invalid("Metrics", "no metric")),
            _ => return Err(not_supported("metrics with several periods")),
        };
        let watched = match queries.as_slice() {
            [Query { source: Source::Metric(stat), .. }] => Watched::Metric(stat.clone()),
            _ => Watched::Math { queries, returned: returned.clone() },
        };
        Ok((watched, period_s))
    }

    fn query(&mut self, at: usize, entry: &Json, lengths_s: &mut BTreeSet<u32>) -> Result<Source, Unjudged> {
        if let Some(stat) = entry.get("MetricStat") {
            let metric = stat.get("Metric").unwrap_or(&Json::Null);
            let source = self.metric_stat(metric, format!("Metrics/{at}/MetricStat/"), stat, "Stat");
            lengths_s.insert(self.whole(stat, "Period", None, 60)?);
            return Ok(Source::Metric(source?));
        }
        let property = format!("Metrics/{at}/Expression");
        let Some(expression) = text(entry, "Expression") else {
            return Err(invalid(&property, "neither a metric nor an expression"));
        };
        let begin = expression.trim_start().get(..6).unwrap_or_default();
        if begin.eq_ignore_ascii_case("select") {
            return Err(not_supported("a query of Metrics Insights"));
        }
        if is_unknown(&expression) {
            return Err(not_supported("an expression that is known only once it is deployed"));
        }
        expression.parse().map(Source::Expression).map_err(|error: ParseError| {
            if error.unsupported {
                not_supported(&error.message)
            } else {
                invalid(&property, &error.to_string())
            }
        })
    }

    /// A metric in `metric` with its statistic in `stat`.
    fn metric_stat(
        &mut self,
        metric: &Json,
        property: String,
        stat: &Json,
        key: &'static str,
    ) -> Result<MetricStat, Unjudged> {
        let namespace = text(metric, "Namespace").unwrap_or_default();
        let name = text(metric, "MetricName").unwrap_or_default();
        let dimensions = dimensions(metric);
        let statistic = self.statistic(stat, key);
        if namespace.is_empty() || name.is_empty() {
            let place = format!("{property}MetricName");
            return Err(invalid(&place, "a metric has a namespace and a name"));
        }
        let names = dimensions.iter().map(|(name, _)| name).chain([&namespace, &name]);
        if dimensions.len() > MAX_DIMENSIONS || names.into_iter().any(|name| name.len() > MAX_NAME) {
            let message = format!("at most {MAX_DIMENSIONS} dimensions, and names of {MAX_NAME} characters");
            return Err(invalid(&format!("{property}Dimensions"), &message));
        }
        let metric = Metric::new(namespace, name, dimensions);
        let known = statistic.as_ref().ok().copied().flatten();
        self.metrics.push(LintMetric { property, metric: metric.clone(), statistic: known });
        // Which one it is is not known: a placeholder.
        Ok(MetricStat { metric, statistic: statistic?.unwrap_or(Statistic::Sum) })
    }

    /// Nothing if it is only known once the template is deployed.
    fn statistic(&mut self, stat: &Json, key: &'static str) -> Result<Option<Statistic>, Unjudged> {
        let Some(word) = text(stat, key) else { return Err(invalid(key, "the metric has no statistic")) };
        if is_unknown(&word) {
            self.unknown.insert("Statistic");
            return Ok(None);
        }
        word.parse().map(Some).map_err(|error: cloudwatch::metric::StatisticError| {
            if OTHER_STATISTICS.iter().any(|begin| word.starts_with(begin)) {
                not_supported(&format!("the statistic {word}"))
            } else {
                invalid(key, &error.to_string())
            }
        })
    }

    /// `default` where the property is absent, `placeholder` where its value is only known later.
    fn number(
        &mut self,
        own: &Json,
        key: &'static str,
        default: Option<f64>,
        placeholder: f64,
    ) -> Result<f64, Unjudged> {
        let word = match (own.get(key).map(|_| text(own, key)), default) {
            (None, Some(default)) => return Ok(default),
            (None, None) => return Err(invalid(key, "the property is missing")),
            (Some(word), _) => word.unwrap_or_default(),
        };
        if is_unknown(&word) {
            self.unknown.insert(key);
            return Ok(placeholder);
        }
        let number = word.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| invalid(key, "not a number"))
    }

    fn whole(
        &mut self,
        own: &Json,
        key: &'static str,
        default: Option<u32>,
        placeholder: u32,
    ) -> Result<u32, Unjudged> {
        let number = self.number(own, key, default.map(f64::from), placeholder.into())?;
        let is_whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole and in range"
        )]
        let whole = number as u32;
        if is_whole { Ok(whole) } else { Err(invalid(key, "not a whole number")) }
    }

    fn word<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        default: Option<&str>,
        placeholder: &str,
    ) -> Result<T, Unjudged> {
        let word = text(self.own, key).or_else(|| default.map(str::to_owned));
        let Some(mut word) = word else { return Err(invalid(key, "the property is missing")) };
        if is_unknown(&word) {
            self.unknown.insert(key);
            placeholder.clone_into(&mut word);
        }
        let message = format!("not a word of CloudWatch: {word:?}");
        serde_json::from_value(word.into()).map_err(|_| invalid(key, &message))
    }

    fn window(&self) -> Window {
        let wall_clock = self.own.get("EvaluationWindow").and_then(|window| window.get("WallClockWindow"));
        wall_clock.map_or(Window::Sliding, |window| Window::WallClock {
            time_zone: text(window, "Timezone").unwrap_or_else(|| "UTC".to_owned()),
        })
    }

    fn warm_up(&mut self) -> Result<Option<WarmUp>, Unjudged> {
        let Some(own) = self.own.get("WarmUpConfiguration") else { return Ok(None) };
        let minutes = self.whole(own, "WarmUpPeriodDurationInMinutes", None, 1)?;
        let only_after =
            text(own, "OnlyStartEvaluatingAfterWarmUpPeriodEnds").is_some_and(|only| only == "true");
        Ok(Some(WarmUp { minutes, only_after }))
    }
}

fn dimensions(metric: &Json) -> Vec<(String, String)> {
    if metric.get("Dimensions").is_some_and(Json::is_string) {
        // A list that is only known later: its names are not.
        return vec![("${Dimensions}".to_owned(), String::new())];
    }
    let pairs = items(metric, "Dimensions").iter();
    pairs
        .map(|pair| {
            let part = |key| text(pair, key).unwrap_or_else(|| format!("${{{key}}}"));
            (part("Name"), part("Value"))
        })
        .collect()
}
