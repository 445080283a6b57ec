//! What an embedded environment is brought up with, and why it does not come up.

use std::{collections::BTreeMap, io, path::PathBuf, time::Duration};

use contract::PriceSource;

use crate::{
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
    /// How the stand-in for Bedrock behaves at first.
    pub bedrock: Behaviour,
    /// How the stand-in for Naver behaves at first.
    pub naver: Behaviour,
    /// How the stand-in for 11번가 behaves at first.
    pub elevenst: Behaviour,
    /// How the stand-in for 참가격 behaves at first.
    pub chamgagyeok: Behaviour,
    /// How the stand-in for KAMIS behaves at first.
    pub kamis: Behaviour,
    /// Reserved concurrency of functions, by the name of the task: quotas are off unless named.
    pub reserved_concurrency: BTreeMap<String, u32>,
    /// Tighter limits of functions, by the name of the task: what misbehaves is stopped sooner than the template says.
    pub limits: BTreeMap<String, Limits>,
    /// Whether one sandbox of every function is started ahead of the first order, in the background.
    pub warm: bool,
}

/// Limits of one function in the place of the template's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long an invocation may take.
    pub timeout: Duration,
    /// How much memory its processes may use.
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
        }
    }

    /// How the stand-in of a source behaves at first.
    #[must_use]
    pub const fn behaviour(&self, source: PriceSource) -> &Behaviour {
        match source {
            PriceSource::Naver => &self.naver,
            PriceSource::Elevenst => &self.elevenst,
            PriceSource::Chamgagyeok => &self.chamgagyeok,
            PriceSource::Kamis => &self.kamis,
        }
    }
}

/// Why an environment does not come up.
#[derive(Debug, thiserror::Error)]
pub enum UpError {
    /// The template means nothing in the embedded account.
    #[error("cannot resolve the template")]
    Resolve(#[from] cfn::resolve::ResolveError),
    /// The template has something that this environment does not run.
    #[error("not run by the embedded environment: {what}")]
    Unsupported {
        /// What it is.
        what: String,
    },
    /// The template lacks a resource that orders need.
    #[error("the template has no such resource: {logical_id}")]
    MissingResource {
        /// Its name in the template.
        logical_id: String,
    },
    /// A function without a program.
    #[error("no program for function: {function}")]
    NoProgram {
        /// The name of its task.
        function: String,
    },
    /// A program that is not there.
    #[error("cannot find the program: {}", path.display())]
    Program {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A machine's definition is refused by the interpreter.
    #[error("the definition of machine {machine} is refused: {refusal}")]
    Definition {
        /// The machine's name.
        machine: String,
        /// The first refusal.
        refusal: String,
    },
    /// A folder cannot be used.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// What an earlier environment left cannot be read or closed.
    #[error("cannot go on where an earlier environment ended")]
    Recovery(#[from] Refused),
    /// The database does not come up.
    #[error(transparent)]
    Tables(#[from] DynamoDbError),
    /// The executions of earlier environments cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine does not come up.
    #[error(transparent)]
    States(#[from] StatesError),
    /// No port can be opened, or no log file.
    #[error("cannot start a server")]
    Serve(#[source] io::Error),
}

impl UpError {
    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Resolve(error) => error.hint(),
            Self::Program { .. } | Self::NoProgram { .. } => {
                Some("`cargo xtask deploy` builds the functions and hands them over".to_owned())
            }
            Self::Folder(error) => error.hint(),
            Self::Tables(DynamoDbError::File(source)) => disk_hint(source.kind()),
            Self::Store(error) | Self::States(StatesError::Store(error)) => error.hint(),
            Self::Unsupported { .. }
            | Self::MissingResource { .. }
            | Self::Definition { .. }
            | Self::Recovery(_)
            | Self::Tables(_)
            | Self::States(_)
            | Self::Serve(_) => None,
        }
    }
}
