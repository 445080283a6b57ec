//! The program `interpreter-rate`: state transitions a second on one core, as one JSON object.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::{Duration, Instant},
};

use asl::StateMachine;
use clap::Parser;
use micro::interpreter;
use serde::Serialize;
use tokio::runtime::Runtime;

/// Measures how many state transitions a second the interpreter makes on one core.
#[derive(Parser)]
#[command(name = "interpreter-rate")]
struct Cli {
    /// How many samples.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    samples: u32,
    /// How long a sample takes at least, in milliseconds.
    #[arg(long, default_value_t = 200)]
    sample_ms: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    /// How this program was built.
    profile: &'static str,
    /// The median of the samples.
    transitions_per_second: f64,
    /// State transitions a second, one sample after another.
    samples: Vec<f64>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match measure(&cli).and_then(|rate| print(&rate)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when stderr is closed as well.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(cli: &Cli) -> io::Result<Rate> {
    let machine = interpreter::machine().map_err(|_| io::Error::other("the machine is refused"))?;
    let runtime = interpreter::virtual_time()?;
    let time = Duration::from_millis(cli.sample_ms);
    // The first one finds caches cold.
    let _cold = sample(&runtime, &machine, time);
    let samples: Vec<f64> = (0..cli.samples)
        .map(|_| sample(&runtime, &machine, time))
        .collect();
    let mut sorted = samples.clone();
    sorted.sort_by(f64::total_cmp);
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    Ok(Rate {
        profile,
        transitions_per_second: sorted.get(sorted.len() / 2).copied().unwrap_or_default(),
        samples,
    })
}

/// State transitions a second, over at least that time.
fn sample(runtime: &Runtime, machine: &StateMachine, time: Duration) -> f64 {
    let began = Instant::now();
    let mut transitions = 0;
    loop {
        transitions += interpreter::count_down(runtime, machine);
        let took = began.elapsed();
        if took >= time {
            let transitions = u32::try_from(transitions).unwrap_or(u32::MAX);
            return (f64::from(transitions) / took.as_secs_f64()).round();
        }
    }
}

fn print(rate: &Rate) -> io::Result<()> {
    let text = serde_json::to_string_pretty(rate)?;
    writeln!(io::stdout(), "{text}")
}
