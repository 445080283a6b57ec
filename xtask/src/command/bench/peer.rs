//! The peer of `cargo xtask synth`: the CDK with the same stack, from `xtask/peers/cdk`, installed under cargo's target
//! folder and measured in the same way.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use target::progress::Progress;

use super::{
    program::{peak_bytes, wall_ms},
    sample::median,
};
use crate::{failure::Failure, repository};

/// What it is called, with the version that its `package.json` pins.
pub(super) const NAME: &str = "cdk synth 2.1148.1";

/// It takes seconds: a few samples tell as much as many.
const SAMPLES: u32 = 5;

/// What is installed: nothing is changed in the repository.
const FILES: [(&str, &str); 2] = [
    ("package.json", include_str!("../../../peers/cdk/package.json")),
    ("app.mjs", include_str!("../../../peers/cdk/app.mjs")),
];

/// The peer, installed.
pub(super) struct CdkSynth {
    folder: PathBuf,
}

/// Medians.
pub(super) struct Measured {
    pub(super) wall_ms: f64,
    pub(super) peak_bytes: f64,
}

impl CdkSynth {
    pub(super) fn install(progress: &mut Progress) -> Result<Self, Failure> {
        let folder = repository::target_folder()?
            .join("bench")
            .join("peers")
            .join("cdk");
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text));
            written.map_err(|source| Failure::Write { path, source })
        };
        // Written last: an installation that was interrupted is begun again.
        let complete = folder.join("complete");
        let is_complete = fs::read_to_string(&complete).is_ok_and(|text| text == FILES[0].1);
        for (name, text) in FILES {
            write(name, text)?;
        }
        if !is_complete {
            progress.doing("installing the CDK");
            let mut npm = Command::new("npm");
            npm.args(["install", "--no-audit", "--no-fund", "--no-package-lock"]);
            succeed(npm.args(["--loglevel", "error"]).current_dir(&folder))?;
            write("complete", FILES[0].1)?;
            progress.done("Installed", NAME);
        }
        Ok(Self { folder })
    }

    pub(super) fn measure(&self, progress: &mut Progress) -> Result<Measured, Failure> {
        progress.doing("measuring the CDK");
        let command = || {
            let mut node = Command::new("node");
            node.current_dir(&self.folder)
                .arg("node_modules/aws-cdk/bin/cdk")
                .args(["synth", "--quiet", "--app", "node app.mjs", "--output", "out"])
                // `cargo xtask synth` judges nothing either: that is `check`'s part.
                .args(["--no-validation", "--no-version-reporting", "--no-notices"]);
            node
        };
        let (mut times, mut peaks) = (Vec::new(), Vec::new());
        // The first one reads every file from the disk, and tells why if it cannot be done.
        succeed(&mut command())?;
        for _ in 0..SAMPLES {
            times.push(wall_ms(NAME, command().stderr(Stdio::null()))?);
        }
        for _ in 0..SAMPLES {
            peaks.push(peak_bytes(NAME, command().stderr(Stdio::null()))?);
        }
        let none = || Failure::NoSamples { program: NAME };
        Ok(Measured {
            wall_ms: median(&times).ok_or_else(none)?,
            peak_bytes: median(&peaks).ok_or_else(none)?,
        })
    }
}

/// Runs a command of Node.js; what it said is told when it fails.
fn succeed(command: &mut Command) -> Result<(), Failure> {
    let said = match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Failure::NoPeer { said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_has_the_pinned_version() {
        let package: serde_json::Value = serde_json::from_str(FILES[0].1).unwrap();
        let dependencies = package["dependencies"].as_object().unwrap();
        let version = dependencies["aws-cdk"].as_str().unwrap();
        assert_eq!(NAME, format!("cdk synth {version}"));
        for (name, version) in dependencies {
            let exact = |c: char| c.is_ascii_digit() || c == '.';
            assert!(version.as_str().unwrap().chars().all(exact), "{name}");
        }
    }
}
