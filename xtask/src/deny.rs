//! cargo-deny, which judges the dependencies by `deny.toml`. A pinned version, built once under cargo's target folder.

use platform::progress::Progress;

use crate::{cargo, failure::Failure, repository};

const VERSION: &str = "0.20.2";

/// Whether licences, sources and versions are allowed, and no vulnerability is known where the advisories can be fetched.
pub(crate) fn succeeds(progress: &mut Progress) -> Result<bool, Failure> {
    let root = repository::target_folder()?.join("tools");
    let program = root.join("bin").join("cargo-deny");
    let root = root.display().to_string();
    // Cargo itself knows whether this version is there already. Not optimised: it runs for a second.
    let package = format!("cargo-deny@{VERSION}");
    progress.note("Installing", &package);
    if !cargo::succeeds(&["install", "--quiet", "--locked", "--debug", &package, "--root", &root])? {
        return Err(Failure::Build);
    }
    let deny = |args: &[&str]| cargo::succeeds_with(&program, args);
    let allowed = deny(&["check", "--hide-inclusion-graph", "licenses", "bans", "sources"])?;
    if !deny(&["fetch", "db"])? {
        progress.note("Advisories", "not run: their database cannot be reached");
        return Ok(allowed);
    }
    Ok(deny(&["check", "--hide-inclusion-graph", "--disable-fetch", "advisories"])? && allowed)
}
