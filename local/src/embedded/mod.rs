//! The embedded environment as one value: what a checked template says, up and running in this process.
//!
//! Here the parts of this crate are put together; how each works is theirs.

mod artifacts;
mod config;
mod monitoring;
mod names;
mod orders;
mod platform;
mod recovery;
mod up;

use std::{path::PathBuf, sync::Arc};

use contract::PriceSource;
use serde_json::Value;

pub use config::{Config, Limits, UpError};
pub use orders::OrderError;

use crate::{
    alarms::Alarms,
    dynamodb::DynamoDb,
    events::Bus,
    lambda::Host,
    logs::Logs,
    metrics::Metrics,
    serve::{AccessKey, Server},
    sns::Topics,
    states::Engine,
    stubs::{Sources, Stub},
};

/// An environment that is up. [`Embedded::close`] ends it in order; dropping it kills it.
pub struct Embedded {
    name: String,
    names: names::Names,
    deadline_s: u64,
    engine: Arc<Engine>,
    bus: Bus,
    functions: Arc<Host>,
    tables: Arc<DynamoDb>,
    logs: Logs,
    metrics: Metrics,
    topics: Arc<Topics>,
    alarms: Alarms,
    bedrock: Stub,
    sources: Sources,
    urls: Urls,
    access_key: AccessKey,
    folder: Option<PathBuf>,
    /// The execution that was asked for last: the one whose files are shown.
    latest: std::sync::Mutex<Option<String>>,
    _servers: [Server; 3],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// Step Functions. Empty until the functions that it calls are there.
    pub states: String,
    pub dynamodb: String,
    pub ssm: String,
    pub bedrock: String,
}

impl Urls {
    /// The variables that the SDKs and the aws CLI read them from.
    pub fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("AWS_ENDPOINT_URL_SFN", &self.states),
            ("AWS_ENDPOINT_URL_DYNAMODB", &self.dynamodb),
            ("AWS_ENDPOINT_URL_SSM", &self.ssm),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &self.bedrock),
        ];
        let known = all.into_iter().filter(|(_, url)| !url.is_empty());
        known.map(|(name, url)| (name, url.as_str()))
    }
}

impl Embedded {
    pub const fn access_key(&self) -> &AccessKey {
        &self.access_key
    }

    pub const fn urls(&self) -> &Urls {
        &self.urls
    }

    pub fn machine_arn(&self) -> &str {
        &self.names.machine_arn
    }

    pub fn closer_arn(&self) -> &str {
        &self.names.closer_arn
    }

    pub const fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    pub const fn functions(&self) -> &Arc<Host> {
        &self.functions
    }

    pub const fn tables(&self) -> &Arc<DynamoDb> {
        &self.tables
    }

    pub const fn logs(&self) -> &Logs {
        &self.logs
    }

    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub const fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Whom alarms notify.
    pub const fn topics(&self) -> &Arc<Topics> {
        &self.topics
    }

    pub const fn bedrock(&self) -> &Stub {
        &self.bedrock
    }

    pub const fn naver(&self) -> &Stub {
        self.sources.get(PriceSource::Naver)
    }

    /// The stand-ins for price sources.
    pub const fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Events that no target took.
    pub fn dead_letters(&self) -> Vec<Value> {
        self.bus.dead_letters()
    }

    /// Waits until nothing runs any more, the closers of ended executions included.
    pub async fn settled(&self) {
        self.bus.flush().await;
        self.engine.wait_for_ends(|_| true).await;
        // What the closers' own ends start, if a rule says so.
        self.bus.flush().await;
    }

    /// Stops what runs, lets its sessions be closed, kills every process, and leaves the files behind that
    /// [`Config::folder`] asks for.
    pub async fn close(&self) -> std::io::Result<()> {
        // First: that what runs is aborted now is no incident.
        self.alarms.close();
        self.engine.abort_all().await;
        self.settled().await;
        self.engine.shutdown().await;
        let written = self.write_all_artifacts();
        self.functions.shutdown().await;
        self.logs.flush().await;
        written
    }
}
