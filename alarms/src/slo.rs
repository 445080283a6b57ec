//! The objective for the success of executions, and burn rates: how fast failures use up what it allows.
//!
//! Source of the rates and windows: Google's SRE workbook, chapter 5.

/// An objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slo {
    /// The share of executions that succeed.
    pub objective: Objective,
    /// Orders that are expected in a day.
    pub orders_per_day: u32,
    /// The rates that are watched.
    pub burns: Vec<Burn>,
}

/// A share that succeeds: above 0 % and below 100 %, to hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objective(u16);

impl Objective {
    /// What a number of percent has to be, in words.
    pub const EXPECTED: &str = "a number of percent above 0 and below 100, with at most two decimals";

    /// A number of percent.
    #[must_use]
    pub fn new(percent: f64) -> Option<Self> {
        let hundredths = percent * 100.0;
        let whole = hundredths.round();
        if (hundredths - whole).abs() > 1e-6 || !(1.0..=9_999.0).contains(&whole) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 1 to 9,999")]
        Some(Self(whole as u16))
    }

    /// In percent.
    #[must_use]
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// A burn rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Burn {
    /// 14.4 times what the objective allows, over 1 h and 5 min: 2 % of a month's budget in an hour.
    Fast,
    /// 6 times, over 6 h and 30 min: 5 % in 6 hours.
    Medium,
    /// As much as it allows, over 3 days: 10 %.
    Slow,
}

/// A period of 3 days is taken by the API's documented limits; whether CloudWatch evaluates it was not verified on AWS.
pub const NOT_VERIFIED_ON_AWS: u32 = 259_200;

impl Burn {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Medium, Self::Slow];

    /// The word in an environment's file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Medium => "medium",
            Self::Slow => "slow",
        }
    }

    /// How many times what the objective allows.
    #[must_use]
    pub const fn rate(self) -> f64 {
        match self {
            Self::Fast => 14.4,
            Self::Medium => 6.0,
            Self::Slow => 1.0,
        }
    }

    /// The long window in seconds.
    #[must_use]
    pub const fn long_s(self) -> u32 {
        match self {
            Self::Fast => 3_600,
            Self::Medium => 21_600,
            Self::Slow => NOT_VERIFIED_ON_AWS,
        }
    }

    /// The short window in seconds: a twelfth of the long one, so that the alarm ends soon after the failures do.
    #[must_use]
    pub const fn short_s(self) -> Option<u32> {
        match self {
            Self::Fast => Some(300),
            Self::Medium => Some(1_800),
            Self::Slow => None,
        }
    }

    /// How many short windows back a burn still counts. The page waits for root causes and begins to wait anew after each minute
    /// without a burn, and a window with few orders may have a good one alone. So a burn counts until an order that fails has
    /// come again, at 500 orders a day and failures just above the rate: one in 20 minutes, or in 48.
    #[must_use]
    pub const fn short_windows(self) -> u32 {
        match self {
            Self::Fast => 6,
            Self::Medium | Self::Slow => 2,
        }
    }
}

impl Slo {
    /// The share of failures from which a rate is reached, in percent.
    #[must_use]
    pub fn threshold_percent(&self, burn: Burn) -> f64 {
        // In whole numbers: 14.4 x 1 is 14.399999999999999 otherwise.
        (burn.rate() * f64::from(10_000 - self.objective.0)).round() / 100.0
    }

    /// Whether a rate can occur at all: no more than every execution can fail.
    #[must_use]
    pub fn can_occur(&self, burn: Burn) -> bool {
        self.threshold_percent(burn) <= 100.0
    }

    /// The orders of a day from which one failure alone does not reach a rate that pages. One failure of k orders is a share of
    /// 100/k percent, and it has to stay below the threshold in the long window.
    #[must_use]
    pub fn least_orders_per_day(&self, burn: Burn) -> f64 {
        let orders_in_window = 100.0 / self.threshold_percent(burn);
        (orders_in_window * 86_400.0 / f64::from(burn.long_s())).ceil() + 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slo(objective: f64) -> Slo {
        Slo { objective: Objective::new(objective).unwrap(), orders_per_day: 500, burns: Burn::ALL.to_vec() }
    }

    #[test]
    fn an_objective_is_a_share() {
        assert_eq!(Objective::new(99.95).map(Objective::percent), Some(99.95));
        for percent in [0.0, 100.0, -1.0, 99.999, f64::NAN, f64::INFINITY] {
            assert_eq!(Objective::new(percent), None, "{percent}");
        }
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the results are rounded")]
    fn a_rate_above_the_greatest_cannot_occur() {
        assert_eq!(slo(99.0).threshold_percent(Burn::Fast), 14.4);
        assert!(slo(99.0).can_occur(Burn::Fast));
        assert!(!slo(90.0).can_occur(Burn::Fast));
        assert!(slo(90.0).can_occur(Burn::Medium));
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the results are rounded")]
    fn a_single_failure_pages_below_a_number_of_orders() {
        assert_eq!(slo(99.0).least_orders_per_day(Burn::Fast), 168.0);
        assert_eq!(slo(99.0).least_orders_per_day(Burn::Medium), 68.0);
        assert!(slo(99.9).least_orders_per_day(Burn::Fast) > 1_600.0);
    }
}
