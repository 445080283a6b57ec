//! What a person sees who types a command: help, mistakes, results, exit codes. Nothing here builds or starts anything.

#![expect(clippy::unwrap_used, reason = "a test's helper is a test")]

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// stdout, stderr and the exit code of one command, as one text.
fn xtask(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Neither the width nor the colours of whoever runs the tests.
    command
        .args(args)
        .stdin(Stdio::null())
        .env_remove("COLUMNS")
        .env_remove("CLICOLOR_FORCE");
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().unwrap();
    format!("exit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")
}

/// As [`xtask`] with `--order`, where the order is this text.
fn xtask_order(command: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let order = folder.path().join("order.json");
    fs::write(&order, text).unwrap();
    let said = xtask(&[command, "--order", order.to_str().unwrap()]);
    said.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn help() {
    insta::assert_snapshot!(xtask(&["--help"]));
}

#[test]
fn help_of_every_command() {
    for command in [
        "deploy", "run", "synth", "check", "test", "bench", "fuzz", "guards", "ci",
    ] {
        insta::assert_snapshot!(format!("help_{command}"), xtask(&[command, "--help"]));
    }
}

#[test]
fn an_unknown_command() {
    insta::assert_snapshot!(xtask(&["depoly"]));
}

#[test]
fn an_unknown_guard() {
    insta::assert_snapshot!(xtask(&["guards", "order-too-lage"]));
}

#[test]
fn the_guards_for_a_machine() {
    let said = xtask(&["guards", "--list", "--area", "functions", "--output", "json"]);
    assert!(said.starts_with("exit code: 0\n"), "{said}");
    assert!(said.contains("\"name\": \"order-too-large\""), "{said}");
}

#[test]
fn an_unknown_environment() {
    for command in ["synth", "check", "deploy"] {
        insta::assert_snapshot!("an_unknown_environment", xtask(&[command, "--env", "stagng"]));
    }
}

#[test]
fn an_environment_that_cannot_be_deployed_here() {
    insta::assert_snapshot!(xtask(&["deploy", "--env", "prod"]));
}

#[test]
fn an_order_that_is_out_of_bounds() {
    let order = r#"{ "profile": { "target": "baby", "months": 37, "budget": 1000, "servings": 1 } }"#;
    for command in ["run", "deploy"] {
        insta::assert_snapshot!("an_order_out_of_bounds", xtask_order(command, order));
    }
}

#[test]
fn an_order_that_says_too_much() {
    let order =
        r#"{ "profile": { "target": "general", "budget": 1, "servings": 1, "medication": ["secret"] } }"#;
    let said = xtask_order("run", order);
    insta::assert_snapshot!(said);
    assert!(!said.contains("secret"));
}

#[test]
fn an_order_that_is_not_there() {
    insta::assert_snapshot!(xtask(&["run", "--order", "nowhere.json"]));
}

#[test]
fn a_day_that_is_none() {
    insta::assert_snapshot!(xtask(&["check", "--today", "2026-02-30"]));
}

#[test]
fn findings_for_a_person() {
    insta::assert_snapshot!(xtask(&["check", "--env", "prod", "--today", "2026-11-22"]));
}

#[test]
fn findings_for_a_machine() {
    insta::assert_snapshot!(xtask(&[
        "check",
        "--env",
        "prod",
        "--today",
        "2026-11-22",
        "--output",
        "json"
    ]));
}

#[test]
fn the_local_environment_is_without_findings() {
    let said = xtask(&["check", "--today", "2026-11-22", "--output", "json"]);
    assert!(said.starts_with("exit code: 0\n"), "{said}");
    assert!(said.contains("\"findings\": []"), "{said}");
}

#[test]
fn what_is_synthesised() {
    for environment in ["local", "dev", "staging", "prod"] {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().to_str().unwrap();
        let args = ["synth", "--env", environment, "--out", path];
        let text = xtask(&args);
        assert!(text.starts_with("exit code: 0\n"), "{text}");
        for line in text.lines().filter(|line| line.starts_with('/')) {
            assert!(Path::new(line).is_file(), "{line}");
        }
        assert!(out.path().join("template.json").is_file());
        assert!(out.path().join("state-machine.asl.json").is_file());
        let template = fs::read(out.path().join("template.json")).unwrap();
        xtask(&args);
        assert_eq!(template, fs::read(out.path().join("template.json")).unwrap());
    }
}

#[test]
fn synthesised_paths_for_a_machine() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().to_str().unwrap();
    let said = xtask(&["synth", "--env", "dev", "--out", path, "--output", "json"]);
    insta::assert_snapshot!(said.replace(path, "OUT"));
}
