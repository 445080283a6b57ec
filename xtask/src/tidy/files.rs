//! The files of the repository: those that git tracks, and new ones that it does not ignore.

use std::{
    collections::BTreeMap,
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

use platform::{error_report::ErrorReport, exit_code};

use crate::cargo::not_started;

/// The texts of a repository, by their path below its root, with `/` between folders.
pub(crate) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Reads the files that git lists. A file that is no text is left out.
    pub(crate) fn read(root: &Path) -> Result<Self, ErrorReport> {
        let mut command = Command::new("git");
        command.arg("-C").arg(root).stdin(Stdio::null());
        command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let output = command.output().map_err(|error| not_started("git", &error))?;
        if !output.status.success() {
            let printed = String::from_utf8_lossy(&output.stderr);
            let message = format!("git cannot list the files of this repository: {}", printed.trim());
            let report = ErrorReport::message(exit_code::USAGE, message);
            return Err(report.with_hint("run it in a clone of the repository"));
        }
        let listed = String::from_utf8_lossy(&output.stdout);
        let mut texts = BTreeMap::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            use io::ErrorKind::{InvalidData, IsADirectory, NotFound};
            let file = root.join(path);
            match fs::read_to_string(&file) {
                Ok(text) => {
                    texts.insert(path.to_owned(), text);
                }
                // Removed and not yet committed, or bytes that are no text.
                Err(error) if matches!(error.kind(), NotFound | InvalidData | IsADirectory) => {}
                Err(error) => return Err(ErrorReport::file("read", &file, &error)),
            }
        }
        Ok(Self(texts))
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self(files.collect())
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_rust = |path: &str| Path::new(path).extension().is_some_and(|of| of == "rs");
        self.files().filter(move |(path, _)| is_rust(path))
    }

    /// Every Rust source that is more than a test, without its comments and without the tests below it.
    pub(crate) fn code(&self) -> impl Iterator<Item = (&str, String)> {
        self.rust().filter(|(path, _)| !self.is_test(path)).map(|(path, text)| {
            let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text);
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            (path, code.collect::<Vec<_>>().join("\n"))
        })
    }

    /// Whether a source is built for tests alone: by its place, or by the `#[cfg(test)]` in front of its module or a parent.
    fn is_test(&self, path: &str) -> bool {
        let by_place = |part: &str| matches!(part, "tests" | "benches" | "tests.rs");
        if path.split('/').any(by_place) {
            return true;
        }
        let module = path.strip_suffix(".rs").unwrap_or(path);
        let module = module.strip_suffix("/mod").unwrap_or(module);
        let Some((folder, name)) =
            module.rsplit_once('/').filter(|(_, name)| !matches!(*name, "lib" | "main"))
        else {
            return false;
        };
        let parents = [
            format!("{folder}.rs"),
            format!("{folder}/mod.rs"),
            format!("{folder}/lib.rs"),
            format!("{folder}/main.rs"),
        ];
        let parent = parents.iter().find(|parent| parent.as_str() != path && self.0.contains_key(*parent));
        let Some((parent, text)) = parent.and_then(|parent| Some((parent, self.text(parent)?))) else {
            return false;
        };
        let declared =
            [format!("#[cfg(test)]\nmod {name};"), format!("#[cfg(test)]\npub(crate) mod {name};")];
        declared.iter().any(|declared| text.contains(declared)) || self.is_test(parent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_known_by_its_place_or_its_module() {
        let tree = Tree::of(&[
            ("a/src/lib.rs", "//! A.\n#[cfg(test)]\nmod fixture;\nmod real;\n"),
            ("a/src/fixture.rs", ""),
            ("a/src/fixture/deep.rs", ""),
            ("a/src/fixtures.rs", "use a;\n#[cfg(test)]\nmod tests {\nuse b;\n}\n"),
            ("a/src/real.rs", "#[cfg(test)]\npub(crate) mod samples;\n"),
            ("a/src/real/samples.rs", ""),
            ("a/src/real/tests.rs", ""),
            ("a/tests/cli.rs", ""),
            ("tests/main.rs", ""),
            ("README.md", ""),
        ]);
        let code: Vec<_> = tree.code().collect();
        let paths: Vec<_> = code.iter().map(|(path, _)| *path).collect();
        assert_eq!(paths, ["a/src/fixtures.rs", "a/src/lib.rs", "a/src/real.rs"]);
        assert_eq!(code[0].1, "use a;");
        assert!(code[1].1.starts_with("#[cfg(test)]"), "{}", code[1].1);
    }

    #[test]
    fn a_folder_without_git_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = Tree::read(folder.path()).err().unwrap();
        assert!(error.message.starts_with("git cannot list"), "{}", error.message);
    }
}
