//! What a test's own thread logs, at every level and by every library. There is one subscriber for the whole program: a scoped
//! one would miss what another thread's test came across first, since tracing remembers of each place in the code whether
//! anybody wants it.

use std::{cell::RefCell, io, sync::Once};

use tracing_subscriber::{Layer as _, Registry, filter::dynamic_filter_fn, fmt, layer::SubscriberExt as _};

thread_local! {
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Makes sure that the subscriber is there. Whoever makes a server for a test begins with it: no call is logged before.
pub(crate) fn begin() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = fmt::layer().with_ansi(false).with_writer(|| Writer);
        let wanted = dynamic_filter_fn(|_, _| LINES.with_borrow(Option::is_some));
        let subscriber = Registry::default().with(lines.with_filter(wanted));
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// What comes of a future, and what this thread logs meanwhile: the runtime has no other.
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
