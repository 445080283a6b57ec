//! The wall clock of the environment: the one place of this crate that reads it.

use jiff::Timestamp;

pub fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the embedded environment is an edge; everything else asks here"
    )]
    let now = Timestamp::now();
    // AWS returns milliseconds, and the tables store them: a value that is read back equals the one that was returned.
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// A moment as our wire and AWS's JSON logs write it: UTC with milliseconds, `2026-11-22T03:04:05.678Z`.
pub fn wire(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_three_digits() {
        assert_eq!(wire(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }
}
