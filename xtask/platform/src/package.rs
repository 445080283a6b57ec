//! From a checked template and the functions' programs to what a release consists of: one zip a function, the same
//! bytes for the same program, named by their content.

use std::{
    fs,
    io::{self, Cursor, Write},
    path::{Path, PathBuf},
    process::Command,
};

use contract::task::TaskKind;
use serde::Serialize;
use sha2::{Digest, Sha256};
use stack::CheckedTemplate;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::launch::Program;

/// The name of the program in a zip. Source: the `provided.al2023` runtime starts exactly this file.
pub const ENTRY: &str = "bootstrap";

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    #[serde(rename = "name")]
    pub function: &'static str,
    /// The SHA-256 of the zip, in hexadecimal: its name.
    pub sha256: String,
    pub bytes: u64,
    /// Whether the program has lost its symbols. It keeps them where no `strip` is installed.
    pub stripped: bool,
    /// The program that is in the zip: what an embedded environment runs.
    #[serde(skip)]
    pub program: PathBuf,
    #[serde(skip)]
    pub zip: PathBuf,
}

/// What a release consists of. Only a checked template becomes one.
#[derive(Debug)]
pub struct Package {
    pub template: CheckedTemplate,
    pub artifacts: Vec<Artifact>,
}

#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("no program for function: {function}")]
    NoProgram { function: &'static str },
    #[error("cannot package: {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`strip` refused: {}", path.display())]
    Strip {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot zip: {}", path.display())]
    Zip {
        path: PathBuf,
        #[source]
        source: ZipError,
    },
    #[error("packaging did not end for function: {function}")]
    Broken { function: &'static str },
}

/// Packages a checked template with every function's program into `folder`.
pub fn package(
    template: CheckedTemplate,
    programs: &[Program],
    folder: &Path,
) -> Result<Package, PackageError> {
    let artifacts = artifacts(programs, folder)?;
    Ok(Package { template, artifacts })
}

/// Packages every function's program into `folder`, all of them at once.
pub fn artifacts(programs: &[Program], folder: &Path) -> Result<Vec<Artifact>, PackageError> {
    std::thread::scope(|scope| {
        let workers: Vec<_> = TaskKind::ALL
            .iter()
            .map(|task| {
                let function = task.name();
                let program = programs.iter().find(|program| program.function == function);
                let program = program.ok_or(PackageError::NoProgram { function })?;
                Ok((function, scope.spawn(move || artifact(program, folder))))
            })
            .collect::<Result<_, _>>()?;
        let ended = workers.into_iter();
        ended
            .map(|(function, worker)| worker.join().unwrap_or(Err(PackageError::Broken { function })))
            .collect()
    })
}

/// Packages one function's program: `FOLDER/packages/NAME/SHA256.zip` and, beside it, the program of that zip.
fn artifact(program: &Program, folder: &Path) -> Result<Artifact, PackageError> {
    let folder = folder.join("packages").join(program.function);
    let file = |path: &Path| {
        let path = path.to_path_buf();
        move |source| PackageError::File { path, source }
    };
    fs::create_dir_all(&folder).map_err(file(&folder))?;
    // Its own name until its content is known: two deployments may package at once.
    let draft = folder.join(format!("draft-{}", std::process::id()));
    let stripped = strip(&program.path, &draft)?;
    let code = fs::read(&draft).map_err(file(&draft))?;
    let zip_bytes = zip(&code).map_err(|source| PackageError::Zip { path: program.path.clone(), source })?;
    let sha256 = hex(&Sha256::digest(&zip_bytes));

    let zip = folder.join(format!("{sha256}.zip"));
    let home = folder.join(&sha256);
    let code_path = home.join(ENTRY);
    fs::create_dir_all(&home).map_err(file(&home))?;
    if code_path.exists() {
        // A running environment may be executing it: the same content needs no second writing.
        fs::remove_file(&draft).map_err(file(&draft))?;
    } else {
        fs::rename(&draft, &code_path).map_err(file(&code_path))?;
    }
    if !zip.exists() {
        fs::write(&draft, &zip_bytes).map_err(file(&draft))?;
        fs::rename(&draft, &zip).map_err(file(&zip))?;
    }
    Ok(Artifact {
        function: program.function,
        sha256,
        bytes: u64::try_from(zip_bytes.len()).unwrap_or(u64::MAX),
        stripped,
        program: code_path,
        zip,
    })
}

/// Copies the program without its symbols; as it is where no `strip` is installed.
fn strip(from: &Path, to: &Path) -> Result<bool, PackageError> {
    let strip_failed = |source| PackageError::Strip { path: from.to_path_buf(), source };
    match Command::new("strip").arg("-o").arg(to).arg(from).output() {
        Ok(output) if output.status.success() => Ok(true),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(strip_failed(io::Error::other(said)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::copy(from, to).map_err(|source| PackageError::File { path: from.to_path_buf(), source })?;
            Ok(false)
        }
        Err(error) => Err(strip_failed(error)),
    }
}

/// One executable entry, with nothing in it that changes from one day or machine to the next.
fn zip(code: &[u8]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(ENTRY, options)?;
    writer.write_all(code)?;
    Ok(writer.finish()?.into_inner())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::{io::Read, os::unix::fs::PermissionsExt};

    use super::*;

    /// The test program itself stands in for every function.
    fn programs() -> Vec<Program> {
        let path = std::env::current_exe().unwrap();
        let tasks = TaskKind::ALL.iter();
        tasks.map(|task| Program { function: task.name(), path: path.clone() }).collect()
    }

    #[test]
    fn the_same_program_gives_the_same_bytes() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = artifacts(&programs(), one.path()).unwrap();
        let again = artifacts(&programs(), one.path()).unwrap();
        let elsewhere = artifacts(&programs(), other.path()).unwrap();
        assert_eq!(first, again);
        for (here, there) in first.iter().zip(&elsewhere) {
            assert_eq!(here.sha256, there.sha256);
            assert_eq!(fs::read(&here.zip).unwrap(), fs::read(&there.zip).unwrap());
        }
    }

    #[test]
    fn a_zip_holds_one_program_that_may_be_executed() {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = artifacts(&programs(), folder.path()).unwrap();
        let artifact = &artifacts[0];
        assert_eq!(fs::metadata(&artifact.zip).unwrap().len(), artifact.bytes);

        let mut archive = zip::ZipArchive::new(fs::File::open(&artifact.zip).unwrap()).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_name(ENTRY).unwrap();
        assert_eq!(entry.unix_mode().unwrap() & 0o777, 0o755);
        let mut code = Vec::new();
        entry.read_to_end(&mut code).unwrap();
        assert_eq!(code, fs::read(&artifact.program).unwrap());
        assert_ne!(fs::metadata(&artifact.program).unwrap().permissions().mode() & 0o100, 0);
    }

    #[test]
    fn no_draft_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        artifacts(&programs(), folder.path()).unwrap();
        let entries = fs::read_dir(folder.path().join("packages").join("RecipeGenerator")).unwrap();
        let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }

    #[test]
    fn every_function_needs_a_program() {
        let folder = tempfile::tempdir().unwrap();
        let error = artifacts(&programs()[1..], folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "no program for function: RecipeGenerator");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut programs = programs();
        programs[0].path = PathBuf::from("/nowhere/recipe");
        let error = artifacts(&programs, folder.path()).unwrap_err();
        assert!(error.to_string().ends_with(": /nowhere/recipe"), "{error}");
    }
}
