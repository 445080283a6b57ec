//! No rule: how the rules about limits say that something is over one, or close to it.

use crate::report::Finding;

/// From how many percent of a limit on there is a warning: time enough to split things up.
const WARNING_PERCENT: u64 = 80;

#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// What is counted, with its verb: `the template has resources`.
    pub(super) what: &'static str,
    pub(super) most: u64,
}

impl Limit {
    /// An error over the limit, a warning close to it, nothing below.
    pub(super) fn finding(self, rule: &'static str, path: &str, count: usize) -> Option<Finding> {
        let Self { what, most } = self;
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        if count > most {
            let message = format!("{what} beyond the limit of {most}: {count}");
            return Some(Finding::error(rule, path, message));
        }
        let is_close = count.saturating_mul(100) >= most.saturating_mul(WARNING_PERCENT);
        is_close.then(|| {
            let message = format!("{what} close to the limit of {most}: {count}");
            Finding::warning(rule, path, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(count: usize, expect: Option<&str>) {
        let limit = Limit { what: "things", most: 50 };
        let found = limit.finding("rule", "path", count);
        let said = found.map(|finding| format!("{}: {}", finding.severity.as_str(), finding.message));
        assert_eq!(said.as_deref(), expect);
    }

    #[test]
    fn a_warning_from_four_fifths_on_and_an_error_beyond() {
        check(39, None);
        check(40, Some("warning: things close to the limit of 50: 40"));
        check(50, Some("warning: things close to the limit of 50: 50"));
        check(51, Some("error: things beyond the limit of 50: 51"));
    }
}
