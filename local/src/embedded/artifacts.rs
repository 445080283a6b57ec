//! What an environment leaves behind: for every order its result and its history. The logs are there already.

use std::{fs, io, path::PathBuf};

use contract::SessionId;
use platform::{Location, execution::without_execution_data};
use serde_json::{Value, json};

use super::Embedded;
use crate::{
    clock,
    lock::lock,
    states::{Execution, engine::execution_arn},
};

/// Executions that are read from the store at once.
const PAGE_SIZE: usize = 1_000;

impl Embedded {
    /// Where the files are, or will be after the shutdown. Most interesting first.
    pub(super) fn files(&self) -> Vec<Location> {
        let Some(folder) = &self.folder else {
            return Vec::new();
        };
        let latest = lock(&self.latest).clone();
        let of_order = latest.map(|session| folder.join("orders").join(session));
        let of_order = of_order.iter().flat_map(|folder| {
            [
                Location::path("result", &folder.join("result.json")),
                Location::path("history", &folder.join("history.json")),
            ]
        });
        of_order.chain([Location::path("logs", &folder.join("logs"))]).collect()
    }

    /// Writes the files of every order that ended in this environment. An earlier environment wrote those of the others.
    pub(super) fn write_all_artifacts(&self) -> io::Result<()> {
        if self.folder.is_none() {
            return Ok(());
        }
        let machine_arn = &self.names.machine_arn;
        let mut after = None;
        loop {
            let page = self.engine.list(machine_arn, None, after, PAGE_SIZE).map_err(io::Error::other)?;
            for summary in page.executions.into_iter().filter(|summary| !summary.recovered) {
                let arn = execution_arn(machine_arn, &summary.name);
                let execution = self.engine.execution(&arn).map_err(io::Error::other)?;
                self.write_artifacts(&execution)?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    pub(super) fn write_artifacts(&self, execution: &Execution) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        if execution.machine().arn != self.names.machine_arn {
            return Ok(());
        }
        let folder = folder.join("orders").join(&execution.snapshot().name);
        fs::create_dir_all(&folder)?;
        let history: Vec<_> = execution.events(0).into_iter().map(without_execution_data).collect();
        write(folder.join("history.json"), &json!(history))?;
        write(folder.join("result.json"), &self.result(execution))
    }

    /// How an order ended and its session: never its profile.
    fn result(&self, execution: &Execution) -> Value {
        let execution = execution.snapshot();
        let session = SessionId::new(execution.name.clone()).ok();
        let session = session.and_then(|session| self.stored_session(&session).ok().flatten());
        let ended = execution.ended.as_ref();
        json!({
            "status": execution.status().name(),
            "startedAt": clock::wire(execution.started_at),
            "stoppedAt": ended.map(|ended| clock::wire(ended.at)),
            "error": ended.and_then(|ended| ended.error.as_deref()),
            "cause": ended.and_then(|ended| ended.cause.as_deref()),
            "session": session,
        })
    }
}

fn write(path: PathBuf, value: &Value) -> io::Result<()> {
    fs::write(path, format!("{value:#}\n"))
}
