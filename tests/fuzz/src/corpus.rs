//! The inputs: good ones, and what becomes of them. Input `n` of a seed is always the same.

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::Value;

use crate::{Parser, edit};

/// Longest input in bytes: twice what an order may have.
pub const MAX_BYTES: usize = 131_072;

/// A good input, and the same as JSON if it is JSON.
struct Seed {
    bytes: Vec<u8>,
    json: Option<Value>,
}

/// What inputs are made from.
pub struct Corpus {
    seeds: Vec<Seed>,
    words: &'static [&'static str],
    seed: u64,
}

impl Corpus {
    /// A parser's good inputs, changed as `seed` says.
    #[must_use]
    pub fn new(parser: &Parser, seed: u64) -> Self {
        let seeds = (parser.seeds)().into_iter().map(|bytes| Seed {
            json: serde_json::from_slice(&bytes).ok().filter(is_nested),
            bytes,
        });
        Self {
            seeds: seeds.collect(),
            words: parser.words,
            seed,
        }
    }

    /// Input number `input`. The first are the good ones, unchanged.
    #[must_use]
    pub fn input(&self, input: u64) -> Vec<u8> {
        if let Some(seed) = usize::try_from(input).ok().and_then(|at| self.seeds.get(at)) {
            return seed.bytes.clone();
        }
        // Any odd constant does: inputs that follow each other get generators that do not.
        let mut dice = StdRng::seed_from_u64(self.seed ^ input.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut bytes = self.made(&mut dice);
        bytes.truncate(MAX_BYTES);
        bytes
    }

    fn made(&self, dice: &mut StdRng) -> Vec<u8> {
        if dice.random_ratio(1, 32) {
            return edit::noise(dice, self.words);
        }
        let Some(seed) = self.seeds.choose(dice) else {
            return edit::noise(dice, self.words);
        };
        match &seed.json {
            Some(json) if dice.random_ratio(5, 8) => {
                let others: Vec<&Value> = self.seeds.iter().filter_map(|seed| seed.json.as_ref()).collect();
                let mut json = json.clone();
                for _ in 0..=dice.random_range(0..4) {
                    edit::json(&mut json, dice, &others, self.words);
                }
                let mut bytes = json.to_string().into_bytes();
                if dice.random_ratio(1, 8) {
                    edit::bytes(&mut bytes, dice, &seed.bytes, self.words);
                }
                bytes
            }
            _ => {
                let mut bytes = seed.bytes.clone();
                let other = self
                    .seeds
                    .choose(dice)
                    .map_or(&[][..], |seed| seed.bytes.as_slice());
                for _ in 0..1_u32 << dice.random_range(0..5) {
                    edit::bytes(&mut bytes, dice, other, self.words);
                }
                bytes
            }
        }
    }
}

/// A number or a text alone has nothing to be rearranged.
fn is_nested(json: &Value) -> bool {
    json.is_object() || json.is_array()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const PARSER: Parser = Parser {
        name: "test",
        reads: "",
        feed: |_| {},
        seeds: || vec![br#"{"a":[1,"b",{"c":null}]}"#.to_vec(), b"plain text".to_vec()],
        words: &["word"],
    };

    #[test]
    fn an_input_is_always_the_same() {
        let (one, other) = (Corpus::new(&PARSER, 7), Corpus::new(&PARSER, 7));
        for input in 0..500 {
            assert_eq!(one.input(input), other.input(input), "{input}");
        }
    }

    #[test]
    fn seeds_and_numbers_make_a_difference() {
        let corpus = Corpus::new(&PARSER, 7);
        let inputs: BTreeSet<_> = (0..500).map(|input| corpus.input(input)).collect();
        assert!(inputs.len() > 400, "{}", inputs.len());
        let other = Corpus::new(&PARSER, 8);
        let same = (2..500).filter(|&input| corpus.input(input) == other.input(input));
        assert!(same.count() < 50);
    }

    #[test]
    fn the_first_inputs_are_the_good_ones_and_none_is_over_the_limit() {
        let corpus = Corpus::new(&PARSER, 7);
        assert_eq!(corpus.input(1), b"plain text");
        assert!((0..2_000).all(|input| corpus.input(input).len() <= MAX_BYTES));
    }

    #[test]
    fn many_inputs_are_json_still() {
        let corpus = Corpus::new(&PARSER, 7);
        let json = (0..1_000).filter(|&input| serde_json::from_slice::<Value>(&corpus.input(input)).is_ok());
        assert!(json.count() > 200);
    }
}
