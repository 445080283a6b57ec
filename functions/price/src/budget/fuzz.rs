//! The reader of a budget's row, for whoever feeds it bytes: the byte fuzzer. It is not a part of the interface.

use super::ledger::{Ledger, Limits, Slot};

/// Reads a body as on a day and books a call: when it starts, in ms since 1970, if the row is read and lets it through.
#[must_use]
pub fn book(body: &str, now_ms: i64) -> Option<i64> {
    let mut ledger = Ledger::read(body, "2026-11-25", now_ms)?;
    let limits = Limits {
        per_second: 2,
        per_day: 10,
    };
    match ledger.book(limits, now_ms, now_ms.saturating_add(100_000)) {
        Slot::At(start_ms) => Some(start_ms),
        Slot::TooLate | Slot::Spent => None,
    }
}
