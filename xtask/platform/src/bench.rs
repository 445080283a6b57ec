//! What `cargo xtask bench` asks the program `local` to measure, and the samples that it prints. The figures with their limits
//! are `xtask`'s.

use std::{collections::BTreeMap, ffi::OsString};

use clap::{Args, ValueEnum};

use crate::launch::Built;

/// The arguments of a measurement.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Bench {
    /// What was built.
    #[command(flatten)]
    pub built: Built,
    /// What to measure.
    #[arg(long = "benchmark", value_enum, required = true)]
    pub benchmarks: Vec<Benchmark>,
}

/// What is measured together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Benchmark {
    /// `cargo xtask synth`, the built program: its time and its memory
    Synth,
    /// The embedded environment: from `deploy` until it takes orders
    Ready,
    /// What an execution takes longer than its stand-ins: 1,000 of them
    Overhead,
    /// Executions a second, against stand-ins that answer at once
    Throughput,
    /// Executions started a second with a data folder, 64 side by side
    Starts,
    /// The price task with ten ingredients at 200 ms a search, and the same ten again
    PriceTask,
    /// Calls of a price source for 1,000 orders over 200 ingredients
    ProviderCalls,
    /// The rule that matches ingredients with surveyed goods
    Matching,
    /// The evaluation of alarms: a second of it, and a day of all alarms
    Alarms,
    /// Memory of the embedded environment and of every function
    Memory,
    /// Every function, from its start until it asks for work
    Init,
    /// Every function's zip, stripped
    Zip,
}

/// Samples by the name of their figure, each in the figure's unit.
pub type Samples = BTreeMap<String, Vec<f64>>;

impl Benchmark {
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl Bench {
    pub(crate) fn own_args(&self) -> Vec<OsString> {
        self.benchmarks.iter().flat_map(|benchmark| ["--benchmark".into(), benchmark.name().into()]).collect()
    }
}
