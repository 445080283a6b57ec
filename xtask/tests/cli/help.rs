//! The help of every command there is, found through the help itself: a new command has its snapshot, or this is red.

use crate::{command, commands, said, xtask};

/// The summary and the whole.
fn help_of(path: &[&str]) -> String {
    let of = |flag| xtask(&[path, &[flag]].concat());
    format!("$ -h\n{}\n$ --help\n{}", of("-h"), of("--help"))
}

#[test]
fn help() {
    insta::assert_snapshot!(help_of(&[]));
}

#[test]
fn help_of_every_command() {
    for command in commands() {
        let path: Vec<_> = command.iter().map(String::as_str).collect();
        let help = help_of(&path);
        assert!(help.starts_with("$ -h\nexit code: 0\n"), "{help}");
        assert!(help.contains("\nExamples:\n"), "{command:?} shows no examples");
        insta::assert_snapshot!(format!("help_of_{}", command.join("_")), help);
    }
}

#[test]
fn no_command_is_answered_with_what_there_is() {
    let said = said(&[]);
    assert_eq!((said.code, said.stdout.as_str()), (2, ""));
    assert_eq!(said.stderr, crate::said(&["-h"]).stdout);
}

#[test]
fn help_takes_whatever_width_there_is() {
    for command_line in commands() {
        for columns in ["1", "20", "40", "0", "wide", "99999999999999999999"] {
            let mut args: Vec<_> = command_line.iter().map(String::as_str).collect();
            args.push("--help");
            let output = command(&args).env("COLUMNS", columns).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{args:?} with COLUMNS={columns}");
            assert!(!output.stdout.is_empty() && output.stderr.is_empty());
        }
    }
}
