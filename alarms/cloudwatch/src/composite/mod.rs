//! Composite alarms: a rule over the states of other alarms, and an alarm that suppresses its actions.

mod parse;

pub use parse::RuleError;

use crate::alarm::State;

/// Most alarms of a rule. Source: "Create a composite alarm".
pub const MAX_CHILDREN: usize = 100;

/// A composite alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composite {
    /// Its name.
    pub name: String,
    /// It is in `ALARM` where the rule holds, else `OK`.
    pub rule: Rule,
    /// What keeps it from acting.
    pub suppressor: Option<Suppressor>,
}

/// `ActionsSuppressor`: while that alarm is in `ALARM`, the composite alarm changes its state and does not act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressor {
    /// The alarm's name.
    pub alarm: String,
    /// How long the composite alarm waits for the suppressor before it acts, in seconds.
    pub wait_s: u32,
    /// How long it waits after the suppressor left `ALARM`, in seconds.
    pub extension_s: u32,
}

/// `AlarmRule`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `TRUE` or `FALSE`.
    Constant(bool),
    /// `ALARM(name)`, `OK(name)`, `INSUFFICIENT_DATA(name)`.
    Is(State, String),
    /// `NOT rule`.
    Not(Box<Self>),
    /// `a AND b`.
    All(Vec<Self>),
    /// `a OR b`.
    Any(Vec<Self>),
    /// `AT_LEAST(2, ALARM, (a, b, c))`.
    AtLeast {
        /// How many.
        least: Least,
        /// Are in which state.
        state: State,
        /// Of which alarms.
        alarms: Vec<String>,
    },
}

/// How many of the alarms of `AT_LEAST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// A number.
    Count(usize),
    /// 1 to 100 percent.
    Percent(u8),
}

impl Rule {
    /// Whether the rule holds. An alarm that is not there is in `INSUFFICIENT_DATA`.
    #[must_use]
    pub fn holds(&self, state_of: &impl Fn(&str) -> Option<State>) -> bool {
        let is = |alarm: &str, state| state_of(alarm).unwrap_or(State::InsufficientData) == state;
        match self {
            Self::Constant(truth) => *truth,
            Self::Is(state, alarm) => is(alarm, *state),
            Self::Not(rule) => !rule.holds(state_of),
            Self::All(rules) => rules.iter().all(|rule| rule.holds(state_of)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(state_of)),
            Self::AtLeast { least, state, alarms } => {
                let count = alarms.iter().filter(|alarm| is(alarm, *state)).count();
                match least {
                    Least::Count(least) => count >= *least,
                    Least::Percent(percent) => count * 100 >= usize::from(*percent) * alarms.len(),
                }
            }
        }
    }

    /// The alarms that the rule names, in order, with repetitions.
    #[must_use]
    pub fn alarms(&self) -> Vec<&str> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Is(_, alarm) => vec![alarm],
            Self::Not(rule) => rule.alarms(),
            Self::All(rules) | Self::Any(rules) => rules.iter().flat_map(Self::alarms).collect(),
            Self::AtLeast { alarms, .. } => alarms.iter().map(String::as_str).collect(),
        }
    }
}

/// As CloudWatch takes it, every name in quotation marks.
impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let joined = |f: &mut std::fmt::Formatter<'_>, rules: &[Self], word: &str| {
            rules.iter().enumerate().try_for_each(|(at, rule)| {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                match rule {
                    Self::All(_) | Self::Any(_) => write!(f, "({rule})"),
                    _ => write!(f, "{rule}"),
                }
            })
        };
        match self {
            Self::Constant(true) => f.write_str("TRUE"),
            Self::Constant(false) => f.write_str("FALSE"),
            Self::Is(state, alarm) => write!(f, "{state}(\"{alarm}\")"),
            Self::Not(rule) => write!(f, "NOT ({rule})"),
            Self::All(rules) => joined(f, rules, "AND"),
            Self::Any(rules) => joined(f, rules, "OR"),
            Self::AtLeast { least, state, alarms } => {
                match least {
                    Least::Count(count) => write!(f, "AT_LEAST({count}, {state}, (")?,
                    Least::Percent(percent) => write!(f, "AT_LEAST(\"{percent}%\", {state}, (")?,
                }
                for (at, alarm) in alarms.iter().enumerate() {
                    write!(f, "{}\"{alarm}\"", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("))")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for text in [
            "ALARM(a) AND (OK(b) OR NOT (ALARM(c) AND TRUE)) AND FALSE",
            "AT_LEAST(2, ALARM, (a, b)) OR AT_LEAST(\"50%\", INSUFFICIENT_DATA, (c, d))",
        ] {
            let rule: Rule = text.parse().unwrap();
            assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule, "{rule}");
        }
    }

    #[track_caller]
    fn check(rule: &str, in_alarm: &[&str], expected: bool) {
        let rule: Rule = rule.parse().unwrap();
        let state_of = |name: &str| match name {
            "gone" => None,
            _ if in_alarm.contains(&name) => Some(State::Alarm),
            _ => Some(State::Ok),
        };
        assert_eq!(rule.holds(&state_of), expected, "{rule:?}");
    }

    #[test]
    fn a_rule_holds_by_the_states_of_its_alarms() {
        check("ALARM(a)", &["a"], true);
        check("OK(a)", &["a"], false);
        check("INSUFFICIENT_DATA(gone)", &[], true);
        check("ALARM(a) AND NOT ALARM(b)", &["a"], true);
        check("ALARM(a) AND NOT ALARM(b)", &["a", "b"], false);
        check("ALARM(a) OR ALARM(b) AND ALARM(c)", &["a"], true);
        check("(ALARM(a) OR ALARM(b)) AND ALARM(c)", &["a"], false);
        check("TRUE AND NOT FALSE", &[], true);
        check("AT_LEAST(2, ALARM, (a, b, c))", &["a", "c"], true);
        check("AT_LEAST(2, ALARM, (a, b, c))", &["c"], false);
        check("AT_LEAST(\"50%\", OK, (a, b))", &["a"], true);
        check("AT_LEAST(\"51%\", OK, (a, b))", &["a"], false);
    }
}
