//! How often an alarm would have fired on a recorded series.
//!
//! The series is CSV: a column `time` (RFC 3339, or seconds since the epoch) and a column for each metric, named as in the cases of
//! alarm tests. An empty field is no value. Rows may come in any order; values of one minute are added up.

use std::{collections::BTreeMap, io::Read};

use cloudwatch::{Metric, alarm::State, engine::Change, series::Series};
use serde::Serialize;

use crate::{
    Alarm,
    cases::{CaseError, engine, metric, series},
};

/// Most rows of a file.
const MAX_ROWS: usize = 10_000_000;

/// Longest time between the first and the last row, in minutes: 400 days.
const MAX_MINUTES: i64 = 576_000;

/// Most changes that are listed; the count goes on.
const MAX_LISTED: usize = 1_000;

/// What the alarm would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Backtest {
    /// The alarm's id.
    pub alarm: String,
    /// Rows that were read.
    pub rows: usize,
    /// Minutes from the first to the last row.
    pub minutes: i64,
    /// How often it went into `ALARM`.
    pub fired: usize,
    /// How often it acted in `ALARM`: a suppressor keeps a composite alarm from it.
    pub acted: usize,
    /// Minutes in `ALARM`.
    pub minutes_in_alarm: i64,
    /// The changes of its state, the first thousand of them.
    pub changes: Vec<Change>,
}

/// A series that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// The alarm, or a column.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The file.
    #[error("not a table of comma-separated values: {0}")]
    Csv(#[from] csv::Error),
    /// No time.
    #[error("no column `time`; hint: the first line names the columns: time,{0}")]
    NoTime(String),
    /// A field.
    #[error("line {line}, column {column}: {message}: {text:?}")]
    Field {
        /// From 1.
        line: u64,
        /// Its name.
        column: String,
        /// What is wrong.
        message: String,
        /// What stands there.
        text: String,
    },
    /// Too much, or the same twice.
    #[error("{0}")]
    Table(String),
    /// Nothing.
    #[error("the file has no values")]
    Empty,
}

/// Evaluates the alarm of this id over a series.
///
/// # Errors
/// There is no such alarm, or the series cannot be used: where and why.
pub fn backtest(alarms: &[Alarm], id: &str, table: impl Read) -> Result<Backtest, BacktestError> {
    let alarm = alarms.iter().find(|alarm| alarm.id == id).ok_or_else(|| CaseError::Alarm(id.to_owned()))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
    let headers = reader.headers()?.clone();
    let time = headers.iter().position(|name| name == "time");
    let time = time.ok_or_else(|| {
        let names: Vec<_> = series(alarm).iter().map(|(name, _)| *name).collect();
        BacktestError::NoTime(names.join(","))
    })?;
    let columns = headers.iter().enumerate().filter(|(at, _)| *at != time);
    let names: std::collections::BTreeSet<_> = headers.iter().collect();
    if names.len() < headers.len() {
        return Err(BacktestError::Table("a column stands twice".to_owned()));
    }
    let columns: Vec<(usize, Metric)> =
        columns.map(|(at, name)| Ok((at, metric(alarms, alarm, name)?))).collect::<Result<_, CaseError>>()?;

    let mut store: BTreeMap<Metric, Series> = BTreeMap::new();
    let (mut rows, mut first, mut last) = (0, i64::MAX, i64::MIN);
    for record in reader.records() {
        let record = record?;
        rows += 1;
        if rows > MAX_ROWS {
            return Err(BacktestError::Table(format!("more than {MAX_ROWS} rows")));
        }
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: usize, message: String| BacktestError::Field {
            line,
            column: headers.get(at).unwrap_or_default().to_owned(),
            message,
            text: record.get(at).unwrap_or_default().chars().take(40).collect(),
        };
        let text = record.get(time).unwrap_or_default();
        let at_s =
            text.parse::<i64>().ok().or_else(|| Some(text.parse::<jiff::Timestamp>().ok()?.as_second()));
        // Years 1 to 9999, so that no sum of times overflows.
        let at_s = at_s.filter(|at_s| at_s.abs() < 253_402_300_800);
        let at_s = at_s
            .ok_or_else(|| field(time, "not a time; hint: RFC 3339 or seconds since the epoch".to_owned()))?;
        (first, last) = (first.min(at_s), last.max(at_s));
        for (at, metric) in &columns {
            let text = record.get(*at).unwrap_or_default();
            if text.is_empty() {
                continue;
            }
            let value: f64 = text.parse().map_err(|_| field(*at, "not a number".to_owned()))?;
            let values = store.entry(metric.clone()).or_default();
            values.record(at_s, value, 1).map_err(|error| field(*at, error.to_string()))?;
        }
    }
    if rows == 0 || store.is_empty() {
        return Err(BacktestError::Empty);
    }
    let (first, last) = (first.div_euclid(60), last.div_euclid(60));
    if last - first > MAX_MINUTES {
        return Err(BacktestError::Table(format!("{} minutes; hint: at most {MAX_MINUTES}", last - first)));
    }

    let mut engine = engine(alarms, alarm, first * 60);
    let mut found = Backtest {
        alarm: id.to_owned(),
        rows,
        minutes: last - first,
        fired: 0,
        acted: 0,
        minutes_in_alarm: 0,
        changes: Vec::new(),
    };
    for minute in first..=last + 1 {
        let step = engine.step(minute * 60, &store);
        let acts = |change: &&Change| change.alarm == alarm.name() && change.to == State::Alarm;
        found.acted += step.actions.iter().filter(acts).count();
        for change in step.changes.into_iter().filter(|change| change.alarm == alarm.name()) {
            found.fired += usize::from(change.to == State::Alarm);
            if found.changes.len() < MAX_LISTED {
                found.changes.push(change);
            }
        }
        let in_alarm = engine.status(alarm.name()).is_some_and(|status| status.state == State::Alarm);
        found.minutes_in_alarm += i64::from(in_alarm && minute <= last);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inputs, all};

    fn run(id: &str, series: &str) -> Result<Backtest, String> {
        backtest(&all(&Inputs::sample()), id, series.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_series_fires_as_often_as_it_would_have() {
        let value = |minute| if minute == 10 || minute == 40 { "1" } else { "0" };
        let rows: Vec<_> = (0..60).map(|minute| format!("{},{}\n", minute * 60, value(minute))).collect();
        let series = format!("time,value\n{}", rows.concat());
        let found = run("CloserFailing", &series).unwrap();
        assert_eq!((found.rows, found.minutes, found.fired, found.minutes_in_alarm), (60, 59, 2, 10));
        // A clock that goes back, and two rows of one minute.
        let back =
            run("CloserFailing", "time,value\n2026-11-28T00:01:00Z,0\n2026-11-28T00:00:10Z,1\n1795824020,\n");
        assert_eq!(back.unwrap().fired, 1);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (id, series, words) in [
            ("Nothing", "time\n", "no such alarm"),
            ("CloserFailing", "", "no column `time`; hint: the first line names the columns: time,value"),
            ("CloserFailing", "time,other\n", "hint: value"),
            ("CloserFailing", "time,value\n", "no values"),
            ("CloserFailing", "time,value\nyesterday,1\n", "line 2, column time: not a time"),
            ("CloserFailing", "time,value\n0,1\n60,one\n", "line 3, column value: not a number: \"one\""),
            ("CloserFailing", "time,value\n0,NaN\n", "line 2, column value: not a value"),
            ("CloserFailing", "time,value\n0,inf\n", "line 2, column value: not a value"),
            ("CloserFailing", "time,value\n0,1,2\n", "comma-separated"),
            ("CloserFailing", "time,value\n0,1\n999999999,1\n", "at most 576000"),
            ("CloserFailing", "time,value\n99999999999999,1\n", "not a time"),
        ] {
            let error = run(id, series).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
