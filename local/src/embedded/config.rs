//! What an embedded environment is brought up with, and why it does not come up.

use std::{collections::BTreeMap, io, num::NonZeroU16, path::PathBuf, time::Duration};

use contract::PriceSource;

use crate::{
    alarms::{DefinitionError, SavedError},
    data_folder::{DataFolderError, disk_hint},
    dynamodb::{DynamoDbError, Refused},
    process::Launcher,
    states::{StatesError, StoreError},
    stubs::Behaviour,
};

/// What an environment needs beside its template.
#[derive(Debug, Clone)]
pub struct Config {
    /// The program of every function, by the name of its task.
    pub functions: BTreeMap<String, PathBuf>,
    /// The `local` binary, which starts the functions.
    pub launcher: Launcher,
    /// Where state lives that is to survive a restart. Nothing: in memory.
    pub data_folder: Option<PathBuf>,
    /// Where logs are written, and at the end results and histories. Nothing: nowhere.
    pub folder: Option<PathBuf>,
    /// Where executions are stored when there is no data folder, in a file without a name: nothing is left there.
    pub scratch_folder: PathBuf,
    pub bedrock: Behaviour,
    pub naver: Behaviour,
    pub elevenst: Behaviour,
    pub chamgagyeok: Behaviour,
    pub kamis: Behaviour,
    /// Reserved concurrency of functions, by the name of the task: quotas are off unless named.
    pub reserved_concurrency: BTreeMap<String, u32>,
    /// Tighter limits of functions, by the name of the task: what misbehaves is stopped sooner than the template says.
    pub limits: BTreeMap<String, Limits>,
    /// Whether one sandbox of every function is started ahead of the first order, in the background.
    pub warm: bool,
    /// How many times as fast as the clock alarms and their metrics go: delays, periods and waits.
    pub alarm_clock_speed: NonZeroU16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub timeout: Duration,
    pub memory_mb: u32,
}

impl Config {
    /// With these programs; in memory, without files, stand-ins that answer at once, functions warmed.
    #[must_use]
    pub fn new(functions: BTreeMap<String, PathBuf>, launcher: Launcher) -> Self {
        Self {
            functions,
            launcher,
            data_folder: None,
            folder: None,
            scratch_folder: std::env::temp_dir(),
            bedrock: Behaviour::default(),
            naver: Behaviour::default(),
            elevenst: Behaviour::default(),
            chamgagyeok: Behaviour::default(),
            kamis: Behaviour::default(),
            reserved_concurrency: BTreeMap::new(),
            limits: BTreeMap::new(),
            warm: true,
            alarm_clock_speed: NonZeroU16::MIN,
        }
    }

    pub const fn behaviour(&self, source: PriceSource) -> &Behaviour {
        match source {
            PriceSource::Naver => &self.naver,
            PriceSource::Elevenst => &self.elevenst,
            PriceSource::Chamgagyeok => &self.chamgagyeok,
            PriceSource::Kamis => &self.kamis,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum UpError {
    #[error("cannot resolve the template")]
    Resolve(#[from] cfn::resolve::ResolveError),
    #[error("not run by the embedded environment: {what}")]
    Unsupported { what: String },
    #[error("the template has no such resource: {logical_id}")]
    MissingResource { logical_id: String },
    #[error("no program for function: {function}")]
    NoProgram { function: String },
    #[error("cannot find the program: {}", path.display())]
    Program {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the definition of machine {machine} is refused: {refusal}")]
    Definition { machine: String, refusal: String },
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    #[error("cannot go on where an earlier environment ended")]
    Recovery(#[from] Refused),
    #[error(transparent)]
    Tables(#[from] DynamoDbError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    States(#[from] StatesError),
    #[error(transparent)]
    Alarm(#[from] DefinitionError),
    #[error(transparent)]
    SavedAlarms(#[from] SavedError),
    #[error("cannot start a server")]
    Serve(#[source] io::Error),
}

impl UpError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Resolve(error) => error.hint(),
            Self::Program { .. } | Self::NoProgram { .. } => {
                Some("`cargo xtask deploy` builds the functions and hands them over".to_owned())
            }
            Self::Folder(error) => error.hint(),
            Self::Tables(DynamoDbError::File(source)) => disk_hint(source.kind()),
            Self::Store(error) | Self::States(StatesError::Store(error)) => error.hint(),
            Self::SavedAlarms(_) => {
                Some("without this file all alarms begin in INSUFFICIENT_DATA: remove it".to_owned())
            }
            Self::Unsupported { .. }
            | Self::MissingResource { .. }
            | Self::Definition { .. }
            | Self::Recovery(_)
            | Self::Tables(_)
            | Self::States(_)
            | Self::Alarm(_)
            | Self::Serve(_) => None,
        }
    }
}
