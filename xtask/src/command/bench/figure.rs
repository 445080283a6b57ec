//! The figures: what each is, in which profile, and the limit that it must keep to.

use contract::task::TaskKind;
use platform::bench::Benchmark;

use crate::cargo::Profile;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    /// Its name in the README, and of its samples.
    pub(super) name: String,
    pub(super) profile: Profile,
    pub(super) benchmark: Benchmark,
    pub(super) what: &'static str,
    pub(super) unit: Unit,
    /// Which percentile of the samples the value is.
    pub(super) percentile: usize,
    pub(super) limit: Limit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Ms,
    Bytes,
    PerSecond,
    Calls,
    Percent,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

use Benchmark::{
    Alarms, Init, Matching, Memory, Overhead, PriceTask, ProviderCalls, Ready, Starts, Synth, Throughput, Zip,
};
use Limit::{AtLeast, AtMost};
use Profile::{Dev, Release};
use Unit::{Bytes, Calls, Ms, PerSecond, Percent};

type Row = (Profile, Benchmark, &'static str, Unit, Limit, &'static str);

const RATE: &str = "executions that end in a second, 8 side by side, one ingredient each, with stand-ins that answer at once \
                    and up to 50 searches a second";

const STARTS: &str =
    "executions started a second with a data folder, each on disk before it is acknowledged, 64 side by side";

const FIGURES: [Row; 19] = [
    (Dev, Synth, "synth", Ms, AtMost(30.0), "`cargo xtask synth`, the built program"),
    (Dev, Synth, "synth-memory", Bytes, AtMost(30e6), "its highest resident set"),
    (Dev, Ready, "ready", Ms, AtMost(50.0), "the embedded environment, until it takes orders"),
    (
        Dev,
        Overhead,
        "overhead",
        Ms,
        AtMost(12.0),
        "what a warm execution takes longer than its stand-ins, from `start` to its end, 1,000 of them, its recipe's \
         ingredients all ordered",
    ),
    (Dev, Overhead, "overhead-p99", Ms, AtMost(30.0), "the same, 99 of 100"),
    (
        Dev,
        Overhead,
        "overhead-second-pass",
        Ms,
        AtMost(15.0),
        "the same where the recipe has ingredients that were not ordered, whose prices are kept",
    ),
    (Dev, Throughput, "throughput", PerSecond, AtLeast(60.0), RATE),
    (Release, Throughput, "throughput", PerSecond, AtLeast(150.0), RATE),
    (Dev, Starts, "starts", PerSecond, AtLeast(100.0), STARTS),
    (Release, Starts, "starts", PerSecond, AtLeast(300.0), STARTS),
    (
        Release,
        Starts,
        "starts-of-orders",
        PerSecond,
        AtLeast(30.0),
        "the same with the session that `start` writes before, in the embedded DynamoDB",
    ),
    (Dev, PriceTask, "price-task", Ms, AtMost(300.0), "the price task: ten ingredients at 200 ms a search"),
    (Dev, PriceTask, "price-task-cached", Ms, AtMost(10.0), "the same ten ingredients again"),
    (
        Dev,
        ProviderCalls,
        "provider-calls",
        Calls,
        AtMost(202.0),
        "calls of the price source for 1,000 orders over 200 different ingredients, 8 side by side",
    ),
    (
        Dev,
        Matching,
        "matching-precision",
        Percent,
        AtLeast(98.0),
        "matches of ingredients with surveyed goods that are right, over the table of names",
    ),
    (
        Dev,
        Matching,
        "matching-recall",
        Percent,
        AtLeast(80.0),
        "ingredients with a right good that the rule finds, over the same table",
    ),
    (
        Release,
        Alarms,
        "alarm-evaluations",
        PerSecond,
        AtLeast(1e6),
        "evaluations of an alarm a second on one core, M of N over points that are there",
    ),
    (Release, Alarms, "alarm-day", Ms, AtMost(500.0), "24 hours of every alarm, evaluated by the minute"),
    (
        Dev,
        Memory,
        "warm-memory",
        Bytes,
        AtMost(90e6),
        "the environment's whole process tree with all functions warm, shared pages once",
    ),
];

/// Figures that every function has: the program's name follows.
const OF_A_FUNCTION: [Row; 3] = [
    (Dev, Memory, "memory", Bytes, AtMost(25e6), "a function's highest resident set after 50 orders"),
    (Dev, Init, "init", Ms, AtMost(15.0), "a function, from its start until it asks for work"),
    (Release, Zip, "zip", Bytes, AtMost(5e6), "a function's zip"),
];

pub(super) fn all() -> Vec<Figure> {
    let figure = |name: String, (profile, benchmark, _, unit, limit, what): Row| Figure {
        percentile: if name.ends_with("-p99") { 99 } else { 50 },
        name,
        profile,
        benchmark,
        what,
        unit,
        limit,
    };
    let of_functions = OF_A_FUNCTION.into_iter().flat_map(|row| {
        TaskKind::ALL.iter().map(move |task| figure(format!("{}-{}", row.2, task.program()), row))
    });
    let figures = FIGURES.into_iter().map(|row| figure(row.2.to_owned(), row));
    figures.chain(of_functions).collect()
}

impl Unit {
    /// The end of a field's name in JSON.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Ms => "Ms",
            Self::Bytes => "Bytes",
            Self::PerSecond => "PerSecond",
            Self::Calls => "Calls",
            Self::Percent => "Percent",
        }
    }

    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Ms if value >= 100.0 => format!("{value:.0} ms"),
            Self::Ms => format!("{value:.1} ms"),
            // Rounded up: what is over its limit does not look as if it kept to it.
            Self::Bytes => format!("{:.1} MB", (value / 100_000.0).ceil() / 10.0),
            Self::PerSecond => format!("{value:.0}/s"),
            Self::Calls => format!("{value:.0}"),
            Self::Percent => format!("{value:.1} %"),
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

    pub(super) fn text(self, unit: Unit) -> String {
        match self {
            Self::AtMost(limit) => format!("≤ {}", unit.text(limit)),
            Self::AtLeast(limit) => format!("≥ {}", unit.text(limit)),
        }
    }
}
