//! The reader of a kept answer, for whoever feeds it bytes: the byte fuzzer. It is not a part of the interface.

use contract::PriceSource;
use jiff::Timestamp;

use super::{Kept, row};

/// Reads a body as a row of that source at that moment.
#[must_use]
pub fn read(source: PriceSource, body: &str, now: Timestamp) -> Option<Kept> {
    row::read(source, body, now)
}

/// Writes one.
#[must_use]
pub fn write(source: PriceSource, kept: &Kept) -> Option<String> {
    row::write(source, kept)
}
