//! The files of the repository: those that git tracks, and new ones that it does not ignore. Nothing is judged here.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

use super::code::Code;
use crate::failure::Failure;

/// The texts of a repository, by their path below its root, with `/` between folders.
pub(crate) struct Tree {
    texts: BTreeMap<String, String>,
    test_modules: BTreeSet<String>,
}

impl Tree {
    /// Reads what git knows of. A file that is no text is passed over.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let mut command = Command::new("git");
        command
            .arg("-C")
            .arg(root)
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .stdin(Stdio::null());
        let output = command.output().map_err(|source| Failure::Start {
            program: "git".to_owned(),
            source,
        })?;
        if !output.status.success() {
            return Err(Failure::NoCheckout {
                said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            });
        }
        let listed = String::from_utf8_lossy(&output.stdout);
        let mut texts = BTreeMap::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            let file = root.join(path);
            match fs::read_to_string(&file) {
                Ok(text) => {
                    texts.insert(path.to_owned(), text);
                }
                // Removed and not yet committed, or bytes that are no text.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::InvalidData | io::ErrorKind::IsADirectory
                    ) => {}
                Err(source) => return Err(Failure::Read { path: file, source }),
            }
        }
        Ok(Self::new(texts))
    }

    fn new(texts: BTreeMap<String, String>) -> Self {
        let sources = texts.iter().filter(|(path, _)| is_rust(path));
        let test_modules = sources
            .filter_map(|(path, text)| Some((path, Code::parse(text)?)))
            .flat_map(|(path, code)| {
                let folder = modules_folder(path);
                code.test_modules()
                    .into_iter()
                    .map(move |name| format!("{folder}/{name}"))
            })
            .collect();
        Self { texts, test_modules }
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self::new(
            files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    /// One file's text.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Every file.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Every Rust source that is more than a test.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files()
            .filter(|(path, _)| is_rust(path) && !self.is_test(path))
    }

    /// Whether a source is built for tests alone: by its place, or by the `#[cfg(test)]` in front of its module.
    fn is_test(&self, path: &str) -> bool {
        let module = path.strip_suffix(".rs").unwrap_or(path);
        let module = module.strip_suffix("/mod").unwrap_or(module);
        let below = |test: &String| {
            module
                .strip_prefix(test.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        path.split('/')
            .any(|part| part == "tests" || part == "benches" || part == "tests.rs")
            || self.test_modules.iter().any(below)
    }
}

pub(super) fn is_rust(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// Where the modules lie that a file declares.
fn modules_folder(path: &str) -> String {
    let module = path.strip_suffix(".rs").unwrap_or(path);
    let (folder, name) = module.rsplit_once('/').unwrap_or(("", module));
    if matches!(name, "mod" | "lib" | "main") {
        folder.to_owned()
    } else {
        module.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_known_by_its_place_or_its_module() {
        let tree = Tree::of(&[
            ("a/src/lib.rs", "#[cfg(test)]\nmod fixture;\nmod real;\n"),
            ("a/src/fixture.rs", ""),
            ("a/src/fixture/deep.rs", ""),
            ("a/src/fixtures.rs", ""),
            ("a/src/real.rs", "#[cfg(test)]\npub(crate) mod samples;\n"),
            ("a/src/real/samples.rs", ""),
            ("a/src/real/tests.rs", ""),
            ("a/tests/cli.rs", ""),
            ("tests/main.rs", ""),
            ("README.md", ""),
        ]);
        let sources: Vec<_> = tree.sources().map(|(path, _)| path).collect();
        assert_eq!(sources, ["a/src/fixtures.rs", "a/src/lib.rs", "a/src/real.rs"]);
    }

    #[test]
    fn a_folder_without_git_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Tree::read(folder.path()),
            Err(Failure::NoCheckout { .. })
        ));
    }
}
