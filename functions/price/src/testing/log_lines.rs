//! The log lines of a test's thread, at every level and of every library. One subscriber serves the whole program: tracing caches
//! the interest in each call site, so a scoped one would miss sites that another test reached first.

use std::{cell::RefCell, io, sync::Once};

use tracing_subscriber::{Layer as _, Registry, filter::dynamic_filter_fn, fmt, layer::SubscriberExt as _};

thread_local! {
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Installs the subscriber, before a test's server is started.
pub(crate) fn begin() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = fmt::layer().with_ansi(false).with_writer(|| Writer);
        let wanted = dynamic_filter_fn(|_, _| LINES.with_borrow(Option::is_some));
        let subscriber = Registry::default().with(lines.with_filter(wanted));
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// The output of a future, and the lines of this thread meanwhile.
pub(crate) async fn logged<T>(future: impl Future<Output = T>) -> (T, String) {
    begin();
    LINES.set(Some(Vec::new()));
    let output = future.await;
    let lines = LINES.take().unwrap_or_default();
    (output, String::from_utf8(lines).unwrap())
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.iter_mut().for_each(|lines| lines.extend(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
