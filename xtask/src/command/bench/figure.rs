//! The figures: what each is, in which profile, what it must keep to. How one is measured lives beside this file.

use clap::ValueEnum;
use contract::task::{PriceFetcher, RecipeGenerator, ResultCombiner, Task};

use super::sample::Statistic;
use crate::cargo::Profile;

/// What is measured together, by one command: `cargo xtask bench NAME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Family {
    /// `xtask synth`, the built program: its time and its memory
    Synth,
    /// How many crates are built for `xtask synth`
    Crates,
    /// The embedded environment, until it takes orders
    Ready,
    /// The embedded environment's memory, with all functions warm
    WarmMemory,
    /// What an execution takes longer than its stand-ins: 1,000 of them
    Overhead,
    /// An execution with 1,500 ms on both branches, on warm functions
    Execution,
    /// Ten ingredients at 200 ms a search, and the same ten again
    PriceTask,
    /// Calls of a price source for 1,000 orders over 200 ingredients, and how many in a second
    ProviderCalls,
    /// The rule that matches ingredients with surveyed goods
    Matching,
    /// Every function, from its start until it asks for work
    Init,
    /// Every function's memory
    FunctionMemory,
    /// Orders that end in a second, against stand-ins that answer at once
    Throughput,
    /// Memory after minutes of such a load, over that at its beginning
    MemoryGrowth,
    /// State transitions of the interpreter in a second, on one core
    Interpreter,
    /// What spoilt input finds in 60 seconds at each parser, some minutes in all
    Fuzz,
    /// Every function's zip, stripped
    Zip,
}

impl Family {
    /// Its name on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Ms,
    Bytes,
    PerSecond,
    Crates,
    Findings,
    Calls,
    Percent,
    /// One number over another.
    Ratio,
}

/// What a value must keep to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// One figure in one profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    /// In kebab-case. It never changes.
    pub(super) name: &'static str,
    pub(super) profile: Profile,
    pub(super) family: Family,
    pub(super) what: &'static str,
    pub(super) unit: Unit,
    /// Which of the samples is the value.
    pub(super) statistic: Statistic,
    pub(super) limit: Limit,
    pub(super) function: Option<&'static str>,
}

impl Unit {
    /// The end of a field's name in JSON.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Ms => "Ms",
            Self::Bytes => "Bytes",
            Self::PerSecond => "PerSecond",
            Self::Crates => "Crates",
            Self::Findings => "Findings",
            Self::Calls => "Calls",
            Self::Percent => "Percent",
            Self::Ratio => "Ratio",
        }
    }

    /// A value as a person reads it.
    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Ms if value >= 100.0 => format!("{value:.0} ms"),
            Self::Ms => format!("{value:.1} ms"),
            // Up: what is over its limit does not look as if it kept to it.
            Self::Bytes => format!("{:.2} MB", (value / 10_000.0).ceil() / 100.0),
            Self::PerSecond => format!("{value:.0}/s"),
            Self::Crates | Self::Findings | Self::Calls => format!("{value:.0}"),
            Self::Percent => format!("{value:.1} %"),
            Self::Ratio => format!("{value:.3}"),
        }
    }

    /// A limit or a peer's value as a person reads it: round as it is.
    pub(super) fn round_text(self, value: f64) -> String {
        match self {
            Self::Ms => format!("{value:.0} ms"),
            Self::Bytes => format!("{:.0} MB", value / 1_000_000.0),
            Self::PerSecond | Self::Crates | Self::Findings | Self::Calls => self.text(value),
            Self::Percent => format!("{value:.0} %"),
            Self::Ratio => format!("{value:.2}"),
        }
    }
}

impl Limit {
    pub(super) fn keeps(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    pub(super) const fn value(self) -> f64 {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) => limit,
        }
    }

    /// The sign between a value that keeps to it and the limit.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::AtMost(_) => "≤",
            Self::AtLeast(_) => "≥",
        }
    }
}

impl Figure {
    const fn new(family: Family, name: &'static str, what: &'static str, unit: Unit, limit: Limit) -> Self {
        Self {
            name,
            profile: Profile::Dev,
            family,
            what,
            unit,
            statistic: Statistic::Median,
            limit,
            function: None,
        }
    }

    const fn of(mut self, function: &'static str) -> Self {
        self.function = Some(function);
        self
    }

    const fn p99(mut self) -> Self {
        self.statistic = Statistic::P99;
        self
    }

    /// The same figure of what is released.
    const fn released(mut self, limit: Limit) -> Self {
        self.profile = Profile::Release;
        self.limit = limit;
        self
    }

    const fn init(name: &'static str, function: &'static str) -> Self {
        const WHAT: &str = "a function, from its start until it asks for work";
        Self::new(Family::Init, name, WHAT, Unit::Ms, AtMost(15.0)).of(function)
    }

    const fn memory(name: &'static str, function: &'static str) -> Self {
        const WHAT: &str = "a function's highest resident set after 50 orders";
        Self::new(Family::FunctionMemory, name, WHAT, Unit::Bytes, AtMost(25e6)).of(function)
    }

    const fn zip(name: &'static str, function: &'static str) -> Self {
        const MOST: Limit = AtMost(5e6);
        Self::new(Family::Zip, name, "a function's zip", Unit::Bytes, MOST)
            .of(function)
            .released(MOST)
    }
}

use Limit::{AtLeast, AtMost};

const RECIPE: &str = RecipeGenerator::NAME;
const PRICE: &str = PriceFetcher::NAME;
const COMBINE: &str = ResultCombiner::NAME;

const THROUGHPUT: Figure = Figure::new(
    Family::Throughput,
    "throughput",
    "executions that end in a second, 8 side by side, one ingredient each, with stand-ins that answer at once and up to 50 searches a second",
    Unit::PerSecond,
    AtLeast(60.0),
);

/// Every figure, in the order in which they are shown.
pub(super) static FIGURES: &[Figure] = &[
    Figure::new(
        Family::Synth,
        "synth",
        "`cargo xtask synth`, the built program",
        Unit::Ms,
        AtMost(30.0),
    ),
    Figure::new(
        Family::Synth,
        "synth-memory",
        "its highest resident set",
        Unit::Bytes,
        AtMost(30e6),
    ),
    Figure::new(
        Family::Crates,
        "crates",
        "crates that are built for it, its own included",
        Unit::Crates,
        AtMost(110.0),
    ),
    Figure::new(
        Family::Ready,
        "ready",
        "the embedded environment, until it takes orders",
        Unit::Ms,
        AtMost(50.0),
    ),
    Figure::new(
        Family::WarmMemory,
        "warm-memory",
        "its whole process tree with all functions warm, shared pages once",
        Unit::Bytes,
        AtMost(90e6),
    ),
    Figure::new(
        Family::Overhead,
        "overhead",
        "what a warm execution takes longer than its stand-ins, from `start` to its end, 1,000 of them, its recipe's ingredients all ordered",
        Unit::Ms,
        AtMost(12.0),
    ),
    Figure::new(
        Family::Overhead,
        "overhead-p99",
        "the same, 99 of 100",
        Unit::Ms,
        AtMost(30.0),
    )
    .p99(),
    Figure::new(
        Family::Overhead,
        "overhead-second-pass",
        "the same where the recipe has ingredients that were not ordered, whose prices are kept",
        Unit::Ms,
        AtMost(15.0),
    ),
    Figure::new(
        Family::Execution,
        "execution",
        "an execution with 1,500 ms on both branches",
        Unit::Ms,
        AtMost(1_560.0),
    ),
    Figure::new(
        Family::PriceTask,
        "price-task",
        "the price task: ten ingredients at 200 ms a search",
        Unit::Ms,
        AtMost(300.0),
    ),
    Figure::new(
        Family::PriceTask,
        "price-task-cached",
        "the same ten ingredients again",
        Unit::Ms,
        AtMost(10.0),
    ),
    Figure::new(
        Family::ProviderCalls,
        "provider-calls",
        "calls of the price source for 1,000 orders over 200 different ingredients, 8 side by side",
        Unit::Calls,
        AtMost(202.0),
    ),
    Figure::new(
        Family::Matching,
        "matching-precision",
        "matches of ingredients with surveyed goods that are right, over the table of names",
        Unit::Percent,
        AtLeast(98.0),
    ),
    Figure::new(
        Family::Matching,
        "matching-recall",
        "ingredients with a right good that the rule finds, over the same table",
        Unit::Percent,
        AtLeast(80.0),
    ),
    THROUGHPUT,
    THROUGHPUT.released(AtLeast(150.0)),
    Figure::new(
        Family::MemoryGrowth,
        "memory-growth",
        "memory in the last sixth of 180 s at 60 such executions a second, over its second sixth",
        Unit::Ratio,
        AtMost(1.10),
    ),
    Figure::new(
        Family::Interpreter,
        "interpreter",
        "state transitions of the interpreter in a second, on one core",
        Unit::PerSecond,
        AtLeast(100_000.0),
    )
    .released(AtLeast(100_000.0)),
    Figure::new(
        Family::Fuzz,
        "fuzz-findings",
        "panics, crashes, hangs and memory without bound, 60 s of spoilt input at each parser",
        Unit::Findings,
        AtMost(0.0),
    ),
    Figure::init("init-recipe-generator", RECIPE),
    Figure::init("init-price-fetcher", PRICE),
    Figure::init("init-result-combiner", COMBINE),
    Figure::memory("memory-recipe-generator", RECIPE),
    Figure::memory("memory-price-fetcher", PRICE),
    Figure::memory("memory-result-combiner", COMBINE),
    Figure::zip("zip-recipe-generator", RECIPE),
    Figure::zip("zip-price-fetcher", PRICE),
    Figure::zip("zip-result-combiner", COMBINE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_profile_are_one_figure() {
        let mut seen = Vec::new();
        for figure in FIGURES {
            let key = (figure.name, figure.profile);
            assert!(!seen.contains(&key), "{key:?}");
            seen.push(key);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(figure.name.chars().all(kebab), "{}", figure.name);
        }
    }

    #[test]
    fn every_family_has_a_figure() {
        for family in Family::value_variants() {
            assert!(
                FIGURES.iter().any(|figure| figure.family == *family),
                "{family:?}"
            );
        }
    }

    #[test]
    fn a_limit_is_kept_up_to_itself() {
        for (limit, value, expected) in [
            (AtMost(10.0), 10.0, true),
            (AtMost(10.0), 10.1, false),
            (AtLeast(10.0), 10.0, true),
            (AtLeast(10.0), 9.9, false),
            (AtMost(10.0), f64::NAN, false),
        ] {
            assert_eq!(limit.keeps(value), expected, "{limit:?} {value}");
        }
    }
}
