//! Choice states.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::{Number, Value};

use super::{
    branch::{StateContext, Step},
    context::ContextObject,
    failure::Failure,
    shape,
};
use crate::model::{Choice, Operand, Path, Rule, Test, TypeTest, timestamp_of};

pub(super) fn run<'m>(state: &'m Choice, cx: &StateContext<'_, '_>) -> Result<Step<'m>, Failure> {
    let context = cx.context(0);
    let input = shape::select(&state.input_path, cx.input.value(), &context)?;
    let mut next = None;
    for choice in &state.choices {
        if holds(&choice.rule, &input, &context)? {
            next = Some(choice.next.as_str());
            break;
        }
    }
    let next = next.or(state.default.as_deref()).ok_or_else(|| Failure::no_choice_matched(&context.place))?;
    let output = shape::select(&state.output_path, &input, &context)?;
    Ok(Step { output: cx.output(output)?, next: Some(next) })
}

fn holds(rule: &Rule, data: &Value, context: &ContextObject<'_>) -> Result<bool, Failure> {
    match rule {
        Rule::Not(rule) => holds(rule, data, context).map(|held| !held),
        Rule::And(rules) => {
            for rule in rules {
                if !holds(rule, data, context)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Rule::Or(rules) => {
            for rule in rules {
                if holds(rule, data, context)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Rule::Test { variable, test: Test::Type(TypeTest::Present, expected) } => {
            Ok(context.read(variable, data).is_ok() == *expected)
        }
        Rule::Test { variable, test } => {
            let found = read(variable, data, context)?;
            passes(test, &found, data, context)
        }
    }
}

/// The value at a path of a rule, or AWS's words for a path to nothing.
fn read<'d>(path: &Path, data: &'d Value, context: &ContextObject<'_>) -> Result<Cow<'d, Value>, Failure> {
    context.read(path, data).map_err(|_| {
        let cause =
            format!("Invalid path '{path}': The choice state's condition path references an invalid value.");
        Failure::runtime(&context.place, &cause)
    })
}

fn passes(test: &Test, found: &Value, data: &Value, context: &ContextObject<'_>) -> Result<bool, Failure> {
    let by_path = |path: &Path| read(path, data, context);
    Ok(match test {
        Test::Type(is, expected) => is_a(*is, found) == *expected,
        Test::Matches(pattern) => found.as_str().is_some_and(|text| pattern.matches(text)),
        Test::String(comparison, operand) => {
            let ordering = match operand {
                Operand::Literal(other) => compare_text(found, other),
                Operand::Path(path) => by_path(path)?.as_str().and_then(|other| compare_text(found, other)),
            };
            ordering.is_some_and(|ordering| comparison.holds(ordering))
        }
        Test::Numeric(comparison, operand) => {
            let ordering = match operand {
                Operand::Literal(number) => compare_number(found, number),
                Operand::Path(path) => match by_path(path)?.as_ref() {
                    Value::Number(number) => compare_number(found, number),
                    _ => None,
                },
            };
            ordering.is_some_and(|ordering| comparison.holds(ordering))
        }
        Test::Timestamp(comparison, operand) => {
            let other = match operand {
                Operand::Literal(at) => Some(at.at()),
                Operand::Path(path) => by_path(path)?.as_str().and_then(timestamp_of),
            };
            let found = found.as_str().and_then(timestamp_of);
            found.zip(other).is_some_and(|(found, other)| comparison.holds(found.cmp(&other)))
        }
        Test::Boolean(operand) => {
            let other = match operand {
                Operand::Literal(b) => Some(*b),
                Operand::Path(path) => by_path(path)?.as_bool(),
            };
            found.as_bool().zip(other).is_some_and(|(found, other)| found == other)
        }
    })
}

fn is_a(is: TypeTest, found: &Value) -> bool {
    match is {
        // `IsPresent` was decided before the value was read.
        TypeTest::Present => true,
        TypeTest::Null => found.is_null(),
        TypeTest::Numeric => found.is_number(),
        TypeTest::String => found.is_string(),
        TypeTest::Boolean => found.is_boolean(),
        TypeTest::Timestamp => found.as_str().and_then(timestamp_of).is_some(),
    }
}

/// By UTF-16 code units, as Java compares.
fn compare_text(found: &Value, other: &str) -> Option<Ordering> {
    found.as_str().map(|text| text.encode_utf16().cmp(other.encode_utf16()))
}

/// By value: 1 and 1.0 are equal. Whole numbers are compared exactly.
fn compare_number(found: &Value, other: &Number) -> Option<Ordering> {
    let Value::Number(found) = found else { return None };
    match (found.as_i128(), other.as_i128()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => found.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}
