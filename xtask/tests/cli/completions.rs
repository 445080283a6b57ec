//! The completions, asked in a real bash as TAB asks it; of the other shells what their scripts must hold.

use std::{fs, process::Command};

use crate::{commands, said};

fn script(shell: &str) -> String {
    let said = said(&["completions", shell]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{shell}");
    said.stdout
}

/// What bash offers for the last of these words, one space apart, after `before` was run in it.
fn offered(before: &str, line: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("completion.bash");
    fs::write(&file, script("bash")).unwrap();
    let ask = r#"
        function_of_cargo() { [[ $(complete -p cargo) =~ \ -F\ ([^ ]+) ]] && echo "${BASH_REMATCH[1]}"; }
        COMP_LINE="$1"
        COMP_POINT=${#COMP_LINE}
        IFS=' ' read -r -a COMP_WORDS <<< "$COMP_LINE"
        [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "$(function_of_cargo)" cargo "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    // Sourced twice, as a nested shell may.
    // A completion that calls itself for ever is to fail, not to fill the machine.
    let text = format!("set -u; FUNCNEST=50; {before}\n. '{0}'\n. '{0}'\n{ask}", file.display());
    let output =
        Command::new("bash").args(["--noprofile", "--norc", "-c", &text, "bash", line]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert_eq!(text(output.stderr), "", "{line}");
    let mut words: Vec<_> = text(output.stdout).lines().map(str::to_owned).collect();
    words.retain(|word| !word.is_empty());
    words.sort();
    words
}

/// A completion of cargo as it may be there already.
const CARGO_S_OWN: &str = "_cargo() { COMPREPLY=(build test); }; complete -F _cargo cargo";

#[test]
fn options_and_their_values_are_completed() {
    for (before, line, expect) in [
        ("", "cargo xtask deploy --o", &["--order", "--output"][..]),
        (CARGO_S_OWN, "cargo +nightly xtask deploy --o", &["--order", "--output"]),
        ("", "cargo xtask deploy --env ", &["dev", "local", "local-living", "prod", "staging"]),
        ("", "cargo xtask check --env p", &["prod"]),
        ("", "cargo xtask synth --output j", &["json"]),
        ("", "cargo xtask completions z", &["zsh"]),
    ] {
        assert_eq!(offered(before, line), expect, "{line}");
    }
}

#[test]
fn every_command_is_completed() {
    let offered = offered("", "cargo xtask ");
    for command in commands().iter().filter(|command| command.len() == 1) {
        assert!(offered.contains(&command[0]), "{command:?} is not among {offered:?}");
    }
}

#[test]
fn cargo_s_own_completion_stays() {
    assert_eq!(offered(CARGO_S_OWN, "cargo "), ["build", "test", "xtask"]);
    assert_eq!(offered(CARGO_S_OWN, "cargo b"), ["build", "test"]);
    assert_eq!(offered(CARGO_S_OWN, "cargo build xtask --o"), ["build", "test"]);
    assert_eq!(offered("", "cargo x"), ["xtask"]);
    assert_eq!(offered("", "cargo b"), Vec::<String>::new());
}

#[test]
fn every_shell_has_a_script_of_its_own() {
    for (shell, own) in [
        ("bash", "complete -F _cargo_with_xtask"),
        ("zsh", "#compdef cargo-xtask"),
        ("fish", "complete -c cargo -n \"__fish_cargo_xtask_using_subcommand xtask"),
        ("elvish", "set edit:completion:arg-completer[cargo] ="),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName 'cargo'"),
    ] {
        let script = script(shell);
        assert!(script.contains(own), "{shell}");
        assert!(script.contains("order"), "{shell}");
        // The generators for elvish and powershell complete no values.
        assert!(["elvish", "powershell"].contains(&shell) || script.contains("staging"), "{shell}");
    }
}
