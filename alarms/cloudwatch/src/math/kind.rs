//! Whether an expression gives a number, a series or a list of series, and whether an alarm can rely on it.

use std::fmt;

use super::{Expression, Function};

/// What an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One number.
    Scalar,
    /// A value for each period.
    Series,
    /// Several series.
    List,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "a number",
            Self::Series => "one series",
            Self::List => "a list of series",
        })
    }
}

/// An expression whose parts do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KindError {
    /// An id that no query of the alarm has.
    #[error("no metric or expression has the id {0}")]
    UnknownId(String),
    /// A function or operator with an operand that it does not take.
    #[error("{0} does not take {1}")]
    Operand(String, Kind),
    /// `REPEAT` or `LINEAR` outside of `FILL`.
    #[error("REPEAT and LINEAR stand in FILL alone")]
    Filler,
}

/// A use that gives other results as soon as CloudWatch retrieves more points than the alarm's evaluation periods, which it
/// does. Source: "We recommend that you do not use this function in CloudWatch alarms", page "Using metric math".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsafe {
    /// `SUM`, `MIN`, `MAX` or `AVG` of one series.
    pub function: &'static str,
}

impl Expression {
    /// What the expression gives, where `kind_of` says what each id gives; and its uses that are unsafe in an alarm.
    ///
    /// # Errors
    /// Its parts do not fit together.
    pub fn kind(
        &self,
        kind_of: &impl Fn(&str) -> Option<Kind>,
        found: &mut Vec<Unsafe>,
    ) -> Result<Kind, KindError> {
        match self {
            Self::Number(_) => Ok(Kind::Scalar),
            Self::Id(id) => kind_of(id).ok_or_else(|| KindError::UnknownId(id.clone())),
            Self::Metrics(_) => Ok(Kind::List),
            Self::Filler(_) => Err(KindError::Filler),
            Self::Negative(inner) => inner.kind(kind_of, found),
            Self::List(parts) => {
                for part in parts {
                    if part.kind(kind_of, found)? == Kind::Scalar {
                        return Err(KindError::Operand("a list".to_owned(), Kind::Scalar));
                    }
                }
                Ok(Kind::List)
            }
            Self::Binary(operator, left, right) => {
                match (left.kind(kind_of, found)?, right.kind(kind_of, found)?) {
                    // A number beside a series is a series, and a series beside a list a list.
                    (Kind::Scalar, other) | (other, Kind::Scalar) => Ok(other),
                    (Kind::Series, Kind::Series) => Ok(Kind::Series),
                    (Kind::Series, Kind::List) | (Kind::List, Kind::Series) => Ok(Kind::List),
                    (Kind::List, Kind::List) => Err(KindError::Operand(format!("{operator:?}"), Kind::List)),
                }
            }
            Self::Call(function, arguments) => call(*function, arguments, kind_of, found),
        }
    }
}

fn call(
    function: Function,
    arguments: &[Expression],
    kind_of: &impl Fn(&str) -> Option<Kind>,
    found: &mut Vec<Unsafe>,
) -> Result<Kind, KindError> {
    let mut kinds = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        if let (Function::Fill, 1, Expression::Filler(_)) = (function, at, argument) {
            kinds.push(Kind::Scalar);
        } else {
            kinds.push(argument.kind(kind_of, found)?);
        }
    }
    let refused = |kind| Err(KindError::Operand(function.name().to_owned(), kind));
    match (function, kinds.as_slice()) {
        (Function::Sum | Function::Min | Function::Max | Function::Avg, [Kind::Series]) => {
            found.push(Unsafe { function: function.name() });
            Ok(Kind::Scalar)
        }
        (Function::Sum | Function::Min | Function::Max | Function::Avg, [Kind::List])
        | (Function::Rate | Function::Abs, [Kind::Series]) => Ok(Kind::Series),
        (Function::Rate | Function::Abs, [Kind::List]) => Ok(Kind::List),
        (Function::Period, [Kind::Series]) => match arguments {
            [Expression::Id(_)] => Ok(Kind::Scalar),
            _ => refused(Kind::Series),
        },
        (Function::Fill, [filled @ (Kind::Series | Kind::List), Kind::Scalar | Kind::Series]) => Ok(*filled),
        (Function::If, [Kind::Scalar | Kind::Series, values @ ..]) if !values.contains(&Kind::List) => {
            if kinds.contains(&Kind::Series) {
                Ok(Kind::Series)
            } else {
                refused(Kind::Scalar)
            }
        }
        (_, kinds) => refused(if kinds.contains(&Kind::List) { Kind::List } else { Kind::Scalar }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> (Result<Kind, KindError>, usize) {
        let mut found = Vec::new();
        let kind_of = |id: &str| match id {
            "m1" | "m2" => Some(Kind::Series),
            _ => None,
        };
        let kind = text.parse::<Expression>().unwrap().kind(&kind_of, &mut found);
        (kind, found.len())
    }

    #[test]
    fn an_expression_has_a_kind() {
        for (text, expected, unsafe_uses) in [
            ("1+2", Kind::Scalar, 0),
            ("m1/m2*100", Kind::Series, 0),
            ("[m1,m2]/m1", Kind::List, 0),
            ("SUM(METRICS())/PERIOD(m1)", Kind::Series, 0),
            ("SUM(m1)", Kind::Scalar, 1),
            ("m1-MAX(m1)+AVG(m2)", Kind::Series, 2),
            ("IF(m1>1, 5)", Kind::Series, 0),
            ("IF(m1, m2, 0)", Kind::Series, 0),
            ("FILL(METRICS(), REPEAT)", Kind::List, 0),
            ("FILL(m1, m2)", Kind::Series, 0),
            ("RATE(m1)", Kind::Series, 0),
        ] {
            assert_eq!(kind(text), (Ok(expected), unsafe_uses), "{text}");
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        for text in [
            "m3",
            "SUM(1)",
            "RATE(1)",
            "[1]",
            "METRICS()+[m1]",
            "IF([m1],1,2)",
            "IF(1,2,3)",
            "FILL(1,2)",
            "PERIOD(m1+m2)",
            "REPEAT+m1",
            "IF(m1,LINEAR)",
        ] {
            assert!(kind(text).0.is_err(), "{text}");
        }
    }
}
