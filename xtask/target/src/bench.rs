//! What `xtask` asks the program of an embedded environment to measure, and the samples that come back. What the samples
//! must be is not known here: the figures and their limits are `xtask`'s.

use std::ffi::OsString;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::handover::Built;

/// The arguments of a measurement.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Bench {
    /// What was built.
    #[command(flatten)]
    pub built: Built,
    /// What to measure, once for each.
    #[arg(long = "measure", value_enum, required = true)]
    pub measures: Vec<Measure>,
    /// How many samples of what is measured in an environment of its own each time.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub samples: u32,
    /// How long the steady load lasts, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: u32,
}

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Measure {
    /// How long an environment takes to be ready.
    Ready,
    /// The memory of an environment whose functions are all warm.
    WarmMemory,
    /// One execution after the other, against stand-ins that take a while.
    Overhead,
    /// Executions whose branches both take 1,500 ms.
    Execution,
    /// The price task with ten ingredients at 200 ms a search, and the same ten again.
    PriceTask,
    /// How often a source is asked when 1,000 orders want 200 ingredients.
    ProviderCalls,
    /// Every function from its start to its first question for work.
    Init,
    /// The memory of every function.
    FunctionMemory,
    /// Orders side by side against stand-ins that answer at once, as many as there can be.
    Load,
    /// The same, so many a second as a workflow must bear in the dev profile, for as long as is asked.
    SteadyLoad,
    /// How many executions a second are accepted with a data folder, 64 side by side.
    Starts,
}

/// What is printed: one JSON object. What was not asked for is empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BenchSamples {
    /// From the call of `Target::deploy` to its return, each time in a new environment.
    pub ready_ms: Vec<f64>,
    /// Proportional set size of the process tree, each time of a new environment after its first order.
    pub warm_memory_bytes: Vec<f64>,
    /// What an execution took longer than its stand-ins, on warm functions.
    pub overhead_ms: Vec<f64>,
    /// The same where the recipe has what was not ordered.
    pub overhead_second_pass_ms: Vec<f64>,
    /// One execution from start to end, on warm functions, with 1,500 ms on both branches.
    pub execution_ms: Vec<f64>,
    /// The price task, as Lambda reports its duration.
    pub price_task_ms: Vec<f64>,
    /// The same with names whose prices are kept.
    pub price_task_cached_ms: Vec<f64>,
    /// How often a source was asked.
    pub provider_calls: Option<ProviderCalls>,
    /// Every function.
    pub functions: Vec<FunctionSamples>,
    /// Orders side by side, as many as there can be.
    pub load: Option<Load>,
    /// Orders at a steady rate.
    pub steady_load: Option<Load>,
    /// Accepted executions, each on disk before it is acknowledged.
    pub starts: Option<Starts>,
}

/// What was measured of one function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FunctionSamples {
    /// The name of its task.
    pub function: String,
    /// From the start of its process to its first question for work.
    pub init_ms: Vec<f64>,
    /// The highest resident set of each of its processes.
    pub memory_bytes: Vec<f64>,
}

/// What came of a load. Its warm-up is in the counts, and in nothing that is told by the second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Load {
    /// Executions that succeeded.
    pub completed: u64,
    /// Executions that ended in another way, or never started.
    pub failed: u64,
    /// Executions that ended in each second, as a rate.
    pub per_second: Vec<f64>,
    /// Proportional set size of the process tree at the end of each second.
    pub memory_bytes: Vec<f64>,
}

/// Executions that are accepted in a second, 64 side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Starts {
    /// By `StartExecution`.
    pub calls_per_second: f64,
    /// As orders: the session is written to the embedded `DynamoDB` before.
    pub orders_per_second: f64,
}

/// How often a source was asked for the names that many orders want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderCalls {
    /// Executions that succeeded.
    pub completed: u64,
    /// Executions that ended in another way, or never started.
    pub failed: u64,
    /// Calls for these names.
    pub calls: u32,
    /// Most calls that the source saw in any second, for these names and all others.
    pub most_in_a_second: u32,
}

impl Bench {
    /// The arguments after those of [`Built`].
    pub(crate) fn own_args(&self) -> Vec<OsString> {
        let measures = self.measures.iter().flat_map(|measure| {
            let word = measure
                .to_possible_value()
                .map(|word| word.get_name().to_owned())
                .unwrap_or_default();
            ["--measure".to_owned(), word]
        });
        let numbers = [
            "--samples".to_owned(),
            self.samples.to_string(),
            "--seconds".to_owned(),
            self.seconds.to_string(),
        ];
        measures.chain(numbers).map(OsString::from).collect()
    }
}
