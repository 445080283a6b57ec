//! The programs that the tests start: the three functions and `local`, as cargo built them beside this test.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use contract::task::TaskKind;
use local::process::Launcher;

/// A program by its name.
pub(crate) fn program(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    // target/<profile>/deps/it-<hash>
    let program = test.parent().and_then(Path::parent).unwrap().join(name);
    assert!(program.exists(), "no such program: {}\nhint: `cargo xtask test` builds it", program.display());
    program
}

/// The functions' programs by the names of their tasks.
pub(crate) fn functions() -> BTreeMap<String, PathBuf> {
    let tasks = TaskKind::ALL.iter();
    tasks.map(|task| (task.name().to_owned(), program(task.program()))).collect()
}

/// The launch step.
pub(crate) fn launcher() -> Launcher {
    Launcher::new(program("local"))
}

/// A function of a few lines of shell, in this folder.
pub(crate) fn script(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
