//! Ways to spoil an input: as bytes, and as JSON.

use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::{Map, Number, Value};

/// Pieces that parsers trip over, of no one's language.
const PIECES: [&str; 46] = [
    "",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\"",
    "\\",
    "'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    ":",
    ",",
    ".",
    "..",
    "$",
    "$.",
    "$$.",
    "${",
    "*",
    "&",
    "&#",
    "&#x110000;",
    "%",
    "%2",
    "//",
    "-",
    "-0",
    "1e400",
    "-1e-400",
    "18446744073709551616",
    "9223372036854775807",
    "0.1",
    "null",
    "\u{feff}",
    "\u{202e}",
    "\\u0000",
    "\\ud800",
    "가",
    "👩‍👩‍👧‍👦",
];

/// Numbers at the edges of the types that hold them.
const NUMBERS: [i64; 14] = [
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    4_294_967_295,
    4_294_967_296,
    i64::MAX,
    i64::MIN,
];

/// Most times that a piece is repeated.
const MAX_REPEATS: usize = 3_000;

fn piece(dice: &mut StdRng, words: &[&'static str]) -> &'static str {
    let from = if words.is_empty() || dice.random_ratio(1, 2) {
        &PIECES
    } else {
        words
    };
    from.choose(dice).copied().unwrap_or_default()
}

/// Bytes that come from no good input: any bytes, or pieces in a row, or one piece many times.
pub(crate) fn noise(dice: &mut StdRng, words: &[&'static str]) -> Vec<u8> {
    match dice.random_range(0..3) {
        0 => (0..dice.random_range(0..200)).map(|_| dice.random()).collect(),
        1 => (0..dice.random_range(0..60))
            .flat_map(|_| piece(dice, words).bytes())
            .collect(),
        _ => piece(dice, words)
            .repeat(dice.random_range(1..MAX_REPEATS))
            .into_bytes(),
    }
}

/// A part of something with this length: where it begins and where it ends.
fn part(dice: &mut StdRng, length: usize) -> std::ops::Range<usize> {
    let begin = dice.random_range(0..=length);
    let most = (length - begin).min(1 << dice.random_range(0..12));
    begin..begin + dice.random_range(0..=most)
}

/// Spoils bytes once.
pub(crate) fn bytes(bytes: &mut Vec<u8>, dice: &mut StdRng, other: &[u8], words: &[&'static str]) {
    let length = bytes.len();
    let one = (length > 0).then(|| dice.random_range(0..length));
    let one = one.and_then(|at| bytes.get_mut(at));
    match (dice.random_range(0..10), one) {
        (0, Some(byte)) => *byte ^= 1 << dice.random_range(0..8),
        (1, Some(byte)) => *byte = dice.random(),
        (2, _) => bytes.truncate(dice.random_range(0..=length)),
        (3, _) => drop(bytes.drain(part(dice, length))),
        (4, _) => {
            let again: Vec<u8> = bytes.get(part(dice, length)).unwrap_or_default().to_vec();
            let times = if dice.random_ratio(1, 8) {
                dice.random_range(1..200)
            } else {
                1
            };
            insert(bytes, dice, &again.repeat(times));
        }
        (5, _) => {
            let theirs = other.get(part(dice, other.len())).unwrap_or_default();
            let ours = part(dice, length);
            bytes.splice(ours, theirs.iter().copied());
        }
        (6, _) => {
            let number = number(dice).to_string();
            insert(bytes, dice, number.as_bytes());
        }
        (7, _) => {
            let many = piece(dice, words).repeat(dice.random_range(1..MAX_REPEATS));
            insert(bytes, dice, many.as_bytes());
        }
        _ => {
            let piece = piece(dice, words);
            insert(bytes, dice, piece.as_bytes());
        }
    }
}

/// Puts bytes somewhere, or in the place of what is there.
fn insert(bytes: &mut Vec<u8>, dice: &mut StdRng, new: &[u8]) {
    let at = dice.random_range(0..=bytes.len());
    let end = if dice.random() {
        at
    } else {
        (at + new.len()).min(bytes.len())
    };
    bytes.splice(at..end, new.iter().copied());
}

fn number(dice: &mut StdRng) -> Number {
    let edge = NUMBERS.choose(dice).copied().unwrap_or_default();
    match dice.random_range(0..5) {
        0 => Number::from(edge.wrapping_add(dice.random_range(-2..=2))),
        1 => Number::from(dice.random_range(-100..1_000)),
        2 => Number::from_f64(f64::from_bits(dice.random())).unwrap_or_else(|| 0.into()),
        3 => Number::from_f64(dice.random_range(-1.0..1.0) * 1e3).unwrap_or_else(|| 0.into()),
        _ => Number::from(edge),
    }
}

/// Spoils a JSON text once, so that it is JSON still.
pub(crate) fn json(json: &mut Value, dice: &mut StdRng, others: &[&Value], words: &[&'static str]) {
    let at = dice.random_range(0..count(json));
    if let Some(node) = nth(json, &mut { at }) {
        node_of(node, dice, others, words);
    }
}

fn node_of(node: &mut Value, dice: &mut StdRng, others: &[&Value], words: &[&'static str]) {
    match (dice.random_range(0..8), &mut *node) {
        (0 | 1, Value::Object(fields)) if !fields.is_empty() => {
            let at = dice.random_range(0..fields.len());
            let key = fields.keys().nth(at).cloned().unwrap_or_default();
            let value = fields.remove(&key).unwrap_or_default();
            // Left out, renamed, or there under another name as well.
            if dice.random() {
                fields.insert(piece(dice, words).to_owned(), value.clone());
            }
            if dice.random_ratio(1, 4) {
                fields.insert(key, value);
            }
        }
        (0 | 1, Value::Array(items)) if !items.is_empty() => {
            let at = dice.random_range(0..items.len());
            if dice.random() {
                items.remove(at);
            } else {
                let again = items.get(at).cloned().unwrap_or_default();
                for _ in 0..dice.random_range(1..70) {
                    items.push(again.clone());
                }
            }
        }
        (0..=3, Value::String(text)) => {
            let mut spoilt = std::mem::take(text).into_bytes();
            bytes(&mut spoilt, dice, &[], words);
            *text = String::from_utf8_lossy(&spoilt).into_owned();
        }
        (4, _) => {
            let mut inside = node.take();
            for _ in 0..1_u32 << dice.random_range(0..7) {
                inside = if dice.random() {
                    Value::Array(vec![inside])
                } else {
                    Value::Object(Map::from_iter([(piece(dice, words).to_owned(), inside)]))
                };
            }
            *node = inside;
        }
        (5, _) => {
            let other = others.choose(dice).copied().cloned();
            let mut other = other.unwrap_or_default();
            let at = dice.random_range(0..count(&other));
            if let Some(theirs) = nth(&mut other, &mut { at }) {
                *node = theirs.take();
            }
        }
        _ => *node = scalar(dice, words),
    }
}

fn scalar(dice: &mut StdRng, words: &[&'static str]) -> Value {
    match dice.random_range(0..8) {
        0 => Value::Null,
        1 => Value::Bool(dice.random()),
        2 | 3 => Value::Number(number(dice)),
        4 => Value::Array(Vec::new()),
        5 => Value::Object(Map::new()),
        _ => Value::String(piece(dice, words).to_owned()),
    }
}

/// How many values a value is, itself counted.
fn count(json: &Value) -> usize {
    match json {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// The value number `left` in a value, itself number 0.
fn nth<'v>(json: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(json);
    }
    *left -= 1;
    match json {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, left)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_has_its_number() {
        let mut value = json!({"a": [1, {"b": 2}], "c": 3});
        assert_eq!(count(&value), 6);
        let found: Vec<_> = (0..6)
            .map(|at| nth(&mut value, &mut { at }).unwrap().clone())
            .collect();
        for expected in [
            json!([1, {"b": 2}]),
            json!(1),
            json!({"b": 2}),
            json!(2),
            json!(3),
        ] {
            assert!(found.contains(&expected), "{expected}");
        }
        assert!(nth(&mut value, &mut 6).is_none());
    }
}
