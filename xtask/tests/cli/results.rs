//! What the light commands find and write, for a person and for a machine.

use std::{fs, path::Path};

use crate::xtask;

const ENVIRONMENTS: [&str; 5] = ["local", "local-living", "dev", "staging", "prod"];

#[test]
fn a_check_for_a_person() {
    insta::assert_snapshot!(xtask(&["check", "--env", "prod", "--today", "2026-11-22"]));
}

#[test]
fn a_check_for_a_machine() {
    insta::assert_snapshot!(xtask(&["check", "--env", "prod", "--today", "2026-11-22", "--output", "json"]));
}

/// The manual that is printed is the one in the repository.
#[test]
fn the_manual_of_the_rules() {
    let manual = include_str!("../../../RULES.md");
    assert_eq!(xtask(&["rules"]), format!("exit code: 0\n--- stdout\n{manual}--- stderr\n"));
    let said = xtask(&["rules", "--check"]);
    assert!(said.starts_with("exit code: 0\n"), "{said}");
    let json = xtask(&["rules", "--output", "json"]);
    assert!(json.contains("\"rule\": \"broad-permission\""), "{json}");
}

#[test]
fn what_is_synthesised() {
    for environment in ENVIRONMENTS {
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
