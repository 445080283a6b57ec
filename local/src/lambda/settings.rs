//! What a function is run with.

use std::{path::PathBuf, time::Duration};

use crate::logs::MinLevels;

/// How long a function may initialise ahead of its first invocation. Source: Lambda's init phase.
pub const INIT_LIMIT: Duration = Duration::from_secs(10);

/// What a template and the build say of a function.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    pub name: String,
    pub arn: String,
    pub region: String,
    pub log_group: String,
    /// Its handler, which our runtimes ignore.
    pub handler: String,
    pub timeout: Duration,
    /// How long it may initialise before it is started again, within the invocation: [`INIT_LIMIT`].
    pub init_limit: Duration,
    /// Which lines of its log are kept. Nothing: all of them.
    pub min_levels: Option<MinLevels>,
    pub memory_mb: u32,
    /// Most invocations at once; more are throttled. Nothing: no such limit.
    pub reserved_concurrency: Option<u32>,
    pub environment: Vec<(String, String)>,
    pub binary: PathBuf,
}
