//! cargo xtask completions

use clap::{Args, Command, CommandFactory as _, ValueHint, builder::PossibleValuesParser};
use clap_complete::{Shell, generate};
use platform::exit_code;

use super::print_text;
use crate::{Cli, environments, failure::Failure};

/// Prints the completion of `cargo xtask` for a shell.
///
/// Commands, options, their values and the environments that there are now. What completes cargo itself stays: in bash
/// and elvish it is asked for every other command, in fish and zsh the two stand side by side. PowerShell has one
/// completion a program: this one replaces cargo's.
#[derive(Args)]
#[command(after_help = "\
Examples:
  source <(cargo xtask completions bash)    in this shell, and in ~/.bashrc for every one
  cargo xtask completions zsh > ~/.zfunc/_cargo-xtask     a folder of your fpath
  cargo xtask completions fish > ~/.config/fish/conf.d/cargo-xtask.fish
  cargo xtask completions elvish >> ~/.config/elvish/rc.elv
  cargo xtask completions powershell >> $PROFILE")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<u8, Failure> {
    print_text(&script(args.shell, &environments::names())?)?;
    Ok(exit_code::OK)
}

/// A shell completes by a program's name, and the name here is cargo's: so each script completes a `cargo` that has one
/// command, and then steps behind the completion of the real one.
fn script(shell: Shell, environments: &[String]) -> Result<String, Failure> {
    match shell {
        Shell::Zsh => generated(shell, with_values(Cli::command(), environments), "cargo-xtask"),
        Shell::Bash => Ok(behind_bash(&of_cargo(shell, environments)?)),
        Shell::Elvish => Ok(behind_elvish(&of_cargo(shell, environments)?)),
        Shell::Fish => Ok(of_cargo(shell, environments)?.replace("__fish_cargo_", "__fish_cargo_xtask_")),
        _ => of_cargo(shell, environments),
    }
}

fn of_cargo(shell: Shell, environments: &[String]) -> Result<String, Failure> {
    let xtask = with_values(Cli::command(), environments).name("xtask");
    let cargo = Command::new("cargo").disable_help_flag(true).disable_help_subcommand(true).subcommand(xtask);
    generated(shell, cargo, "cargo")
}

fn generated(shell: Shell, mut command: Command, name: &str) -> Result<String, Failure> {
    let mut script = Vec::new();
    generate(shell, &mut command, name, &mut script);
    String::from_utf8(script).map_err(|_| Failure::Ours { what: "a completion is not UTF-8" })
}

/// Every `--env` takes one of the environments that there are, every file and folder is completed as one.
fn with_values(command: Command, environments: &[String]) -> Command {
    let command = command.mut_args(|arg| match arg.get_long() {
        // clap wants to keep them for ever, and this program is about to end.
        Some("env") => {
            arg.value_parser(PossibleValuesParser::new(environments.iter().map(|name| &*name.clone().leak())))
        }
        Some("order") => arg.value_hint(ValueHint::FilePath),
        Some("out" | "data") => arg.value_hint(ValueHint::DirPath),
        _ => arg,
    });
    command.mut_subcommands(|inner| with_values(inner, environments))
}

/// In bash a program has one completion. Cargo's own is remembered, loaded first where bash-completion loads it late, and
/// asked for everything but `xtask`.
fn behind_bash(generated: &str) -> String {
    let function = generated.split("\nif [[ \"${BASH_VERSINFO").next().unwrap_or(generated);
    let function = function.replacen("_cargo()", "_cargo_xtask()", 1);
    format!("{function}{BEHIND_BASH}")
}

const BEHIND_BASH: &str = r#"
if [[ -z ${_cargo_before_xtask+known} ]]; then
    if ! complete -p cargo &>/dev/null; then
        if declare -F _comp_load &>/dev/null; then
            _comp_load cargo &>/dev/null
        elif declare -F _completion_loader &>/dev/null; then
            _completion_loader cargo &>/dev/null
        fi
    fi
    _cargo_before_xtask=""
    if [[ $(complete -p cargo 2>/dev/null) =~ \ -F\ ([^ ]+) ]]; then
        _cargo_before_xtask="${BASH_REMATCH[1]}"
    fi
fi

_cargo_with_xtask() {
    local word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $word == xtask ]]; then
            _cargo_xtask "$@"
            return
        elif [[ $word != +* ]]; then
            break
        fi
    done
    if [[ -n $_cargo_before_xtask ]]; then
        "$_cargo_before_xtask" "$@"
    fi
    if [[ $COMP_CWORD -eq 1 && xtask == "$2"* && " ${COMPREPLY[*]} " != *" xtask "* ]]; then
        COMPREPLY+=(xtask)
    fi
}

complete -F _cargo_with_xtask -o bashdefault -o default cargo
"#;

/// In elvish a program has one completion, too.
fn behind_elvish(generated: &str) -> String {
    let ours = generated.replace("set edit:completion:arg-completer[cargo] =", "var cargo-xtask~ =");
    format!("{ours}{BEHIND_ELVISH}")
}

const BEHIND_ELVISH: &str = r"
var cargo-before-xtask = { |@words| put xtask }
if (has-key $edit:completion:arg-completer cargo) {
    set cargo-before-xtask = $edit:completion:arg-completer[cargo]
}
set edit:completion:arg-completer[cargo] = {|@words|
    if (and (> (count $words) 2) (eq $words[1] xtask)) {
        cargo-xtask $@words
    } else {
        $cargo-before-xtask $@words
    }
}
";
