//! A figure with what was measured of it, and the JSON of both: what `--output json` prints and `figures.json` keeps.

use serde_json::{Map, Value, json};

use super::{
    figure::{FIGURES, Figure, Limit, Unit},
    sample::Summary,
};

/// One figure, measured.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    pub(super) figure: &'static Figure,
    pub(super) summary: Summary,
    /// The same of a program that does the same.
    pub(super) peer: Option<Peer>,
    /// Of executions: how many succeeded, how many did not.
    pub(super) counts: Option<Counts>,
}

/// A program that does the same, measured in the same way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Peer {
    /// Its name and version.
    pub(super) name: String,
    pub(super) value: f64,
}

/// How executions ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) completed: u64,
    pub(super) failed: u64,
}

/// Why a value is no measured figure.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    #[error("a measured figure lacks a field: {0}")]
    Missing(String),
    #[error("no such figure: {0}")]
    Unknown(String),
}

impl Measured {
    /// Nothing without samples.
    pub(super) fn of(figure: &'static Figure, samples: &[f64]) -> Option<Self> {
        let mut summary = Summary::of(samples, figure.statistic)?;
        let rounded = |value| rounded(value, figure.unit);
        summary.value = rounded(summary.value);
        summary.spread = summary.spread.map(|(low, high)| (rounded(low), rounded(high)));
        Some(Self {
            figure,
            summary,
            peer: None,
            counts: None,
        })
    }

    pub(super) fn beside(mut self, name: &str, value: f64) -> Self {
        self.peer = Some(Peer {
            name: name.to_owned(),
            value: rounded(value, self.figure.unit),
        });
        self
    }

    pub(super) const fn with_counts(mut self, completed: u64, failed: u64) -> Self {
        self.counts = Some(Counts { completed, failed });
        self
    }

    /// Whether it keeps to its limit, and nothing failed on the way.
    pub(super) fn passed(&self) -> bool {
        self.figure.limit.keeps(self.summary.value) && self.counts.is_none_or(|counts| counts.failed == 0)
    }

    /// A field's name: what it is, then its unit.
    fn key(figure: &Figure, what: &str) -> String {
        format!("{what}{}", figure.unit.suffix())
    }

    pub(super) fn to_json(&self) -> Value {
        let figure = self.figure;
        let limit = match figure.limit {
            Limit::AtMost(_) => "atMost",
            Limit::AtLeast(_) => "atLeast",
        };
        let mut fields = Map::new();
        fields.insert("name".to_owned(), figure.name.into());
        fields.insert("profile".to_owned(), figure.profile.name().into());
        fields.insert("what".to_owned(), figure.what.into());
        fields.insert("samples".to_owned(), self.summary.samples.into());
        fields.insert(
            Self::key(figure, figure.statistic.name()),
            number(self.summary.value),
        );
        if let Some((low, high)) = self.summary.spread {
            fields.insert(Self::key(figure, "p10"), number(low));
            fields.insert(Self::key(figure, "p90"), number(high));
        }
        fields.insert(Self::key(figure, limit), number(figure.limit.value()));
        if let Some(Peer { name, value }) = &self.peer {
            let value = number(*value);
            fields.insert(
                "peer".to_owned(),
                json!({ "name": name, Self::key(figure, "median"): value }),
            );
        }
        if let Some(Counts { completed, failed }) = self.counts {
            fields.insert("completed".to_owned(), completed.into());
            fields.insert("failed".to_owned(), failed.into());
        }
        fields.insert("passed".to_owned(), self.passed().into());
        Value::Object(fields)
    }

    /// What was kept, with today's limit and sentence.
    pub(super) fn from_json(value: &Value) -> Result<Self, Unfit> {
        let missing = |field: &str| Unfit::Missing(field.to_owned());
        let text = |field: &str| {
            value
                .get(field)
                .and_then(Value::as_str)
                .ok_or_else(|| missing(field))
        };
        let (name, profile) = (text("name")?, text("profile")?);
        let known = FIGURES
            .iter()
            .find(|figure| figure.name == name && figure.profile.name() == profile);
        let figure = known.ok_or_else(|| Unfit::Unknown(format!("{name} ({profile})")))?;
        let optional = |what: &str| value.get(Self::key(figure, what)).and_then(Value::as_f64);
        let whole = |field: &str| value.get(field).and_then(Value::as_u64);
        let samples = whole("samples").and_then(|samples| usize::try_from(samples).ok());
        let statistic = figure.statistic.name();
        let peer = value.get("peer").map(|peer| {
            let name = peer.get("name").and_then(Value::as_str);
            let value = peer.get(Self::key(figure, "median")).and_then(Value::as_f64);
            name.zip(value)
                .map(|(name, value)| Peer {
                    name: name.to_owned(),
                    value,
                })
                .ok_or_else(|| missing("peer"))
        });
        Ok(Self {
            figure,
            summary: Summary {
                samples: samples.ok_or_else(|| missing("samples"))?,
                value: optional(statistic).ok_or_else(|| missing(statistic))?,
                spread: optional("p10").zip(optional("p90")),
            },
            peer: peer.transpose()?,
            counts: whole("completed")
                .zip(whole("failed"))
                .map(|(completed, failed)| Counts { completed, failed }),
        })
    }
}

/// As exact as it means something.
fn rounded(value: f64, unit: Unit) -> f64 {
    let steps = match unit {
        Unit::Ms => 100.0,
        Unit::Bytes | Unit::Crates | Unit::Findings | Unit::Calls => 1.0,
        Unit::PerSecond | Unit::Percent => 10.0,
        Unit::Ratio => 1_000.0,
    };
    (value * steps).round() / steps
}

/// A whole number without a point.
fn number(value: f64) -> Value {
    // Every value here is far below 2^53.
    let whole = format!("{value:.0}").parse::<i64>().ok();
    if value.fract() == 0.0
        && let Some(whole) = whole
    {
        return whole.into();
    }
    value.into()
}

#[cfg(test)]
mod tests {
    use super::{super::fixture::measured, *};

    #[test]
    fn a_machine_reads_units() {
        let figures: Vec<_> = measured().iter().map(Measured::to_json).collect();
        insta::assert_json_snapshot!(figures);
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        for measured in measured() {
            assert_eq!(Measured::from_json(&measured.to_json()).as_ref(), Ok(&measured));
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let good = measured().remove(0).to_json();
        let without = |field: &str| {
            let mut value = good.clone();
            value.as_object_mut().unwrap().remove(field);
            Measured::from_json(&value).unwrap_err().to_string()
        };
        for field in ["name", "profile", "samples"] {
            assert_eq!(
                without(field),
                format!("a measured figure lacks a field: {field}")
            );
        }
        assert_eq!(without("medianMs"), "a measured figure lacks a field: median");
        let mut other = good.clone();
        other["profile"] = "release".into();
        assert_eq!(
            Measured::from_json(&other).unwrap_err().to_string(),
            "no such figure: synth (release)"
        );
    }

    #[test]
    fn one_failure_is_one_too_many() {
        let figure = FIGURES.iter().find(|figure| figure.name == "throughput").unwrap();
        let fast = Measured::of(figure, &[100.0]).unwrap();
        assert!(fast.clone().with_counts(1_000, 0).passed());
        assert!(!fast.with_counts(1_000, 1).passed());
        assert!(!Measured::of(figure, &[59.0]).unwrap().passed());
        assert_eq!(Measured::of(figure, &[]), None);
    }
}
