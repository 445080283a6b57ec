//! What is fuzzed: a function that takes any bytes.

/// A reader of bytes from outside.
#[derive(Clone, Copy)]
pub struct Parser {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it reads, for a person.
    pub reads: &'static str,
    /// Reads bytes. Whatever they are, it must return, and soon. A law that holds for every input may be asserted.
    pub feed: fn(&[u8]),
    /// Good inputs, from which bad ones are made.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of its language, to be put anywhere.
    pub words: &'static [&'static str],
}

impl Parser {
    /// The parser with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        crate::parsers::all().find(|parser| parser.name == name)
    }
}

/// What a parser that reads text makes of bytes: what is not UTF-8 is replaced, as whoever reads a file would refuse it.
pub(crate) fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::parsers;

    #[test]
    fn names_are_words_and_given_once() {
        let names: Vec<_> = parsers::all().map(|parser| parser.name).collect();
        let unique: BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
        for name in names {
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{name}"
            );
        }
    }

    #[test]
    fn every_parser_reads_its_own_good_inputs() {
        for parser in parsers::all() {
            let seeds = (parser.seeds)();
            assert!(!seeds.is_empty(), "{}", parser.name);
            for seed in seeds {
                (parser.feed)(&seed);
            }
        }
    }
}
