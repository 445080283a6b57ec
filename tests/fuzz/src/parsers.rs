//! Everything that is fuzzed, by whose bytes it reads.

mod environment;
mod functions;
mod json;
mod language;
mod person;
mod stack;

use crate::Parser;

/// Every parser.
pub fn all() -> impl Iterator<Item = &'static Parser> {
    [
        person::PARSERS,
        stack::PARSERS,
        language::PARSERS,
        functions::PARSERS,
        environment::PARSERS,
    ]
    .into_iter()
    .flatten()
}
