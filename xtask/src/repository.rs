//! Where things are: the repository and cargo's target folder.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target folder: this program lies in its profile folder. Whoever stands at the repository's root, as cargo
/// itself does when it is called from here, gets the short path that a person wants to read.
pub(crate) fn target_folder() -> Result<PathBuf, Failure> {
    let program = this_program()?;
    let folder =
        program.ancestors().nth(2).ok_or(Failure::Ours { what: "this program lies in no target folder" })?;
    let at_root = std::env::current_dir().is_ok_and(|here| here == root());
    let below = folder.strip_prefix(root()).ok().filter(|_| at_root);
    Ok(below.unwrap_or(folder).to_path_buf())
}

/// This program's file.
pub(crate) fn this_program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|source| Failure::Start { program: "cargo xtask".to_owned(), source })
}
