//! Tables of documented cases: points in, states out.

use serde::{Deserialize, Serialize};

use crate::alarm::{Datapoint, MissingData, State, decide};

/// A file of cases.
#[derive(Debug, Deserialize)]
pub struct Cases {
    /// The cases.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// `0` within the threshold, `X` beyond it, `-` missing; oldest first.
    pub datapoints_oldest_first: Vec<String>,
    /// N.
    pub evaluation_periods: u32,
    /// M.
    pub datapoints_to_alarm: u32,
    /// How many of the newest points are retrieved; all of them if it is not said.
    pub evaluation_range: Option<usize>,
    /// What a period without a value counts as.
    pub treat_missing_data: MissingData,
    /// The state after it.
    pub expected: Expected,
}

/// The state after an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Expected {
    /// `OK`.
    Ok,
    /// `ALARM`.
    Alarm,
    /// `INSUFFICIENT_DATA`.
    InsufficientData,
    /// The state before, whatever it was.
    Retain,
}

/// What became of a file of cases.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Cases that came out as expected.
    pub passed: usize,
    /// All cases.
    pub total: usize,
    /// The others: name, and what came out.
    pub failures: Vec<Failure>,
}

/// A case that came out otherwise.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its name.
    pub name: String,
    /// What came out.
    pub message: String,
}

impl Case {
    /// Evaluates the case from each state before.
    ///
    /// # Errors
    /// It came out otherwise: what it gave.
    pub fn check(&self) -> Result<(), String> {
        let mut points = Vec::new();
        for point in &self.datapoints_oldest_first {
            points.push(match point.as_str() {
                "0" => Datapoint::Good,
                "X" => Datapoint::Breaching,
                "-" => Datapoint::Missing,
                other => return Err(format!("not a point: {other:?}; hint: 0, X or -")),
            });
        }
        let retrieved = self.evaluation_range.unwrap_or(points.len()).min(points.len());
        let points = points.split_off(points.len() - retrieved);
        let (m, n) = (self.datapoints_to_alarm, self.evaluation_periods);
        if m == 0 || m > n {
            return Err(format!("{m} datapoints to alarm of {n} evaluation periods"));
        }
        for before in [State::Ok, State::Alarm, State::InsufficientData] {
            let expected = match self.expected {
                Expected::Ok => State::Ok,
                Expected::Alarm => State::Alarm,
                Expected::InsufficientData => State::InsufficientData,
                Expected::Retain => before,
            };
            let found = decide(&points, m, n, self.treat_missing_data, before);
            if found != expected {
                return Err(format!("from {before}: expected {expected}, found {found}"));
            }
        }
        Ok(())
    }
}

/// Checks every case.
#[must_use]
pub fn check(cases: &[Case]) -> Report {
    let mut report = Report { total: cases.len(), ..Report::default() };
    for case in cases {
        match case.check() {
            Ok(()) => report.passed += 1,
            Err(message) => report.failures.push(Failure { name: case.name.clone(), message }),
        }
    }
    report
}

/// The tables of the folder of recordings, where one is given.
#[cfg(test)]
pub(crate) fn recordings() {
    recordings::files("alarms", "alarms", |file| {
        let file = Cases::deserialize(file).map_err(|error| error.to_string())?;
        match check(&file.cases).failures.as_slice() {
            [] => Ok(recordings::Verdict::Passed),
            failures => Err(format!("{failures:?}")),
        }
    });
}
