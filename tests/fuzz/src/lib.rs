//! Byte fuzzing of everything here that reads bytes from outside, on stable Rust.
//!
//! A parser is a name, a function of bytes and some good inputs ([`parsers`]). The fuzzer changes the good inputs
//! ([`corpus`]), feeds each parser in a process of its own ([`child`]) and watches that process ([`watch`]): a panic, an
//! input that takes over a second, a process that dies or no longer answers, and memory without bound are findings.
//!
//! An input is a function of the parser, the seed and its number. So a finding repeats with these three alone, also when
//! the process that met it is gone. What does not live here: what a parser must answer (its own tests know).

pub mod child;
pub mod corpus;
mod edit;
pub mod finding;
pub mod parser;
pub mod parsers;
pub mod report;
pub mod shrink;
pub mod watch;

pub use finding::{Finding, Kind};
pub use parser::Parser;
