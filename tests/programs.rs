//! The programs that the tests start: the three functions and `local`, as cargo built them beside this test; and functions that
//! are scripts.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use contract::task::TaskKind;
use local::process::Launcher;

/// A program by its name.
pub(crate) fn program(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    // target/<profile>/deps/e2e-<hash>
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

/// `local deploy` or `local run` of this order, as `cargo xtask` calls it.
pub(crate) fn local(command: &str, folder: &Path, order: &Path) -> Command {
    let mut local = Command::new(program("local"));
    local.arg(command).arg("--folder").arg(folder).arg("--order").arg(order).stdin(Stdio::null());
    for (task, program) in functions() {
        local.arg("--function").arg(format!("{task}={}", program.display()));
    }
    local
}

/// The sample order of this name.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../orders").join(name)
}

/// A function whose first process is killed once a line is written to the pipe at the second path.
pub(crate) fn killed_once(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (once, pipe) = (folder.join("once"), folder.join("pipe"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // The second process finds the mark of the first.
    let lines = format!(
        "if (set -C; : > {once}) 2>/dev/null; then (read line < {pipe}; kill -9 $$) & fi\nexec {program}",
        once = once.display(),
        pipe = pipe.display(),
        program = program(name).display(),
    );
    (script(folder, name, &lines), pipe)
}

/// A function of a few lines of shell, in this folder.
pub(crate) fn script(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
