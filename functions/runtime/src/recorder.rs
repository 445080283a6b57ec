//! Records [`Emitted`] metrics. Their format is in `emf`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use contract::metric::{Dimension, Emitted, Provider};

/// The metrics of one invocation. Clones record into the same invocation.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<Sample>>>);

/// One recorded value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    pub metric: Emitted,
    /// `None` for a metric that is not split by provider.
    pub provider: Option<Provider>,
    /// In the metric's unit.
    pub value: f64,
}

/// The samples of a test's [`Recorder`].
#[derive(Debug, Clone)]
pub struct Recorded(Recorder);

impl Recorder {
    /// A recorder and its samples, for tests.
    #[must_use]
    pub fn in_memory() -> (Self, Recorded) {
        let recorder = Self::default();
        (recorder.clone(), Recorded(recorder))
    }

    /// Records a value of a metric that is not split by provider; those that are come from [`Recorder::call`] and
    /// [`Recorder::add_for`].
    ///
    /// A metric without its provider could not be published with its dimensions: it is refused with an error line in
    /// the log, as is a value that is not finite, which JSON cannot carry.
    pub fn add(&self, metric: Emitted, value: f64) {
        if metric.dimensions().contains(&Dimension::Provider) {
            tracing::error!(metric = metric.name(), "metric refused: it is split by provider");
            return;
        }
        self.push(Sample { metric, provider: None, value });
    }

    /// Records a value of a metric that is split by provider. Any other metric is refused with an error line in the log.
    pub fn add_for(&self, metric: Emitted, provider: Provider, value: f64) {
        if !metric.dimensions().contains(&Dimension::Provider) {
            tracing::error!(metric = metric.name(), "metric refused: it is not split by provider");
            return;
        }
        self.push(Sample { metric, provider: Some(provider), value });
    }

    /// Records one call to a provider: that it was made, whether it failed and how long it took.
    pub fn call(&self, provider: Provider, latency: Duration, ok: bool) {
        let failures = if ok { 0.0 } else { 1.0 };
        let latency_ms = latency.as_secs_f64() * 1_000.0;
        for (metric, value) in [
            (Emitted::ProviderCalls, 1.0),
            (Emitted::ProviderFailures, failures),
            (Emitted::ProviderLatency, latency_ms),
        ] {
            self.push(Sample { metric, provider: Some(provider), value });
        }
    }

    /// Takes out everything recorded so far.
    pub(crate) fn drain(&self) -> Vec<Sample> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, sample: Sample) {
        if !sample.value.is_finite() {
            tracing::error!(metric = sample.metric.name(), "metric refused: its value is not finite");
            return;
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
    }
}

impl Recorded {
    /// Everything, in the order of recording.
    #[must_use]
    pub fn all(&self) -> Vec<Sample> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The values of one metric, in the order of recording.
    #[must_use]
    pub fn values(&self, metric: Emitted) -> Vec<f64> {
        self.all().iter().filter(|sample| sample.metric == metric).map(|sample| sample.value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_three_samples_of_its_provider() {
        let (recorder, seen) = Recorder::in_memory();
        recorder.clone().call(Provider::Naver, Duration::from_micros(1_500), true);
        recorder.call(Provider::Bedrock, Duration::from_secs(2), false);
        assert_eq!(seen.values(Emitted::ProviderCalls), [1.0, 1.0]);
        assert_eq!(seen.values(Emitted::ProviderFailures), [0.0, 1.0]);
        assert_eq!(seen.values(Emitted::ProviderLatency), [1.5, 2_000.0]);
        assert_eq!(seen.all()[0].provider, Some(Provider::Naver));
    }

    #[test]
    fn what_cannot_be_published_is_refused() {
        let (recorder, seen) = Recorder::in_memory();
        recorder.add(Emitted::ProviderCalls, 1.0);
        recorder.add(Emitted::InputTokens, f64::NAN);
        recorder.add(Emitted::InputTokens, 7.0);
        assert_eq!(seen.all().len(), 1);
        assert_eq!(seen.values(Emitted::InputTokens), [7.0]);
    }

    #[test]
    fn a_value_of_a_provider_keeps_it() {
        let (recorder, seen) = Recorder::in_memory();
        recorder.add_for(Emitted::CacheHits, Provider::Kamis, 3.0);
        recorder.add_for(Emitted::InputTokens, Provider::Kamis, 1.0);
        recorder.add_for(Emitted::BudgetLeft, Provider::Kamis, f64::INFINITY);
        let expect = Sample { metric: Emitted::CacheHits, provider: Some(Provider::Kamis), value: 3.0 };
        assert_eq!(seen.all(), [expect]);
    }
}
