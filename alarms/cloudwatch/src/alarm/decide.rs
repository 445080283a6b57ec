//! M out of N: the state that follows from the points of an evaluation.

use super::{MissingData, State};

/// One period: whether its value breaches, or that it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datapoint {
    /// Within the threshold.
    Good,
    /// Beyond it.
    Breaching,
    /// No value.
    Missing,
}

/// The state after an evaluation of `points`, oldest first: all periods of the evaluation range.
///
/// The newest N values decide; `missing` matters only where there are fewer and the gaps could change the result. Source:
/// "Configuring how CloudWatch alarms treat missing data", whose tables are tests below.
#[must_use]
pub fn decide(points: &[Datapoint], m: u32, n: u32, missing: MissingData, before: State) -> State {
    let (mut values, mut breaching, mut oldest_breaching_age) = (0, 0, 0);
    for (age, point) in (1..).zip(points.iter().rev()) {
        if *point == Datapoint::Missing {
            continue;
        }
        values += 1;
        if *point == Datapoint::Breaching {
            breaching += 1;
            oldest_breaching_age = age;
        }
        if values == n {
            break;
        }
    }
    let gaps = n.saturating_sub(values);
    if breaching >= m {
        return State::Alarm;
    }
    if breaching + gaps < m {
        return State::Ok;
    }
    match missing {
        MissingData::Breaching => State::Alarm,
        MissingData::NotBreaching => State::Ok,
        MissingData::Missing | MissingData::Ignore if breaching < values => State::Ok,
        MissingData::Ignore => before,
        // The rule against waiting for values that do not come: the oldest breaching one is as old as M periods.
        MissingData::Missing if oldest_breaching_age >= m => State::Alarm,
        MissingData::Missing => State::InsufficientData,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Vec<Datapoint> {
        text.chars()
            .map(|point| match point {
                '0' => Datapoint::Good,
                'X' => Datapoint::Breaching,
                _ => Datapoint::Missing,
            })
            .collect()
    }

    /// The states under `missing`, `ignore`, `breaching` and `notBreaching`: `O`, `A`, `I`, or `R` for the state before.
    #[track_caller]
    fn check(text: &str, m: u32, n: u32, expected: &str) {
        let treatments =
            [MissingData::Missing, MissingData::Ignore, MissingData::Breaching, MissingData::NotBreaching];
        for (treatment, expected) in treatments.into_iter().zip(expected.chars()) {
            for before in [State::Ok, State::Alarm, State::InsufficientData] {
                let expected = match expected {
                    'O' => State::Ok,
                    'A' => State::Alarm,
                    'I' => State::InsufficientData,
                    _ => before,
                };
                assert_eq!(
                    decide(&points(text), m, n, treatment, before),
                    expected,
                    "{text} {treatment:?} {before}"
                );
            }
        }
    }

    /// Source: the tables of the page, in its text of 2023 and of 2020.
    #[test]
    fn the_documented_tables() {
        check("0-X-X", 3, 3, "OOOO");
        check("0----", 3, 3, "OOOO");
        check("-----", 3, 3, "IRAO");
        check("0XX-X", 3, 3, "AAAA");
        check("--X--", 3, 3, "ARAO");
        check("----X", 3, 3, "IRAO");
        check("X----", 3, 3, "ARAO");

        check("0-X-X", 2, 3, "AAAA");
        check("00X0X", 2, 3, "AAAA");
        check("0-X--", 2, 3, "OOAO");
        check("----0", 2, 3, "OOAO");
        check("---X-", 2, 3, "ARAO");
        check("----X", 2, 3, "IRAO");
    }

    #[test]
    fn gaps_that_cannot_change_the_result_do_not_matter() {
        check("XX---", 2, 3, "AAAA");
        check("---XX", 2, 3, "AAAA");
        check("---0-", 3, 3, "OOOO");
        check("X", 1, 1, "AAAA");
        check("-", 1, 1, "IRAO");
        check("", 1, 1, "IRAO");
        check("0X", 1, 1, "AAAA");
        check("X0", 1, 1, "OOOO");
    }

    /// The recorded tables of the folder of recordings, where one is given.
    #[test]
    fn recorded_tables() {
        crate::conformance::recordings();
    }
}
