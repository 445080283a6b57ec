//! What `local` writes to which stream: the result or one error on stdout, and an exit code that says which.

use std::{
    fs::{self, File},
    io,
    process::{Command, Output},
};

use platform::exit_code;
use serde_json::Value;

use crate::programs::{local, sample};

/// The one error on stdout, which is the same as on stderr and has the program's exit code.
fn error(output: &Output) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let mut report: Value = serde_json::from_slice(&output.stdout).expect(&stderr);
    let error = report["error"].take();
    assert_eq!(error["exitCode"].as_i64(), output.status.code().map(i64::from));
    let message = error["message"].as_str().unwrap();
    assert!(stderr.contains(&format!("error: {message}\n")), "{stderr}");
    error
}

#[test]
fn a_refused_order_is_an_error_in_json() {
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
fn an_environment_that_does_not_come_up_is_an_error_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::write(&data, "a file, no folder").unwrap();
    let mut local = local("deploy", folder.path(), &sample("keto.json"));
    let error = error(&local.args(["--output", "json", "--data"]).arg(&data).output().unwrap());
    assert_eq!(error["exitCode"], exit_code::DEPLOY_FAILED);
    assert!(!error["causes"].as_array().unwrap().is_empty(), "{error}");
}

#[test]
fn a_result_is_one_object_without_escapes() {
    let folder = tempfile::tempdir().unwrap();
    let mut local = local("deploy", folder.path(), &sample("keto.json"));
    let output = local.args(["--output", "json", "--color", "always"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["execution"]["status"], "SUCCEEDED");
    assert_eq!(report.get("error"), None);
    assert!(output.stderr.contains(&0x1b), "`always` is meant for stderr, too");
}

#[test]
fn a_full_stdout_is_an_error_and_a_closed_pipe_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = local("deploy", folder.path(), &sample("keto.json")).stdout(full).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(exit_code::USAGE)), "{stderr}");
    assert!(stderr.contains("error: cannot write to stdout\n  caused by: "), "{stderr}");

    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = local("deploy", folder.path(), &sample("keto.json")).stdout(writer).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(exit_code::READER_GONE)), "{stderr}");
    assert!(!stderr.contains("error"), "{stderr}");
}

#[test]
fn an_order_is_cooked_with_all_streams_closed() {
    let folder = tempfile::tempdir().unwrap();
    let local = local("deploy", folder.path(), &sample("keto.json"));
    let mut shell = Command::new("sh");
    // Whoever starts it closed everything, as some daemons do.
    shell.args(["-c", "exec \"$0\" \"$@\" <&- >&- 2>&-"]);
    shell.arg(local.get_program()).args(local.get_args());
    assert_eq!(shell.status().unwrap().code(), Some(0));
    assert!(folder.path().join("local").is_dir());
}
