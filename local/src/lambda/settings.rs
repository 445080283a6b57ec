//! What a function is run with.

use std::{path::PathBuf, time::Duration};

use crate::logs::MinLevels;

/// How long a function may initialise ahead of its first invocation. Source: Lambda's init phase.
pub const INIT_LIMIT: Duration = Duration::from_secs(10);

/// What a template and the build say of a function.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    /// Its physical name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The region it believes to be in.
    pub region: String,
    /// The name of its log group.
    pub log_group: String,
    /// Its handler, which our runtimes ignore.
    pub handler: String,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// How long it may initialise before it is started again, within the invocation: [`INIT_LIMIT`].
    pub init_limit: Duration,
    /// Which lines of its log are kept. Nothing: all of them.
    pub min_levels: Option<MinLevels>,
    /// How much memory its process may use.
    pub memory_mb: u32,
    /// Most invocations at once; more are throttled. Nothing: no such limit.
    pub reserved_concurrency: Option<u32>,
    /// Its own variables.
    pub environment: Vec<(String, String)>,
    /// Its program.
    pub binary: PathBuf,
}
