//! Finding an environment by its name: `local` is built in, every other one is a file of `environments/`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use stack::{Environment, EnvironmentError};

use crate::bounded_file;

/// The environment that is built in.
pub const LOCAL: &str = "local";

/// Largest file of an environment in bytes. Ours have less than four thousand.
const MAX_BYTES: usize = 65_536;

/// Why there is no environment.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// No file has this name.
    #[error("no such environment: {name}")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The nearest name, or all of them.
        hint: String,
    },
    /// Its file cannot be read.
    #[error("cannot read: {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its file says what no environment can be.
    #[error(transparent)]
    Refused(#[from] EnvironmentError),
    /// It is not an environment of this machine.
    #[error("`{command}` works for environments on this machine alone: {name}")]
    NotLocal {
        /// The command.
        command: &'static str,
        /// The environment's name.
        name: String,
    },
}

impl LookupError {
    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Unknown { hint, .. } => Some(hint),
            Self::Refused(error) => error.hint(),
            Self::NotLocal { .. } => Some(
                "on this machine are `local` and what begins with `local-`; `synth` and `check` work for every environment, \
                 releases to AWS come with a later version",
            ),
            Self::Read { .. } => None,
        }
    }
}

/// Reads an environment of this folder by its name.
///
/// # Errors
/// It does not exist, its file cannot be read, is no regular file of at most [`MAX_BYTES`], or says what no environment can be.
pub fn named(folder: &Path, name: &str) -> Result<Environment, LookupError> {
    if name == LOCAL {
        return Ok(Environment::local()?);
    }
    let names = names(folder);
    if !names.iter().any(|known| known == name) {
        return Err(LookupError::Unknown { name: name.to_owned(), hint: hint(&names, name) });
    }
    let path = folder.join(format!("{name}.toml"));
    let text = text(&path).map_err(|source| LookupError::Read { path, source })?;
    Ok(Environment::parse(&format!("environments/{name}.toml"), &text)?)
}

/// Reads an environment that runs on this machine.
///
/// # Errors
/// As [`named`], or it runs elsewhere.
pub fn named_local(folder: &Path, name: &str, command: &'static str) -> Result<Environment, LookupError> {
    let environment = named(folder, name)?;
    if environment.name.is_local() {
        return Ok(environment);
    }
    Err(LookupError::NotLocal { command, name: name.to_owned() })
}

/// Every environment's name, in alphabetical order.
#[must_use]
pub fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let stems = files.filter_map(|file| {
        let name = file.file_name().into_string().ok()?;
        Some(name.strip_suffix(".toml")?.to_owned())
    });
    let mut names: Vec<_> = stems.chain([LOCAL.to_owned()]).collect();
    names.sort();
    names.dedup();
    names
}

fn text(path: &Path) -> io::Result<String> {
    let refused = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let bytes = bounded_file::read(path, MAX_BYTES)?;
    if bytes.len() > MAX_BYTES {
        return Err(refused(format!("expected at most {MAX_BYTES} bytes, got more")));
    }
    String::from_utf8(bytes).map_err(|error| refused(error.utf8_error().to_string()))
}

fn hint(names: &[String], name: &str) -> String {
    let nearest = names.iter().max_by(|one, other| {
        let distance = |known: &str| strsim::jaro_winkler(known, name);
        distance(one).total_cmp(&distance(other))
    });
    match nearest.filter(|nearest| strsim::jaro_winkler(nearest, name) > 0.7) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the environments are {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::symlink, sync::mpsc, thread, time::Duration};

    use super::*;

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../environments")
    }

    /// Why an environment is refused, at once: a pipe without a writer has no answer to an `open`.
    fn refused_at_once(folder: &Path, name: &'static str) -> LookupError {
        let (answer, answered) = mpsc::channel();
        let folder = folder.to_owned();
        thread::spawn(move || answer.send(named(&folder, name)).is_ok());
        let named = answered.recv_timeout(Duration::from_secs(20));
        named.expect("the lookup waits").unwrap_err()
    }

    #[test]
    fn a_typo_is_answered_with_the_nearest_name() {
        let names = ["dev", "local", "prod", "staging"].map(str::to_owned);
        assert_eq!(hint(&names, "stagging"), "did you mean `staging`?");
        assert_eq!(hint(&names, "pord"), "did you mean `prod`?");
        assert_eq!(hint(&names, "xyz"), "the environments are dev, local, prod, staging");
    }

    #[test]
    fn a_name_is_no_path() {
        for name in ["../environments/dev", "", ".", "dev.toml"] {
            let found = named(&folder(), name);
            assert!(matches!(found, Err(LookupError::Unknown { .. })), "{name}");
        }
    }

    /// The folder is a person's: everything may stand in it.
    #[test]
    fn what_is_no_file_with_a_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(format!("{name}.toml"));
        fs::create_dir(path("folder")).unwrap();
        symlink(path("circle-b"), path("circle-a")).unwrap();
        symlink(path("circle-a"), path("circle-b")).unwrap();
        symlink(path("nowhere"), path("dangling")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(path("pipe")).status();
        assert!(made.unwrap().success());
        fs::write(path("latin"), b"# caf\xe9\n").unwrap();
        fs::write(path("huge"), "#".repeat(MAX_BYTES + 1)).unwrap();
        for name in ["folder", "circle-a", "circle-b", "dangling", "pipe", "latin", "huge"] {
            let error = refused_at_once(folder.path(), name);
            assert!(matches!(error, LookupError::Read { .. }), "{name}: {error}");
        }
        // At its largest it is read, and found to say nothing.
        fs::write(path("large"), "#".repeat(MAX_BYTES)).unwrap();
        let error = refused_at_once(folder.path(), "large");
        assert!(matches!(error, LookupError::Refused(_)), "{error}");
    }

    #[test]
    fn every_environment_of_the_repository_is_read_and_some_run_here() {
        for name in names(&folder()) {
            assert!(named(&folder(), &name).is_ok(), "{name}");
            let is_local = named_local(&folder(), &name, "run").is_ok();
            assert_eq!(is_local, name.starts_with(LOCAL), "{name}");
        }
    }
}
