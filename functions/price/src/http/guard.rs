//! The record of one call.

use contract::metric::Provider;
use runtime::Recorder;
use tokio::time::Instant;

/// A call in progress, recorded however it ends.
///
/// A search is given up when another one of its order fails. Its call was made all the same, so it is counted when it is
/// dropped, as one that did not fail: nobody can say that it would have.
pub(super) struct CallGuard<'a> {
    metrics: &'a Recorder,
    provider: Provider,
    begin: Instant,
    failed: bool,
}

impl<'a> CallGuard<'a> {
    pub(super) fn begin(metrics: &'a Recorder, provider: Provider) -> Self {
        Self { metrics, provider, begin: Instant::now(), failed: false }
    }

    pub(super) fn end(mut self, ok: bool) {
        self.failed = !ok;
    }
}

impl Drop for CallGuard<'_> {
    fn drop(&mut self) {
        self.metrics.call(self.provider, self.begin.elapsed(), !self.failed);
    }
}
