//! What `local` tells, and on which stream: the result or one error on stdout, and an exit code that says which.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use platform::exit_code;
use serde_json::Value;

use crate::programs;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../orders/keto.json")
}

fn local(command: &str, folder: &Path, order: &Path) -> Command {
    let mut local = Command::new(programs::program("local"));
    local.arg(command).arg("--folder").arg(folder).arg("--order").arg(order);
    for (task, program) in programs::functions() {
        local.arg("--function").arg(format!("{task}={}", program.display()));
    }
    local.stdin(Stdio::null());
    local
}

/// The one error on stdout, which is the same as on stderr and has the program's exit code.
fn error(output: &Output) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let mut told: Value = serde_json::from_slice(&output.stdout).expect(&stderr);
    let error = told["error"].take();
    assert_eq!(error["exitCode"].as_i64(), output.status.code().map(i64::from));
    let message = error["message"].as_str().unwrap();
    assert!(stderr.contains(&format!("error: {message}\n")), "{stderr}");
    error
}

#[test]
fn a_machine_is_told_what_is_wrong_with_an_order() {
    let folder = tempfile::tempdir().unwrap();
    let order = folder.path().join("order.json");
    fs::write(&order, r#"{"profile":{"target":"general","budget":1,"servings":0}}"#).unwrap();
    for command in ["deploy", "run"] {
        let mut local = local(command, folder.path(), &order);
        let error = error(&local.args(["--output", "json"]).output().unwrap());
        assert_eq!(error["exitCode"], exit_code::USAGE);
        assert!(error["message"].as_str().unwrap().starts_with("profile.servings: "), "{error}");
    }
}

#[test]
fn a_machine_is_told_that_nothing_came_up() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::write(&data, "a file, no folder").unwrap();
    let mut local = local("deploy", folder.path(), &sample());
    let error = error(&local.args(["--output", "json", "--data"]).arg(&data).output().unwrap());
    assert_eq!(error["exitCode"], exit_code::DEPLOY_FAILED);
    assert!(!error["causes"].as_array().unwrap().is_empty(), "{error}");
}

#[test]
fn a_machine_is_told_of_an_option_that_nobody_knows() {
    let folder = tempfile::tempdir().unwrap();
    let mut local = local("run", folder.path(), &sample());
    let error = error(&local.args(["--output=json", "--nonsense"]).output().unwrap());
    assert_eq!(error["message"], "no such option: --nonsense");
}

#[test]
fn a_result_is_one_object_without_escapes() {
    let folder = tempfile::tempdir().unwrap();
    let mut local = local("deploy", folder.path(), &sample());
    let output = local.args(["--output", "json", "--color", "always"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["execution"]["status"], "SUCCEEDED");
    assert_eq!(report.get("error"), None);
    assert!(output.stderr.contains(&0x1b), "`always` is meant for stderr, too");
}

#[test]
fn a_full_stdout_is_no_bug_and_a_reader_who_left_needs_no_word() {
    let folder = tempfile::tempdir().unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = local("deploy", folder.path(), &sample()).stdout(full).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(exit_code::USAGE)), "{stderr}");
    assert!(stderr.contains("error: cannot write to stdout\n  caused by: "), "{stderr}");

    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = local("deploy", folder.path(), &sample()).stdout(writer).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(exit_code::READER_GONE)), "{stderr}");
    assert!(!stderr.contains("error"), "{stderr}");
}

#[test]
fn an_order_is_cooked_without_any_stream() {
    let folder = tempfile::tempdir().unwrap();
    let local = local("deploy", folder.path(), &sample());
    let mut shell = Command::new("sh");
    // Whoever starts it closed everything, as some daemons do.
    shell.args(["-c", "exec \"$0\" \"$@\" <&- >&- 2>&-"]);
    shell.arg(local.get_program()).args(local.get_args());
    assert_eq!(shell.status().unwrap().code(), Some(0));
    assert!(folder.path().join("local").is_dir());
}
