//! Where things are: the repository and cargo's target folder.

use std::path::{Path, PathBuf};

use platform::error_report::ErrorReport;

use crate::cargo::not_started;

pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target folder: this program lies in its profile folder. Whoever stands at the repository's root, as cargo
/// itself does when it is called from here, gets the short path that a person wants to read.
pub(crate) fn target_folder() -> Result<PathBuf, ErrorReport> {
    let program = this_program()?;
    let folder = program.ancestors().nth(2);
    let folder = folder.ok_or_else(|| ErrorReport::bug("this program lies in no target folder"))?;
    let at_root = std::env::current_dir().is_ok_and(|here| here == root());
    let below = folder.strip_prefix(root()).ok().filter(|_| at_root);
    Ok(below.unwrap_or(folder).to_path_buf())
}

pub(crate) fn this_program() -> Result<PathBuf, ErrorReport> {
    std::env::current_exe().map_err(|error| not_started("cargo xtask", &error))
}
