//! Log lines in the form of Lambda's JSON format: one object a line with `timestamp`, `level` and `message`, and inside
//! an invocation `requestId`, `sessionId` and `executionId` beside them.
//!
//! The level is INFO and no setting lowers it: below it, dependencies log what they send and receive.

use std::{
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use contract::{ExecutionId, SessionId};
use jiff::Timestamp;
use serde::{Serialize, Serializer as _, ser::SerializeMap};
use serde_json::Value;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter, format::Writer},
    layer::SubscriberExt,
    registry::LookupSpan,
};

/// The ids of an invocation, on its log lines and with its metrics.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the wire")]
pub(crate) struct Ids {
    pub(crate) request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) execution_id: Option<ExecutionId>,
}

/// The function's stdout, which Lambda captures. A line is one write, so that lines do not mix.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Mutex<dyn Write + Send>>);

impl Lines {
    pub(crate) fn to(writer: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(writer)))
    }

    /// Writes one line. An error is ignored.
    pub(crate) fn line(&self, mut line: String) {
        line.push('\n');
        let _ = self.clone().write_all(line.as_bytes());
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(bytes)?;
        writer.flush()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The running invocation. Lambda runs one at a time in a process, so its ids are right for all lines, also those of background
/// tasks, which a span would miss.
#[derive(Debug, Clone, Default)]
pub(crate) struct Current(Arc<Mutex<Option<Ids>>>);

/// Ends the invocation for the log when it is dropped.
pub(crate) struct Entered(Current);

impl Current {
    pub(crate) fn enter(&self, ids: Ids) -> Entered {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ids);
        Entered(self.clone())
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The subscriber that writes these lines.
pub(crate) fn subscriber(lines: Lines, current: Current) -> impl Subscriber + Send + Sync {
    let wanted = Targets::new()
        .with_default(Level::INFO)
        // Dependencies log warnings and errors only.
        .with_targets([("aws_", Level::WARN), ("hyper", Level::WARN), ("lambda_runtime", Level::WARN)])
        // Repeats the line at the end of an invocation.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let layer = tracing_subscriber::fmt::layer().event_format(Format { current }).with_writer(lines);
    tracing_subscriber::registry().with(layer.with_filter(wanted))
}

/// The format of a line.
struct Format {
    current: Current,
}

impl<S, N> FormatEvent<S, N> for Format
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let ids = self.current.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let line = line(now(), *event.metadata().level(), &fields, ids.as_ref());
        writeln!(writer, "{}", line.map_err(|_| fmt::Error)?)
    }
}

#[expect(clippy::disallowed_methods, reason = "the log is an edge: a line says when it was written")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// An event's message and other fields.
#[derive(Default)]
struct Fields {
    message: String,
    rest: Vec<(&'static str, Value)>,
}

impl Fields {
    fn push(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => self.rest.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, value.into());
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value.into());
    }
}

/// The names that a field of an event cannot take.
const RESERVED: [&str; 6] = ["timestamp", "level", "message", "requestId", "sessionId", "executionId"];

fn line(
    timestamp: Timestamp,
    level: Level,
    fields: &Fields,
    ids: Option<&Ids>,
) -> Result<String, serde_json::Error> {
    let mut out = Vec::with_capacity(256);
    let mut json = serde_json::Serializer::new(&mut out);
    let mut map = json.serialize_map(None)?;
    map.serialize_entry("timestamp", &format!("{timestamp:.3}"))?;
    map.serialize_entry("level", level.as_str())?;
    map.serialize_entry("message", &fields.message)?;
    if let Some(ids) = ids {
        map.serialize_entry("requestId", &ids.request_id)?;
        if let Some(session_id) = &ids.session_id {
            map.serialize_entry("sessionId", session_id)?;
        }
        if let Some(execution_id) = &ids.execution_id {
            map.serialize_entry("executionId", execution_id)?;
        }
    }
    for (name, value) in fields.rest.iter().filter(|(name, _)| !RESERVED.contains(name)) {
        map.serialize_entry(name, value)?;
    }
    map.end()?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
