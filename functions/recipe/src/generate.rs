//! The function: calls the model, retries within its time, and reads the reply.
//!
//! Its rules:
//! - Every call is one record of [`Provider::Bedrock`]. A reply without a recipe is an answer of the provider (decision D12) and
//!   counts as unreadable: another alarm with another runbook is on those.
//! - A transient error is retried while a wait of at least a second and another call fit into the time: the seed's one retry at
//!   least, more if there is time.
//! - A reply without a recipe is paid for and not retried: the same prompt is likely to give the same reply, and there is rarely
//!   time for two recipes. The state machine does not retry it either (decision D18).

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    num::NonZeroU32,
    time::Duration,
};

use backon::{BackoffBuilder, ExponentialBuilder};
use contract::{
    ExecutionId, Profile, Recipe,
    error_name::RecipeError,
    metric::{Emitted, Provider},
    task::{RecipeGenerator, RecipeInput},
};
use runtime::{Failure, Handler, Invocation, Recorder};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    Model, ModelError, prompt,
    repair::Repair,
    reply::{self, Reading, ReplyError, Usage},
    request,
};

/// The first wait before a retry. Source: the seed.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait, before its jitter. A longer one would leave no time for the recipe.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// The shortest time for another call: a model writes a recipe in several seconds, and one that is cut off by the deadline is
/// paid for and lost.
const LEAST_ATTEMPT: Duration = Duration::from_secs(5);
/// Most repairs in a line of the log.
const MAX_REPAIRS_SHOWN: usize = 8;

/// The recipe function's handler.
#[derive(Debug)]
pub struct Generator<M> {
    model: M,
    max_tokens: NonZeroU32,
    last_day: Option<LastDay>,
}

/// The last day of the model, and how today is known; both in days since 1970-01-01.
#[derive(Debug, Clone, Copy)]
pub struct LastDay {
    /// After it the model is refused.
    pub day: i32,
    /// Today.
    pub today: fn() -> i32,
}

/// Why there is no recipe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// The model gave no reply.
    #[error("the model did not answer, calls made: {calls}")]
    Unanswered {
        /// How many calls were made.
        calls: u32,
        /// The last one's error.
        source: ModelError,
    },
    /// The model replied without a recipe.
    #[error(transparent)]
    Unusable(#[from] ReplyError),
    /// The invocation began without time for a call.
    #[error("no time was left to ask the model")]
    NoTime,
}

impl GenerateError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unanswered { source, .. } => source.hint(),
            Self::Unusable(error) => error.hint(),
            Self::NoTime => None,
        }
    }
}

impl From<GenerateError> for Failure<RecipeError> {
    fn from(error: GenerateError) -> Self {
        let failure = Self::caused_by(RecipeError::RecipeGenerationFailed, &error);
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

impl<M: Model> Generator<M> {
    /// A handler for replies of at most so many tokens.
    pub const fn new(model: M, max_tokens: NonZeroU32) -> Self {
        Self { model, max_tokens, last_day: None }
    }

    /// Records how many days the model has left, with every order.
    #[must_use]
    pub const fn until(mut self, last_day: Option<LastDay>) -> Self {
        self.last_day = last_day;
        self
    }

    /// Calls until there is a reply, a permanent error, or no time.
    async fn generate(&self, input: &RecipeInput, invocation: &Invocation) -> Result<Recipe, GenerateError> {
        let request = request::body(&input.profile, self.max_tokens);
        let mut waits = waits(&input.execution_id);
        let mut calls = 0;
        loop {
            let budget = invocation.deadline.budget();
            if budget.is_zero() && calls == 0 {
                return Err(GenerateError::NoTime);
            }
            calls += 1;
            let source = match self.call(&request, budget, &input.profile, &invocation.metrics).await {
                Ok(reading) => return Ok(reading.recipe?),
                Err(error) => error,
            };
            let wait = wait_within(waits.next().unwrap_or(LONGEST_WAIT), invocation.deadline.budget());
            match wait.filter(|_| source.is_transient()) {
                Some(wait) => {
                    tracing::warn!(calls, error = %source, wait_ms = millis(wait), "the model is asked again");
                    sleep(wait).await;
                }
                None => return Err(GenerateError::Unanswered { calls, source }),
            }
        }
    }

    /// One call, recorded, within the budget.
    async fn call(
        &self,
        request: &[u8],
        budget: Duration,
        profile: &Profile,
        metrics: &Recorder,
    ) -> Result<Reading, ModelError> {
        let started = Instant::now();
        let answer = match timeout(budget, self.model.ask(request)).await {
            Ok(answer) => answer.map(|body| reply::read(&body)),
            Err(_) => Err(ModelError::TimedOut(budget)),
        };
        let latency = started.elapsed();
        let has_recipe = answer.as_ref().is_ok_and(|reading| reading.recipe.is_ok());
        metrics.call(Provider::Bedrock, latency, answer.is_ok());
        if let Some(LastDay { day, today }) = self.last_day {
            metrics.add(Emitted::ModelDaysLeft, f64::from(day.saturating_sub(today())));
        }
        match answer {
            Ok(reading) => {
                record(&reading, metrics);
                let Usage { input_tokens, output_tokens } = reading.usage;
                let truncated = reading.truncated;
                let latency_ms = millis(latency);
                tracing::info!(
                    has_recipe,
                    truncated,
                    input_tokens,
                    output_tokens,
                    latency_ms,
                    "the model replied"
                );
                if !reading.repairs.is_empty() {
                    let repairs = repairs(&reading.repairs);
                    tracing::warn!(count = reading.repairs.len(), repairs, "the model's reply was repaired");
                }
                Ok(reading)
            }
            Err(error) => Err(error.withholding(|text| prompt::is_repeated_in(profile, text))),
        }
    }
}

impl<M: Model> Handler<RecipeGenerator> for Generator<M> {
    const UNEXPECTED: RecipeError = RecipeError::RecipeGenerationFailed;

    async fn handle(
        &self,
        input: RecipeInput,
        invocation: &Invocation,
    ) -> Result<Recipe, Failure<RecipeError>> {
        self.generate(&input, invocation).await.map_err(Failure::from)
    }
}

/// The reply's tokens, and whether it was unreadable or cut: 0 for a good one, so that metrics have samples.
fn record(reading: &Reading, metrics: &Recorder) {
    let Usage { input_tokens, output_tokens } = reading.usage;
    for (metric, tokens) in [(Emitted::InputTokens, input_tokens), (Emitted::OutputTokens, output_tokens)] {
        if let Some(tokens) = tokens {
            metrics.add(metric, f64::from(tokens));
        }
    }
    metrics.add(Emitted::Replies, 1.0);
    metrics.add(Emitted::UnreadableReplies, f64::from(u8::from(reading.recipe.is_err())));
    metrics.add(Emitted::TruncatedReplies, f64::from(u8::from(reading.truncated)));
}

/// The first repairs in one line; there may be hundreds.
fn repairs(all: &[Repair]) -> String {
    let shown: Vec<_> = all.iter().take(MAX_REPAIRS_SHOWN).map(ToString::to_string).collect();
    shown.join("; ")
}

/// Waits that double from [`FIRST_WAIT`], with jitter of up to as much again, so that functions that were throttled together are
/// not retried together.
///
/// The jitter's seed is the execution, so that the waits of a recorded execution can be computed again.
fn waits(execution: &ExecutionId) -> impl Iterator<Item = Duration> + Send {
    let mut seed = DefaultHasher::new();
    execution.hash(&mut seed);
    ExponentialBuilder::new()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .without_max_times()
        .with_jitter()
        .with_jitter_seed(seed.finish())
        .build()
}

/// The wait, within the time that another attempt leaves; `None` if that is less than [`FIRST_WAIT`].
fn wait_within(wait: Duration, budget: Duration) -> Option<Duration> {
    let wait = wait.min(budget.saturating_sub(LEAST_ATTEMPT));
    (wait >= FIRST_WAIT).then_some(wait)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
