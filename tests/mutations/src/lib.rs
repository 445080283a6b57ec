//! Property tests of parsers over mutated bytes: whatever is read, a parser returns, and what it promises holds.
//!
//! `PROPTEST_CASES=100000 cargo test mutated` looks for longer than the usual 256 cases of each parser.

use std::fmt;

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, TestRunner},
};

/// Repetitions of a word: enough to overflow the stack of a parser that recurses without a bound.
const MAX_REPETITIONS: usize = 20_000;

/// Reads every sample, and many mutations of each.
///
/// # Panics
/// `read` panics, with the smallest input that was found for it.
#[expect(clippy::panic, reason = "it is how a test fails")]
pub fn check<S: AsRef<[u8]>>(samples: &[S], words: &[&'static str], read: impl Fn(&[u8])) {
    for sample in samples {
        read(sample.as_ref());
    }
    let samples: Vec<_> = samples.iter().map(|sample| sample.as_ref().to_vec()).collect();
    let config = Config { failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&mutated(samples, words), |bytes| {
        read(&bytes.0);
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// Bytes that are shown as text.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// One mutation. Places are taken modulo what is there.
#[derive(Debug, Clone)]
enum Edit {
    Replace(Index, u8),
    Remove(Index, Index),
    Duplicate(Index, Index),
    Insert(Index, Vec<u8>),
    Truncate(Index),
}

fn mutated(samples: Vec<Vec<u8>>, words: &[&'static str]) -> impl Strategy<Value = Bytes> + use<> {
    let word = select([words, &["\"", "{", "[", "\0", "\u{fffd}", "-1", "1e999"]].concat());
    let piece = select(samples.clone());
    let insertion = prop_oneof![
        4 => word.clone().prop_map(|word| word.as_bytes().to_vec()),
        1 => (word, 1..MAX_REPETITIONS).prop_map(|(word, times)| word.repeat(times).into_bytes()),
        1 => piece.prop_map(|piece| piece),
    ];
    let edit = prop_oneof![
        2 => any::<(Index, u8)>().prop_map(|(at, byte)| Edit::Replace(at, byte)),
        2 => any::<(Index, Index)>().prop_map(|(from, to)| Edit::Remove(from, to)),
        1 => any::<(Index, Index)>().prop_map(|(from, to)| Edit::Duplicate(from, to)),
        4 => (any::<Index>(), insertion).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        1 => any::<Index>().prop_map(Edit::Truncate),
    ];
    (select(samples), vec(edit, 1..6)).prop_map(|(mut bytes, edits)| {
        for edit in edits {
            apply(&mut bytes, edit);
        }
        Bytes(bytes)
    })
}

fn apply(bytes: &mut Vec<u8>, edit: Edit) {
    let places = bytes.len() + 1;
    let place = |at: Index| at.index(places);
    match edit {
        Edit::Replace(at, byte) => {
            let at = place(at);
            if let Some(old) = bytes.get_mut(at) {
                *old = byte;
            }
        }
        Edit::Remove(from, to) => {
            let (from, to) = (place(from), place(to));
            bytes.drain(from.min(to)..from.max(to));
        }
        Edit::Duplicate(from, to) => {
            let (from, to) = (place(from), place(to));
            bytes.extend_from_within(from.min(to)..from.max(to));
        }
        Edit::Insert(at, inserted) => {
            let at = place(at);
            bytes.splice(at..at, inserted);
        }
        Edit::Truncate(at) => bytes.truncate(place(at)),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_parser_that_panics_is_found() {
        let found = std::panic::catch_unwind(|| {
            check(&["{\"a\":1}"], &["boom"], |bytes| {
                let is_bad = String::from_utf8_lossy(bytes).contains("boom");
                assert!(!is_bad, "too much");
            });
        });
        assert!(found.is_err());
    }

    #[test]
    fn inputs_are_changed_and_grow_deep() {
        let (other, largest) = (Cell::new(0), Cell::new(0));
        check(&["{\"a\":1}"], &["["], |bytes| {
            other.set(other.get() + usize::from(bytes != b"{\"a\":1}"));
            largest.set(bytes.len().max(largest.get()));
        });
        assert!(other.get() > 200 && largest.get() > 1_000);
    }
}
