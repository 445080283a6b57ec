//! `cargo xtask synth` as a person runs it, without cargo's own part: time, memory, and what is built for it.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    process::{Command, Stdio},
};

use super::program::{peak_bytes, wall_ms};
use crate::{
    cargo::{self, Profile},
    failure::Failure,
    repository,
};

const SYNTH: &str = "cargo xtask synth";

/// Times in milliseconds and highest memory in bytes.
#[derive(Debug, Default)]
pub(super) struct Samples {
    pub(super) wall_ms: Vec<f64>,
    pub(super) peak_bytes: Vec<f64>,
}

/// This program's own profile.
pub(super) const fn profile() -> Profile {
    if cfg!(debug_assertions) {
        Profile::Dev
    } else {
        Profile::Release
    }
}

pub(super) fn measure(samples: u32) -> Result<Samples, Failure> {
    let program = repository::this_program()?;
    let out: PathBuf = repository::target_folder()?.join("bench").join("synth");
    let command = || {
        let mut command = Command::new(&program);
        command.arg("synth").arg("--out").arg(&out);
        command
    };
    let mut measured = Samples::default();
    for _ in 0..samples {
        measured.wall_ms.push(wall_ms(SYNTH, &mut command())?);
    }
    for _ in 0..samples {
        measured.peak_bytes.push(peak_bytes(SYNTH, &mut command())?);
    }
    Ok(measured)
}

/// How many crates are built for this program, build scripts' and its own included.
pub(super) fn crates() -> Result<f64, Failure> {
    let mut tree = cargo::cargo();
    tree.args(["tree", "--package", "xtask", "--edges", "normal,build"]);
    tree.args(["--prefix", "none", "--format", "{p}", "--locked"]);
    tree.env("CARGO_TERM_COLOR", "never");
    let output = tree.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| Failure::Start {
        program: "cargo".to_owned(),
        source,
    })?;
    if !output.status.success() {
        return Err(Failure::NoSamples {
            program: "cargo tree",
        });
    }
    let count = count(&String::from_utf8_lossy(&output.stdout));
    u32::try_from(count)
        .map(f64::from)
        .map_err(|_| Failure::NoSamples {
            program: "cargo tree",
        })
}

/// Different lines; a crate that stands in the tree again is marked with `(*)`.
fn count(tree: &str) -> usize {
    let crates = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty());
    crates.collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_counts_once_and_each_version_of_it() {
        let tree = "xtask v0.1.0 (/r/xtask)\nserde v1.0.1\nsyn v2.0.1\nserde v1.0.1 (*)\nsyn v1.0.9\n\n";
        assert_eq!(count(tree), 4);
        assert_eq!(count(""), 0);
    }
}
