//! What identifies a metric, and what CloudWatch can say of its values.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One time series of CloudWatch: a namespace, a name and one value for each of its dimensions. A series with other
/// dimensions is another metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Metric {
    /// Such as `AWS/States`.
    pub namespace: String,
    /// Such as `ExecutionsFailed`.
    pub name: String,
    /// Dimension names with their values.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
}

impl Metric {
    /// A metric with these dimensions.
    pub fn new<K: Into<String>, V: Into<String>>(
        namespace: impl Into<String>,
        name: impl Into<String>,
        dimensions: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
            dimensions: dimensions.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
        }
    }
}

/// `AWS/Lambda Errors {FunctionName=RecipeGenerator}`.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.namespace, self.name)?;
        for (at, (name, value)) in self.dimensions.iter().enumerate() {
            write!(f, "{}{name}={value}", if at == 0 { " {" } else { ", " })?;
        }
        if !self.dimensions.is_empty() {
            f.write_str("}")?;
        }
        Ok(())
    }
}

/// The unit of a metric's values: CloudWatch's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Millionths of a second.
    Microseconds,
    /// Bytes.
    Bytes,
    /// Bytes each second.
    #[serde(rename = "Bytes/Second")]
    BytesPerSecond,
    /// Percent, 0 to 100.
    Percent,
    /// A number of things.
    Count,
    /// A number of things each second.
    #[serde(rename = "Count/Second")]
    CountPerSecond,
    /// Published without a unit.
    None,
}

/// What an alarm takes of the values of a period.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Statistic {
    /// The sum.
    Sum,
    /// The mean.
    Average,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
    /// The number of values.
    SampleCount,
    /// The value below which this percentage of the values lies.
    Percentile(Percentage),
}

/// More than 0 and at most 100, with at most two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentage(u32);

impl Percentage {
    /// In percent.
    pub fn get(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// A text that is no statistic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a statistic of an alarm: {0:?}; hint: Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p99"
)]
pub struct StatisticError(String);

impl FromStr for Statistic {
    type Err = StatisticError;

    fn from_str(text: &str) -> Result<Self, StatisticError> {
        Ok(match text {
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            "SampleCount" => Self::SampleCount,
            _ => Self::Percentile(percentage(text).ok_or_else(|| StatisticError(text.to_owned()))?),
        })
    }
}

fn percentage(text: &str) -> Option<Percentage> {
    let digits = text.strip_prefix('p')?;
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || whole.len() > 3 || decimals.len() > 2 || digits.ends_with('.') {
        return None;
    }
    let number = format!("{whole}{decimals:0<2}");
    let all_digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let hundredths: u32 = all_digits.then(|| number.parse().ok())??;
    (1..=10_000).contains(&hundredths).then_some(Percentage(hundredths))
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum => f.write_str("Sum"),
            Self::Average => f.write_str("Average"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Maximum => f.write_str("Maximum"),
            Self::SampleCount => f.write_str("SampleCount"),
            Self::Percentile(percentage) => write!(f, "p{}", percentage.get()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_is_read_as_it_is_written() {
        for text in
            ["Sum", "Average", "Minimum", "Maximum", "SampleCount", "p50", "p99.9", "p99.99", "p100", "p0.01"]
        {
            assert_eq!(text.parse::<Statistic>().unwrap().to_string(), text);
        }
        for text in ["", "sum", "p", "p0", "p100.01", "p-1", "p1.234", "p+1", "p1e1", "tm99", "p99.", "p٣"] {
            assert!(text.parse::<Statistic>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_metric_prints_its_dimensions() {
        let metric = Metric::new("AWS/Lambda", "Errors", [("Resource", "f:live"), ("FunctionName", "f")]);
        assert_eq!(metric.to_string(), "AWS/Lambda Errors {FunctionName=f, Resource=f:live}");
        assert_eq!(Metric::new("A", "B", [("", ""); 0]).to_string(), "A B");
    }
}
