//! cargo-deny, which checks the dependencies against `deny.toml`: a pinned version, built once under cargo's target folder.

use std::process::{Command, Stdio};

use platform::{error_report::ErrorReport, progress::Progress};

use crate::{
    cargo::{self, build_failed, not_started},
    repository,
};

const VERSION: &str = "0.20.2";

/// Words of an error about the network: those of the resolver, of the sockets, of reqwest (which cargo-deny uses) and of curl (which
/// git uses).
const NETWORK_ERRORS: [&str; 10] = [
    "could not resolve",
    "couldn't connect",
    "dns error",
    "failed to connect",
    "failed to lookup address",
    "tcp connect error",
    "connection refused",
    "network is unreachable",
    "no route to host",
    "timed out",
];

/// Whether licences, sources and versions are allowed, and no vulnerability is known. Without network the advisories are not checked.
pub(crate) fn succeeds(progress: &mut Progress) -> Result<bool, ErrorReport> {
    let root = repository::target_folder()?.join("tools");
    let program = root.join("bin").join("cargo-deny");
    let root = root.display().to_string();
    // Cargo itself knows whether this version is there already. Not optimised: it runs for a second.
    let package = format!("cargo-deny@{VERSION}");
    progress.note("Installing", &package);
    if !cargo::succeeds(&["install", "--quiet", "--locked", "--debug", &package, "--root", &root])? {
        return Err(build_failed());
    }
    let deny = |args: &[&str]| cargo::succeeds_with(&program, args);
    let allowed = deny(&["check", "--hide-inclusion-graph", "licenses", "bans", "sources"])?;

    let mut fetch = Command::new(&program);
    fetch.args(["fetch", "db"]).current_dir(repository::root()).stdin(Stdio::null());
    let fetched = fetch.output().map_err(|error| not_started("cargo-deny", &error))?;
    if fetched.status.success() {
        return Ok(deny(&["check", "--hide-inclusion-graph", "--disable-fetch", "advisories"])? && allowed);
    }
    let printed = String::from_utf8_lossy(&fetched.stderr);
    if is_network_error(&printed) {
        progress.note("Advisories", "not run: their database cannot be reached");
        return Ok(allowed);
    }
    progress.error(&format!("the advisories cannot be fetched: {}", printed.trim()));
    Ok(false)
}

fn is_network_error(printed: &str) -> bool {
    let printed = printed.to_lowercase();
    NETWORK_ERRORS.iter().any(|error| printed.contains(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_network_error_leaves_the_advisories_out() {
        for (printed, expect) in [
            ("fatal: unable to access 'https://github.com/': Could not resolve host: github.com", true),
            ("error sending request: client error (Connect): dns error: Name or service not known", true),
            ("tcp connect error: Connection refused (os error 111)", true),
            ("failed to acquire the lock of the advisory database: Permission denied (os error 13)", false),
            ("failed to write to disk: No space left on device (os error 28)", false),
            ("expected a table, found a string: deny.toml", false),
            ("", false),
        ] {
            assert_eq!(is_network_error(printed), expect, "{printed}");
        }
    }
}
