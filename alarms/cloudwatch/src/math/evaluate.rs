//! The values of an expression.
//!
//! All series of one evaluation have a point, or a gap, for each of the same periods. Source of the rules for gaps: the page
//! "Using metric math" of the CloudWatch user guide, whose tables are tests below.

use super::{Expression, Filler, Function, Operator};

/// What an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// One number.
    Scalar(f64),
    /// A value or a gap for each period, oldest first.
    Series(Vec<Option<f64>>),
    /// Several series.
    List(Vec<Vec<Option<f64>>>),
}

/// What an expression is evaluated over.
pub struct Scope<'a> {
    /// The value of an id.
    pub value_of: &'a dyn Fn(&str) -> Option<Value>,
    /// The series of the metrics, with their ids, for `METRICS`.
    pub metrics: &'a [(&'a str, &'a [Option<f64>])],
    /// The number of periods.
    pub periods: usize,
    /// The length of a period in seconds.
    pub period_s: u32,
}

/// The values of an expression. What [`Expression::kind`] refuses gives gaps.
#[must_use]
pub fn evaluate(expression: &Expression, scope: &Scope<'_>) -> Value {
    match expression {
        Expression::Number(number) => Value::Scalar(*number),
        Expression::Id(id) => (scope.value_of)(id).unwrap_or_else(|| scope.gaps()),
        Expression::Metrics(part) => {
            let part = part.as_deref().unwrap_or_default();
            let matching = scope.metrics.iter().filter(|(id, _)| id.contains(part));
            Value::List(matching.map(|(_, series)| series.to_vec()).collect())
        }
        Expression::Filler(_) => scope.gaps(),
        Expression::List(parts) => {
            Value::List(parts.iter().flat_map(|part| evaluate(part, scope).many()).collect())
        }
        Expression::Negative(inner) => evaluate(inner, scope).map(&|value| Some(-value)),
        Expression::Binary(operator, left, right) => {
            binary(*operator, evaluate(left, scope), evaluate(right, scope))
        }
        Expression::Call(function, arguments) => call(*function, arguments, scope),
    }
}

impl Scope<'_> {
    fn gaps(&self) -> Value {
        Value::Series(vec![None; self.periods])
    }
}

impl Value {
    /// As a series over `periods`: a number is the same at each.
    #[must_use]
    pub fn into_series(self, periods: usize) -> Vec<Option<f64>> {
        match self {
            Self::Scalar(number) => vec![Some(number); periods],
            Self::Series(series) => series,
            Self::List(list) => list.into_iter().next().unwrap_or_else(|| vec![None; periods]),
        }
    }

    fn many(self) -> Vec<Vec<Option<f64>>> {
        match self {
            Self::Scalar(_) => Vec::new(),
            Self::Series(series) => vec![series],
            Self::List(list) => list,
        }
    }

    fn map(self, change: &impl Fn(f64) -> Option<f64>) -> Self {
        let each =
            |series: Vec<Option<f64>>| series.into_iter().map(|value| value.and_then(change)).collect();
        match self {
            Self::Scalar(number) => change(number).map_or(Self::Series(Vec::new()), Self::Scalar),
            Self::Series(series) => Self::Series(each(series)),
            Self::List(list) => Self::List(list.into_iter().map(each).collect()),
        }
    }
}

fn binary(operator: Operator, left: Value, right: Value) -> Value {
    let apply = |left, right| finite(apply(operator, left, right));
    // A gap counts as 0 where the other series has a value; where both have gaps there is none.
    let pair = |left: &[Option<f64>], right: &[Option<f64>]| -> Vec<Option<f64>> {
        left.iter()
            .zip(right)
            .map(|(left, right)| match (left, right) {
                (None, None) => None,
                (left, right) => apply(left.unwrap_or(0.0), right.unwrap_or(0.0)),
            })
            .collect()
    };
    match (left, right) {
        (Value::Scalar(left), right) => right.map(&|right| apply(left, right)),
        (left, Value::Scalar(right)) => left.map(&|left| apply(left, right)),
        (Value::Series(left), Value::Series(right)) => Value::Series(pair(&left, &right)),
        (Value::List(left), Value::Series(right)) => {
            Value::List(left.iter().map(|left| pair(left, &right)).collect())
        }
        (Value::Series(left), Value::List(right)) => {
            Value::List(right.iter().map(|right| pair(&left, right)).collect())
        }
        (Value::List(left), Value::List(right)) => {
            Value::List(left.iter().zip(&right).map(|(left, right)| pair(left, right)).collect())
        }
    }
}

/// A division by 0, and whatever else is no number, drops the point.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn apply(operator: Operator, left: f64, right: f64) -> f64 {
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    #[expect(clippy::float_cmp, reason = "it is what `==` of metric math does")]
    match operator {
        Operator::Or => truth(left != 0.0 || right != 0.0),
        Operator::And => truth(left != 0.0 && right != 0.0),
        Operator::Equal => truth(left == right),
        Operator::NotEqual => truth(left != right),
        Operator::LessOrEqual => truth(left <= right),
        Operator::GreaterOrEqual => truth(left >= right),
        Operator::Less => truth(left < right),
        Operator::Greater => truth(left > right),
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Power => left.powf(right),
    }
}

fn call(function: Function, arguments: &[Expression], scope: &Scope<'_>) -> Value {
    let mut values = arguments.iter().map(|argument| evaluate(argument, scope));
    let first = values.next().unwrap_or_else(|| scope.gaps());
    match function {
        Function::Abs => first.map(&|value| Some(value.abs())),
        Function::Period => Value::Scalar(f64::from(scope.period_s)),
        Function::Rate => {
            let rate = |series: Vec<Option<f64>>| rate(&series, scope.period_s);
            match first {
                Value::List(list) => Value::List(list.into_iter().map(rate).collect()),
                other => Value::Series(rate(other.into_series(scope.periods))),
            }
        }
        Function::Sum | Function::Min | Function::Max | Function::Avg => match first {
            Value::List(list) => Value::Series(across(function, &list, scope.periods)),
            other => {
                let series = other.into_series(scope.periods);
                let present: Vec<_> = series.into_iter().flatten().collect();
                #[expect(clippy::cast_precision_loss, reason = "a list has few members")]
                fold(function, &present, present.len() as f64).map_or_else(|| scope.gaps(), Value::Scalar)
            }
        },
        Function::Fill => {
            let fill: Box<Fill> = match arguments.get(1) {
                Some(Expression::Filler(Filler::Repeat)) => Box::new(repeat),
                Some(Expression::Filler(Filler::Linear)) => Box::new(linear),
                _ => {
                    let filler = values.next().unwrap_or_else(|| scope.gaps()).into_series(scope.periods);
                    Box::new(move |series| {
                        series.into_iter().zip(&filler).map(|(value, filler)| value.or(*filler)).collect()
                    })
                }
            };
            match first {
                Value::List(list) => Value::List(list.into_iter().map(fill).collect()),
                other => Value::Series(fill(other.into_series(scope.periods))),
            }
        }
        Function::If => {
            let is_series = matches!(first, Value::Series(_));
            let condition = first.into_series(scope.periods);
            let then = values.next().unwrap_or_else(|| scope.gaps()).into_series(scope.periods);
            let otherwise = values.next().unwrap_or_else(|| scope.gaps()).into_series(scope.periods);
            let choices = condition.iter().zip(then.into_iter().zip(otherwise));
            // Source: where a series as a condition holds, a gap of the second argument is 0.
            let gap = is_series.then_some(0.0);
            Value::Series(
                choices
                    .map(
                        |(condition, (then, otherwise))| {
                            if (*condition)? == 0.0 { otherwise } else { then.or(gap) }
                        },
                    )
                    .collect(),
            )
        }
    }
}

/// Fills the gaps of a series.
type Fill = dyn Fn(Vec<Option<f64>>) -> Vec<Option<f64>>;

/// One value for each period at which any of the series has one. Source: gaps count as 0 in `AVG`.
fn across(function: Function, list: &[Vec<Option<f64>>], periods: usize) -> Vec<Option<f64>> {
    #[expect(clippy::cast_precision_loss, reason = "a list has few members")]
    let members = list.len() as f64;
    (0..periods)
        .map(|at| {
            let present: Vec<_> = list.iter().filter_map(|series| *series.get(at)?).collect();
            fold(function, &present, members)
        })
        .collect()
}

fn fold(function: Function, values: &[f64], members: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let sum = || values.iter().sum::<f64>();
    finite(match function {
        Function::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        Function::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Function::Avg => sum() / members,
        _ => sum(),
    })
}

/// The change to the value before, a second.
fn rate(series: &[Option<f64>], period_s: u32) -> Vec<Option<f64>> {
    let mut before: Option<(usize, f64)> = None;
    let points = series.iter().enumerate();
    points
        .map(|(at, value)| {
            let value = (*value)?;
            let earlier = before.replace((at, value));
            let (earlier_at, earlier) = earlier?;
            #[expect(clippy::cast_precision_loss, reason = "a series has few points")]
            let seconds = (at - earlier_at) as f64 * f64::from(period_s);
            finite((value - earlier) / seconds)
        })
        .collect()
}

fn repeat(series: Vec<Option<f64>>) -> Vec<Option<f64>> {
    let mut last = None;
    series
        .into_iter()
        .map(|value| {
            last = value.or(last);
            last
        })
        .collect()
}

/// A gap at an end, which has a value at one side alone, repeats that value.
fn linear(series: Vec<Option<f64>>) -> Vec<Option<f64>> {
    let known: Vec<(usize, f64)> =
        series.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))).collect();
    let filled = series.into_iter().enumerate().map(|(at, value)| {
        value.or_else(|| {
            let next = known.partition_point(|(other, _)| *other < at);
            let after = known.get(next);
            let before = next.checked_sub(1).and_then(|place| known.get(place));
            match (before, after) {
                (Some(&(from, start)), Some(&(to, end))) => {
                    #[expect(clippy::cast_precision_loss, reason = "a series has few points")]
                    let share = (at - from) as f64 / (to - from) as f64;
                    Some(start + (end - start) * share)
                }
                (Some(&(_, value)), None) | (None, Some(&(_, value))) => Some(value),
                (None, None) => None,
            }
        })
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Points = [Option<f64>];

    fn points(text: &str) -> Vec<Option<f64>> {
        text.split_whitespace().map(|point| point.parse().ok()).collect()
    }

    /// A gap is written as `-`.
    #[track_caller]
    fn check(text: &str, metrics: &[(&str, &str)], expected: &str) {
        let series: Vec<_> = metrics.iter().map(|(id, text)| (*id, points(text))).collect();
        let metrics: Vec<(&str, &Points)> =
            series.iter().map(|(id, points)| (*id, points.as_slice())).collect();
        let value_of = |id: &str| {
            let found = series.iter().find(|(name, _)| *name == id)?;
            Some(Value::Series(found.1.clone()))
        };
        let periods = metrics[0].1.len();
        let scope = Scope { value_of: &value_of, metrics: &metrics, periods, period_s: 60 };
        let value = evaluate(&text.parse().unwrap(), &scope).into_series(periods);
        assert_eq!(value, points(expected), "{text}");
    }

    /// Source: the tables of the page "Using metric math".
    #[test]
    fn the_documented_tables() {
        let pair = [("metric1", "30 20 0 0"), ("metric2", "20 - 20 -")];
        check("metric1 < metric2", &pair, "0 0 1 0");
        check("metric1 >= 30", &pair, "1 0 0 0");
        check("metric1 > 15 AND metric2 > 15", &pair, "1 0 0 0");
        let three = [("metric1", "1 1 0 0 -"), ("metric2", "30 - 0 0 30"), ("metric3", "0 0 20 - 20")];
        check("IF(metric1, metric2, metric3)", &three, "30 0 20 - -");
        check("IF(metric1, 5, metric3)", &three, "5 5 20 - -");
        check("IF(metric1, metric2, 5)", &three, "30 0 5 5 -");
        check("IF(metric1, metric2)", &three, "30 0 - - -");
        check("IF(1, metric2, metric3)", &three, "30 - 0 0 30");
        check("IF(0, metric2, metric3)", &three, "0 0 20 - 20");
    }

    #[test]
    fn gaps_in_arithmetic() {
        let failures = [("f", "- 2 - 1"), ("c", "- 4 4 -")];
        check("f + c", &failures, "- 6 4 1");
        // A gap of the divisor is 0, and a division by 0 drops the point.
        check("100 * f / c", &failures, "- 50 0 -");
        check("100 * FILL(f, 0) / FILL(c, 1)", &failures, "0 50 0 100");
        check("-f", &failures, "- -2 - -1");
        check("f * 2", &failures, "- 4 - 2");
        check("2 ^ f", &failures, "- 4 - 2");
        check("(0 - f) ^ 0.5", &failures, "- - - -");
        check("c / 0", &failures, "- - - -");
    }

    #[test]
    fn lists_and_functions() {
        let two = [("a1", "1 - 3 -"), ("b2", "5 6 - -")];
        check("SUM([a1, b2])", &two, "6 6 3 -");
        check("MIN(METRICS())", &two, "1 6 3 -");
        check("MAX([a1, b2])", &two, "5 6 3 -");
        check("AVG(METRICS())", &two, "3 3 1.5 -");
        check("SUM(METRICS(\"b\"))", &two, "5 6 - -");
        check("SUM(METRICS()/b2)", &two, "1.2 1 - -");
        check("a1 / SUM(a1)", &two, "0.25 - 0.75 -");
        check("RATE(a1)", &two, "- - 0.016666666666666666 -");
        check("ABS(a1 - b2)", &two, "4 6 3 -");
        check("b2 / PERIOD(b2) * 60", &two, "5 6 - -");
    }

    #[test]
    fn fillers() {
        let gaps = [("m", "- 1 - - 4 -"), ("n", "9 9 9 - - 9")];
        check("FILL(m, REPEAT)", &gaps, "- 1 1 1 4 4");
        check("FILL(m, LINEAR)", &gaps, "1 1 2 3 4 4");
        check("FILL(m, n)", &gaps, "9 1 9 - 4 9");
        check("FILL(FILL(m, n), 0)", &gaps, "9 1 9 0 4 9");
        check("SUM(FILL(METRICS(), 0))", &gaps, "9 10 9 0 4 9");
    }
}
