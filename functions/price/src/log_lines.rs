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

/// The lines of this thread from now on, until it is dropped.
pub(crate) struct LogLines(());

impl LogLines {
    pub(crate) fn of_this_thread() -> Self {
        begin();
        LINES.set(Some(Vec::new()));
        Self(())
    }

    pub(crate) fn text(&self) -> String {
        LINES.with_borrow(|lines| String::from_utf8(lines.clone().unwrap_or_default()).unwrap())
    }
}

impl Drop for LogLines {
    fn drop(&mut self) {
        LINES.set(None);
    }
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
