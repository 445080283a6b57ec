//! Finding an environment by name: `local` is built in, every other one is a file of `environments/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use stack::Environment;
use target::environment_file;

use crate::{failure::Failure, repository};

/// The environment that is built in.
pub(crate) const LOCAL: &str = "local";

/// Which environment.
#[derive(Args)]
pub(crate) struct EnvironmentArgs {
    /// The environment: `local`, which is built in, or a file of environments/ without its .toml.
    #[arg(long, value_name = "NAME", default_value = LOCAL)]
    pub(crate) env: String,
}

impl EnvironmentArgs {
    /// Reads the environment.
    pub(crate) fn read(&self) -> Result<Environment, Failure> {
        named(&folder(), &self.env)
    }

    /// Reads the environment, refuses one that is not on this machine, and gives its file; nothing for the built-in one.
    pub(crate) fn local_file(&self, command: &'static str) -> Result<Option<PathBuf>, Failure> {
        let environment = self.read()?;
        if !environment.name.is_local() {
            return Err(Failure::LocalOnly {
                command,
                environment: self.env.clone(),
            });
        }
        let is_file = !environment.name.is_built_in();
        Ok(is_file.then(|| file(&folder(), &self.env)))
    }
}

/// Every environment's name, in alphabetical order.
pub(crate) fn names() -> Vec<String> {
    names_in(&folder())
}

fn folder() -> PathBuf {
    repository::root().join("environments")
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.toml"))
}

/// Reads an environment by its name.
pub(crate) fn by_name(name: &str) -> Result<Environment, Failure> {
    named(&folder(), name)
}

fn named(folder: &Path, name: &str) -> Result<Environment, Failure> {
    if name == LOCAL {
        return Ok(Environment::local()?);
    }
    let names = names_in(folder);
    if !names.iter().any(|known| known == name) {
        return Err(Failure::NoEnvironment {
            name: name.to_owned(),
            hint: hint(&names, name),
        });
    }
    let path = file(folder, name);
    let text = environment_file::text(&path).map_err(|source| Failure::Read { path, source })?;
    Ok(Environment::parse(&format!("environments/{name}.toml"), &text)?)
}

fn names_in(folder: &Path) -> Vec<String> {
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

    /// Why an environment is refused, at once: a pipe without a writer has no answer to an `open`.
    fn refused_at_once(folder: &Path, name: &'static str) -> Failure {
        let (answer, answered) = mpsc::channel();
        let folder = folder.to_owned();
        thread::spawn(move || answer.send(named(&folder, name)).is_ok());
        let named = answered.recv_timeout(Duration::from_secs(20));
        named.expect("somebody was waited for").unwrap_err()
    }

    fn check(name: &str, expect: &str) {
        let names = ["dev", "local", "prod", "staging"].map(str::to_owned);
        assert_eq!(hint(&names, name), expect);
    }

    #[test]
    fn a_typo_is_answered_with_the_nearest_name() {
        check("stagging", "did you mean `staging`?");
        check("pord", "did you mean `prod`?");
        check("xyz", "the environments are dev, local, prod, staging");
    }

    #[test]
    fn a_name_is_no_path() {
        let folder = repository::root().join("environments");
        for name in ["../environments/dev", "", ".", "dev.toml"] {
            assert!(
                matches!(named(&folder, name), Err(Failure::NoEnvironment { .. })),
                "{name}"
            );
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
        fs::write(path("huge"), "#".repeat(65_537)).unwrap();
        for name in [
            "folder", "circle-a", "circle-b", "dangling", "pipe", "latin", "huge",
        ] {
            let failure = refused_at_once(folder.path(), name);
            assert!(matches!(failure, Failure::Read { .. }), "{name}: {failure}");
            assert_eq!(failure.exit_code(), target::exit_code::USAGE, "{name}");
        }
        // At its largest it is read, and found to say nothing.
        fs::write(path("large"), "#".repeat(65_536)).unwrap();
        let failure = refused_at_once(folder.path(), "large");
        assert!(matches!(failure, Failure::Environment(_)), "{failure}");
        let failure = refused_at_once(folder.path(), "absent");
        assert!(matches!(failure, Failure::NoEnvironment { .. }), "{failure}");
    }

    #[test]
    fn what_runs_on_this_machine_is_handed_over_by_its_file() {
        let of = |env: &str| EnvironmentArgs { env: env.to_owned() }.local_file("run");
        assert_eq!(of(LOCAL).unwrap(), None);
        let living = of("local-living").unwrap().unwrap();
        assert!(living.ends_with("environments/local-living.toml") && living.is_file());
        for name in names() {
            assert_eq!(of(&name).is_ok(), name.starts_with(LOCAL), "{name}");
        }
    }

    #[test]
    fn every_environment_of_the_repository_can_be_read() {
        for name in names() {
            assert!(by_name(&name).is_ok(), "{name}");
        }
    }
}
