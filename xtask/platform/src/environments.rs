//! Finding an environment by its name: `local` is built in, every other one is a file of `environments/`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use stack::{Environment, EnvironmentError};

use crate::bounded_file;

pub const LOCAL: &str = "local";

/// Largest file of an environment in bytes. Ours have less than four thousand.
const MAX_BYTES: usize = 65_536;

#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    #[error("no such environment: {name}")]
    Unknown {
        name: String,
        /// The nearest name, or all of them.
        hint: String,
    },
    #[error("cannot read: {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Refused(#[from] EnvironmentError),
    #[error("`{command}` works for environments on this machine alone: {name}")]
    NotLocal { command: &'static str, name: String },
}

impl LookupError {
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
pub fn named_local(folder: &Path, name: &str, command: &'static str) -> Result<Environment, LookupError> {
    let environment = named(folder, name)?;
    if environment.name.is_local() {
        return Ok(environment);
    }
    Err(LookupError::NotLocal { command, name: name.to_owned() })
}

/// Every environment's name, in alphabetical order.
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
    use super::*;

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../environments")
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

    /// What is no regular file is refused by [`bounded_file`].
    #[test]
    fn a_file_without_a_bounded_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(format!("{name}.toml"));
        fs::create_dir(path("folder")).unwrap();
        fs::write(path("latin"), b"# caf\xe9\n").unwrap();
        fs::write(path("huge"), "#".repeat(MAX_BYTES + 1)).unwrap();
        for name in ["folder", "latin", "huge"] {
            let error = named(folder.path(), name).unwrap_err();
            assert!(matches!(error, LookupError::Read { .. }), "{name}: {error}");
        }
        // At its largest it is read, and found to say nothing.
        fs::write(path("large"), "#".repeat(MAX_BYTES)).unwrap();
        let error = named(folder.path(), "large").unwrap_err();
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
