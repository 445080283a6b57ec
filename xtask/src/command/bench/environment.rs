//! The embedded environment, measured by its own program, and from its samples to figures.

use std::process::{Command, Stdio};

use target::{
    bench::{Bench, BenchSamples, Measure},
    color::Color,
    handover::Handover,
    progress::Progress,
};

use super::{
    figure::{Family, Figure},
    measured::Measured,
    sample::growth,
};
use crate::{
    cargo::{self, Profile},
    failure::Failure,
};

/// Builds in this profile and measures what these figures need.
pub(super) fn measure(
    figures: &[&Figure],
    profile: Profile,
    samples: u32,
    growth_seconds: u32,
    progress: &mut Progress,
) -> Result<BenchSamples, Failure> {
    let cargo::Programs { local, built } = cargo::build_local_in(profile, progress)?;
    progress.doing("measuring the embedded environment");
    let bench = Handover::Bench(Bench {
        built,
        measures: measures(figures),
        samples,
        seconds: growth_seconds,
    });
    let output = Command::new(&local)
        .args(bench.to_args())
        .args(Color::applied().to_args())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    progress.pause();
    let output = output.map_err(|source| Failure::Start {
        program: local.display().to_string(),
        source,
    })?;
    if !output.status.success() {
        return Err(Failure::NoSamples {
            program: "local bench",
        });
    }
    serde_json::from_slice(&output.stdout).map_err(|source| Failure::Unreadable {
        program: "local bench",
        source,
    })
}

/// Some families have two figures of one measurement.
const SECOND_PASS: &str = "overhead-second-pass";
const CACHED: &str = "price-task-cached";

fn measures(figures: &[&Figure]) -> Vec<Measure> {
    let mut measures: Vec<_> = figures
        .iter()
        .filter_map(|figure| measure_of(figure.family))
        .collect();
    measures.sort_unstable();
    measures.dedup();
    measures
}

/// What the environment's program is asked for; nothing when it is not asked.
pub(super) const fn measure_of(family: Family) -> Option<Measure> {
    Some(match family {
        Family::Synth
        | Family::Crates
        | Family::Interpreter
        | Family::Fuzz
        | Family::Zip
        | Family::Matching => return None,
        Family::Ready => Measure::Ready,
        Family::WarmMemory => Measure::WarmMemory,
        Family::Overhead => Measure::Overhead,
        Family::Execution => Measure::Execution,
        Family::PriceTask => Measure::PriceTask,
        Family::ProviderCalls => Measure::ProviderCalls,
        Family::Init => Measure::Init,
        Family::FunctionMemory => Measure::FunctionMemory,
        Family::Throughput => Measure::Load,
        Family::MemoryGrowth => Measure::SteadyLoad,
    })
}

/// The figure in these samples; nothing when they hold none of it.
pub(super) fn measured(figure: &'static Figure, samples: &BenchSamples) -> Option<Measured> {
    let of_function = samples
        .functions
        .iter()
        .find(|samples| Some(samples.function.as_str()) == figure.function);
    let of = |samples: &[f64]| Measured::of(figure, samples);
    match figure.family {
        Family::Synth
        | Family::Crates
        | Family::Interpreter
        | Family::Fuzz
        | Family::Zip
        | Family::Matching => None,
        Family::Ready => of(&samples.ready_ms),
        Family::WarmMemory => of(&samples.warm_memory_bytes),
        Family::Overhead if figure.name == SECOND_PASS => of(&samples.overhead_second_pass_ms),
        Family::Overhead => of(&samples.overhead_ms),
        Family::Execution => of(&samples.execution_ms),
        Family::PriceTask if figure.name == CACHED => of(&samples.price_task_cached_ms),
        Family::PriceTask => of(&samples.price_task_ms),
        Family::ProviderCalls => {
            let calls = samples.provider_calls.as_ref()?;
            Some(of(&[calls.calls.into()])?.with_counts(calls.completed, calls.failed))
        }
        Family::Init => of(&of_function?.init_ms),
        Family::FunctionMemory => of(&of_function?.memory_bytes),
        Family::Throughput => {
            let load = samples.load.as_ref()?;
            Some(of(&load.per_second)?.with_counts(load.completed, load.failed))
        }
        Family::MemoryGrowth => {
            let load = samples.steady_load.as_ref()?;
            Some(of(&[growth(&load.memory_bytes)?])?.with_counts(load.completed, load.failed))
        }
    }
}

#[cfg(test)]
mod tests {
    use target::bench::{FunctionSamples, Load, ProviderCalls};

    use super::{super::figure::FIGURES, *};

    fn samples() -> BenchSamples {
        BenchSamples {
            ready_ms: vec![1.0],
            warm_memory_bytes: vec![2.0],
            overhead_ms: vec![3.0, 30.0],
            overhead_second_pass_ms: vec![3.5],
            execution_ms: vec![4.0],
            price_task_ms: vec![5.0],
            price_task_cached_ms: vec![5.5],
            provider_calls: Some(ProviderCalls {
                completed: 10,
                failed: 1,
                calls: 201,
                most_in_a_second: 49,
            }),
            functions: ["RecipeGenerator", "PriceFetcher", "ResultCombiner"]
                .map(|function| FunctionSamples {
                    function: function.to_owned(),
                    init_ms: vec![6.0],
                    memory_bytes: vec![7.0],
                })
                .into(),
            load: Some(Load {
                completed: 10,
                failed: 1,
                per_second: vec![8.0],
                memory_bytes: vec![1.0],
            }),
            steady_load: Some(Load {
                completed: 10,
                failed: 1,
                per_second: vec![9.0],
                memory_bytes: vec![100.0, 100.0, 100.0, 100.0, 100.0, 150.0],
            }),
        }
    }

    #[test]
    fn every_figure_of_the_environment_finds_its_samples() {
        for figure in FIGURES {
            let found = measured(figure, &samples()).map(|measured| measured.summary.value);
            let expected = match figure.family {
                Family::Synth
                | Family::Crates
                | Family::Interpreter
                | Family::Fuzz
                | Family::Zip
                | Family::Matching => None,
                Family::Ready => Some(1.0),
                Family::WarmMemory => Some(2.0),
                Family::Overhead if figure.name == "overhead-p99" => Some(30.0),
                Family::Overhead if figure.name == "overhead-second-pass" => Some(3.5),
                Family::Overhead => Some(16.5),
                Family::Execution => Some(4.0),
                Family::PriceTask if figure.name == "price-task-cached" => Some(5.5),
                Family::PriceTask => Some(5.0),
                Family::ProviderCalls => Some(201.0),
                Family::Init => Some(6.0),
                Family::FunctionMemory => Some(7.0),
                Family::Throughput => Some(8.0),
                Family::MemoryGrowth => Some(1.5),
            };
            assert_eq!(found, expected, "{}", figure.name);
            assert_eq!(
                measured(figure, &BenchSamples::default()),
                None,
                "{}",
                figure.name
            );
        }
    }

    #[test]
    fn what_is_measured_together_is_measured_once() {
        let of_executions: Vec<_> = FIGURES
            .iter()
            .filter(|figure| measure_of(figure.family) == Some(Measure::Overhead))
            .collect();
        assert!(of_executions.len() > 1);
        assert_eq!(measures(&of_executions), [Measure::Overhead]);
    }
}
