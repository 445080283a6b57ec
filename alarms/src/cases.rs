//! Alarm tests as data: series in, timeline of states and messages out. A file of `alarms/cases` has the cases of one alarm, or
//! of several that are alike.
//!
//! ```toml
//! alarms = ["BedrockFailing"]
//!
//! [[case]]
//! name = "fires above 5 %, and recovers when the failures are out of the ten minutes"
//! minutes = 40
//! series = { bedrock_calls = "3x30", bedrock_failures = "0x5 3 0x24" }
//! expect = ["7 ALARM", "16 OK"]
//! ```
//!
//! A series has a value for each minute: `-` is none, `3x5` five times 3, `1+2` two values in one minute, `(3 -x2)x5` five times 3 and
//! two minutes without. Its name is the id in the alarm's expression, `value` for an alarm on one metric, and `Alarm.id` for another
//! alarm's. A line of `expect` is a minute and a state; the first `OK` after the alarm's creation is not listed. `messages` lists what
//! the alarm sends as minute, topic and state; without it every change but the first is sent.

use std::collections::{BTreeMap, BTreeSet};

use cloudwatch::{
    Metric, Unit,
    alarm::{Alarm as MetricAlarm, State},
    composite::Composite,
    engine::{Change, Engine},
    series::Series,
};
use serde::Deserialize;

use self::values::{delay_s, parse, unit};
use crate::{Alarm, Definition};

mod values;

/// Most minutes of a case: 10 days, since CloudWatch looks back three periods of 3 days.
const MAX_MINUTES: u32 = 14_400;

/// The cases of alarms that are alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The alarms' ids.
    pub alarms: Vec<String>,
    /// The cases.
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// How long it lasts.
    pub minutes: u32,
    /// Values by minute.
    #[serde(default)]
    pub series: BTreeMap<String, String>,
    /// Units of series, where a case says them: another than the metric's is an error.
    #[serde(default)]
    pub units: BTreeMap<String, Unit>,
    /// The states.
    pub expect: Vec<String>,
    /// The messages.
    pub messages: Option<Vec<String>>,
}

/// Values with their metrics and stamps in seconds, by the minute from which they can be seen.
type Arriving = BTreeMap<i64, Vec<(Metric, i64, f64)>>;

/// What an alarm does in a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    /// Changes of its state, as `7 ALARM`.
    states: Vec<String>,
    /// What it sends, as `7 page ALARM`.
    messages: Vec<String>,
}

/// What is wrong with a case, or how it came out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// The file.
    #[error("not a file of cases: {0}")]
    File(String),
    /// The alarm.
    #[error("no such alarm: {0}; hint: `cargo xtask alarms list` has their names")]
    Alarm(String),
    /// A series.
    #[error("series {series}: {message}")]
    Series {
        /// Its name.
        series: String,
        /// What is wrong.
        message: String,
    },
    /// The length.
    #[error("a case lasts 1 to {MAX_MINUTES} minutes, not {0}")]
    Minutes(u32),
    /// It came out otherwise.
    #[error("{what}: expected {expected:?}, found {found:?}")]
    Otherwise {
        /// States or messages.
        what: &'static str,
        /// What was expected.
        expected: Vec<String>,
        /// What came out.
        found: Vec<String>,
    },
}

impl Cases {
    /// Reads a file.
    ///
    /// # Errors
    /// It is no file of cases.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        let cases: Self = toml::from_str(text).map_err(|error| CaseError::File(error.to_string()))?;
        if cases.alarms.is_empty() || cases.cases.is_empty() {
            return Err(CaseError::File("it has no alarm or no case".to_owned()));
        }
        Ok(cases)
    }
}

impl Case {
    /// Runs the case for the alarm of this id.
    ///
    /// # Errors
    /// There is no such alarm, a series is wrong, or it came out otherwise.
    pub fn check(&self, alarms: &[Alarm], id: &str) -> Result<(), CaseError> {
        let alarm = find(alarms, id)?;
        let found = self.timelines(alarms, id, &[&alarm.definition])?;
        let Timeline { states, messages } = found.into_iter().next().unwrap_or_default();
        if states != self.expect {
            return Err(CaseError::Otherwise {
                what: "states",
                expected: self.expect.clone(),
                found: states,
            });
        }
        let default = || match alarm.notifies {
            None => Vec::new(),
            Some(severity) => self
                .expect
                .iter()
                .map(|line| line.replacen(' ', &format!(" {} ", severity.as_str()), 1))
                .collect(),
        };
        let expected = self.messages.clone().unwrap_or_else(default);
        if messages != expected {
            return Err(CaseError::Otherwise { what: "messages", expected, found: messages });
        }
        Ok(())
    }

    /// What comes of several definitions of the alarm of this id, side by side over the same series. Series name metrics as
    /// `alarms` does.
    pub(crate) fn timelines(
        &self,
        alarms: &[Alarm],
        id: &str,
        definitions: &[&Definition],
    ) -> Result<Vec<Timeline>, CaseError> {
        let alarm = find(alarms, id)?;
        let mut arriving = self.arriving(alarms, alarm)?;
        let mut timelines = vec![Timeline::default(); definitions.len()];
        let (mut engine, places) = side_by_side(alarms, alarm, definitions);
        let mut store: BTreeMap<Metric, Series> = BTreeMap::new();
        let own = |changes: Vec<Change>| {
            // Its creation is no news.
            let news = |change: &Change| (change.from, change.to) != (State::InsufficientData, State::Ok);
            let own = changes.into_iter().filter(news);
            own.filter_map(|change| Some((*places.get(&change.alarm)?, change.to))).collect::<Vec<_>>()
        };
        for minute in 0..=i64::from(self.minutes) {
            for (metric, at_s, value) in arriving.remove(&minute).unwrap_or_default() {
                let refused = store.entry(metric).or_default().record(at_s, value, 1);
                refused.map_err(|error| CaseError::Series {
                    series: String::new(),
                    message: error.to_string(),
                })?;
            }
            let step = engine.step(minute * 60, &store);
            for (place, state) in own(step.changes) {
                if let Some(timeline) = timelines.get_mut(place) {
                    timeline.states.push(format!("{minute} {state}"));
                }
            }
            let Some(severity) = alarm.notifies else { continue };
            for (place, state) in own(step.actions) {
                if let Some(timeline) = timelines.get_mut(place) {
                    timeline.messages.push(format!("{minute} {} {state}", severity.as_str()));
                }
            }
        }
        Ok(timelines)
    }

    /// The values, by the minute from which they can be seen.
    fn arriving(&self, alarms: &[Alarm], alarm: &Alarm) -> Result<Arriving, CaseError> {
        if !(1..=MAX_MINUTES).contains(&self.minutes) {
            return Err(CaseError::Minutes(self.minutes));
        }
        let mut arriving = Arriving::new();
        for (name, values) in &self.series {
            let wrong = |message: String| CaseError::Series { series: name.clone(), message };
            let metric = metric(alarms, alarm, name)?;
            if let (Some(said), Some(unit)) = (self.units.get(name), unit(&metric))
                && *said != unit
            {
                return Err(wrong(format!("its unit is {unit:?}, not {said:?}")));
            }
            for (minute, values) in (0..).zip(parse(values, self.minutes).map_err(wrong)?) {
                let at_s = minute * 60;
                // A point can be seen when its minute is over and it has arrived.
                let seen_s = at_s + 60 + i64::from(delay_s(&metric));
                let arriving = arriving.entry(seen_s.div_euclid(60)).or_default();
                arriving.extend(values.into_iter().map(|value| (metric.clone(), at_s, value)));
            }
        }
        Ok(arriving)
    }
}

fn find<'a>(alarms: &'a [Alarm], id: &str) -> Result<&'a Alarm, CaseError> {
    alarms.iter().find(|alarm| alarm.id == id).ok_or_else(|| CaseError::Alarm(id.to_owned()))
}

/// The metric of a series: `id` of the alarm, or `Alarm.id`.
pub(crate) fn metric(alarms: &[Alarm], alarm: &Alarm, name: &str) -> Result<Metric, CaseError> {
    let (alarm, id) = match name.split_once('.') {
        Some((other, id)) => (find(alarms, other)?, id),
        None => (alarm, name),
    };
    let known = series(alarm);
    known.iter().find(|(own, _)| *own == id).map(|(_, metric)| (*metric).clone()).ok_or_else(|| {
        let ids: Vec<_> = known.iter().map(|(own, _)| *own).collect();
        CaseError::Series {
            series: name.to_owned(),
            message: format!("{} has none of this id; hint: {}", alarm.id, ids.join(", ")),
        }
    })
}

/// The metrics of an alarm with the names of their series.
pub(crate) fn series(alarm: &Alarm) -> Vec<(&str, &Metric)> {
    match &alarm.definition {
        Definition::Metric(definition) => {
            let metrics = definition.watched.metrics();
            metrics.map(|(id, stat)| (if id.is_empty() { "value" } else { id }, &stat.metric)).collect()
        }
        Definition::Composite(_) => Vec::new(),
    }
}

/// The alarm and whatever it depends on.
pub(crate) fn engine(alarms: &[Alarm], alarm: &Alarm, now_s: i64) -> Engine {
    let (mut metric_alarms, mut composites) = dependencies(alarms, alarm);
    match &alarm.definition {
        Definition::Metric(definition) => metric_alarms.push(definition.clone()),
        Definition::Composite(composite) => composites.push(composite.clone()),
    }
    Engine::new(metric_alarms, composites, now_s)
}

/// Several definitions of an alarm and whatever it depends on; and which alarm of the engine is which definition.
fn side_by_side(
    alarms: &[Alarm],
    alarm: &Alarm,
    definitions: &[&Definition],
) -> (Engine, BTreeMap<String, usize>) {
    let (mut metric_alarms, mut composites) = dependencies(alarms, alarm);
    let mut places = BTreeMap::new();
    for (place, definition) in definitions.iter().enumerate() {
        let name = format!("{}#{place}", alarm.name());
        match definition {
            Definition::Metric(own) => metric_alarms.push(MetricAlarm { name: name.clone(), ..own.clone() }),
            Definition::Composite(own) => composites.push(Composite { name: name.clone(), ..own.clone() }),
        }
        places.insert(name, place);
    }
    (Engine::new(metric_alarms, composites, 0), places)
}

/// Whatever an alarm depends on.
fn dependencies(alarms: &[Alarm], alarm: &Alarm) -> (Vec<MetricAlarm>, Vec<Composite>) {
    let mut needed = BTreeSet::from([alarm.name()]);
    loop {
        let before = needed.len();
        for other in alarms {
            if let (true, Definition::Composite(composite)) =
                (needed.contains(other.name()), &other.definition)
            {
                needed.extend(composite.rule.alarms());
                needed.extend(composite.suppressor.as_ref().map(|suppressor| suppressor.alarm.as_str()));
            }
        }
        if needed.len() == before {
            break;
        }
    }
    needed.remove(alarm.name());
    let (mut metric_alarms, mut composites) = (Vec::new(), Vec::new());
    for other in alarms.iter().filter(|other| needed.contains(other.name())) {
        match &other.definition {
            Definition::Metric(definition) => metric_alarms.push(definition.clone()),
            Definition::Composite(composite) => composites.push(composite.clone()),
        }
    }
    (metric_alarms, composites)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inputs, all};

    #[track_caller]
    fn check(text: &str, words: &str) {
        let alarms = all(&Inputs::sample());
        let result = Cases::parse(text)
            .and_then(|cases| cases.cases.iter().try_for_each(|case| case.check(&alarms, &cases.alarms[0])));
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }

    fn case(alarm: &str, rest: &str) -> String {
        format!("alarms = [\"{alarm}\"]\n[[case]]\nname = \"n\"\nminutes = 5\nexpect = []\n{rest}")
    }

    #[test]
    fn the_example_of_this_file_holds() {
        let lines = include_str!("cases.rs").lines().skip_while(|line| *line != "//! ```toml").skip(1);
        let example: Vec<_> =
            lines.map_while(|line| line.strip_prefix("//!")).take_while(|line| *line != " ```").collect();
        let cases = Cases::parse(&example.join("\n")).unwrap();
        assert_eq!(cases.cases[0].check(&all(&Inputs::sample()), &cases.alarms[0]), Ok(()));
    }

    #[test]
    fn a_group_is_repeated() {
        let values = |text| parse(text, 12);
        assert_eq!(values("0 (1 -x2)x2 (2+3)x2 4"), values("0 1 -x2 1 -x2 2+3 2+3 4"));
        assert_eq!(values("(1 2)x2"), Ok(vec![vec![1.0], vec![2.0], vec![1.0], vec![2.0]]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        check("alarms = 1", "not a file of cases");
        check(&case("Nothing", ""), "no such alarm: Nothing");
        check(&case("CloserFailing", "typo = 1"), "typo");
        check(&case("CloserFailing", "series = { other = \"1\" }"), "hint: value");
        check(&case("CloserFailing", "series = { value = \"x1\" }"), "not a value");
        check(&case("CloserFailing", "series = { value = \"1xx\" }"), "number of times");
        check(&case("CloserFailing", "series = { value = \"NaN\" }"), "not a value");
        check(&case("CloserFailing", "series = { value = \"1x99999999999999\" }"), "longer than the case");
        for (values, words) in [
            ("(1 (2)x2)x2", "parentheses in parentheses"),
            ("1)x2", "not opened"),
            ("(1 2", "not closed"),
            ("(1 2)xx", "number of times"),
            ("(1x3)x2", "longer than the case"),
            ("(1x5)x99999999999999", "longer than the case"),
        ] {
            check(&case("CloserFailing", &format!("series = {{ value = \"{values}\" }}")), words);
        }
        check(&case("CloserFailing", "series = { value = \"1x4\" }"), "states: expected []");
        let unit = "series = { value = \"0\" }\nunits = { value = \"Seconds\" }";
        check(&case("CloserFailing", unit), "its unit is Count, not Seconds");
        check(&case("CloserFailing", "").replace("= 5", "= 0"), "1 to 14400 minutes");
    }
}
