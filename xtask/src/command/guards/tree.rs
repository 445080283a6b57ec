//! The copy of the repository in which guards are broken, with a build folder of its own: nobody's work is touched, and what
//! is built for one guard serves the next.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;
use target::progress::Progress;

use super::table::{self, Guard};
use crate::{cargo, failure::Failure, repository};

/// A package of the copy alone, see [`add_hub`].
pub(super) const HUB: &str = "guards-hub";

/// The copy.
pub(super) struct Tree {
    root: PathBuf,
    build: PathBuf,
}

/// A guard that is broken until this is dropped.
pub(super) struct Broken {
    path: PathBuf,
    text: String,
}

impl Drop for Broken {
    fn drop(&mut self) {
        // Whatever was not mended here is mended when the next copy is made. The file is newer than what was built of it,
        // therefore it is built again.
        let _not_mended = fs::write(&self.path, &self.text);
    }
}

impl Tree {
    /// Brings the copy up to date.
    pub(super) fn new(progress: &mut Progress) -> Result<Self, Failure> {
        let target = repository::target_folder()?;
        let target = target.canonicalize().map_err(|source| Failure::Read {
            path: target.clone(),
            source,
        })?;
        let folder = target.join("guards");
        let tree = Self {
            root: folder.join("tree"),
            build: folder.join("build"),
        };
        let packages = packages()?;
        let mut files = files()?;
        add_hub(&mut files, &packages)?;
        sync(&tree.root, &files)?;
        let (from, to) = (target.join("debug"), tree.build.join("debug"));
        if !to.exists() && from.exists() {
            progress.doing("taking over the dependencies that are built");
            take_over(&from, &to, &names(&packages))?;
        }
        Ok(tree)
    }

    /// Cargo in the copy.
    pub(super) fn cargo(&self) -> Command {
        let mut cargo = cargo::cargo();
        cargo
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.build)
            // A test that fails may leave nothing in the copy.
            .env("INSTA_UPDATE", "no")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true");
        cargo
    }

    /// Breaks a guard in the copy.
    pub(super) fn break_one(&self, guard: &Guard) -> Result<Broken, Failure> {
        let path = self.root.join(&guard.file);
        let read = |source| Failure::Read {
            path: path.clone(),
            source,
        };
        let text = fs::read_to_string(&path).map_err(read)?;
        let broken = table::broken(guard, &text).map_err(|why| read(io::Error::other(why)))?;
        let mend = Broken { path, text };
        fs::write(&mend.path, broken).map_err(|source| Failure::Write {
            path: mend.path.clone(),
            source,
        })?;
        Ok(mend)
    }
}

/// The bytes of every file, from the root.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What the repository consists of: what git keeps, and what it would keep.
fn files() -> Result<Files, Failure> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository::root())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let output = output.map_err(|source| Failure::Start {
        program: "git".to_owned(),
        source,
    })?;
    let names = String::from_utf8_lossy(&output.stdout);
    let names = names.split('\0').filter(|name| !name.is_empty());
    let read = names.filter_map(|name| {
        // Git still keeps a file that was just removed.
        let bytes = fs::read(repository::root().join(name)).ok()?;
        Some((PathBuf::from(name), bytes))
    });
    Ok(read.collect())
}

/// Adds a package that depends on all of ours. Cargo gives a dependency the features that the packages which it was asked
/// for want. Whoever asks for one of ours and for this one gets those of the whole workspace, as they were built before.
fn add_hub(files: &mut Files, packages: &[Package]) -> Result<(), Failure> {
    const MEMBERS: &str = "members = [";
    let root = Path::new("Cargo.toml");
    let manifest = files
        .get(root)
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let manifest = manifest.unwrap_or_default();
    if !manifest.contains(MEMBERS) {
        return Err(Failure::Ours {
            what: "the workspace's manifest has no members",
        });
    }
    let with_hub = manifest.replacen(MEMBERS, &format!("{MEMBERS} \"{HUB}\","), 1);
    let mut hub =
        format!("[package]\nname = \"{HUB}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n");
    for package in packages {
        let is_library = package
            .targets
            .iter()
            .any(|target| target.kind.iter().any(|kind| kind == "lib"));
        let folder = package
            .manifest_path
            .parent()
            .and_then(|folder| folder.strip_prefix(repository::root()).ok());
        if let (true, Some(folder)) = (is_library, folder) {
            // Writing into a string cannot fail.
            let _ = writeln!(hub, "{} = {{ path = \"../{}\" }}", package.name, folder.display());
        }
    }
    files.insert(root.to_owned(), with_hub.into_bytes());
    files.insert(Path::new(HUB).join("Cargo.toml"), hub.into_bytes());
    files.insert(Path::new(HUB).join("src/main.rs"), b"fn main() {}\n".to_vec());
    Ok(())
}

/// Writes what differs and removes what is gone. What is the same keeps its time, so that nothing is built again.
fn sync(to: &Path, files: &Files) -> Result<(), Failure> {
    for (file, bytes) in files {
        let copy = to.join(file);
        let old = fs::read(&copy).unwrap_or_default();
        // Cargo adds the hub to the lock file, and nothing else.
        let same = old == *bytes || file == Path::new("Cargo.lock") && without_hub(&old) == *bytes;
        if same && copy.exists() {
            continue;
        }
        let written = match copy.parent() {
            Some(folder) => fs::create_dir_all(folder),
            None => Ok(()),
        };
        written
            .and_then(|()| fs::write(&copy, bytes))
            .map_err(|source| Failure::Write { path: copy, source })?;
    }
    let keep = files.keys().map(|file| to.join(file)).collect();
    remove_others(to, &keep).map_err(|source| Failure::Write {
        path: to.to_owned(),
        source,
    })
}

/// A lock file as it is without the hub.
fn without_hub(lock: &[u8]) -> Vec<u8> {
    const PACKAGE: &str = "[[package]]\n";
    let hub = format!("name = \"{HUB}\"\n");
    let lock = String::from_utf8_lossy(lock);
    let packages: Vec<_> = lock
        .split(PACKAGE)
        .filter(|package| !package.starts_with(&hub))
        .collect();
    packages.join(PACKAGE).into_bytes()
}

fn remove_others(folder: &Path, keep: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            remove_others(&path, keep)?;
        } else if !keep.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// The workspace's own packages.
fn packages() -> Result<Vec<Package>, Failure> {
    let output = cargo::cargo()
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Failure::Start {
            program: "cargo".to_owned(),
            source,
        })?;
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|source| Failure::Unreadable {
            program: "cargo metadata",
            source,
        })?;
    Ok(metadata.packages)
}

/// The names of our packages and programs, as cargo writes them into file names.
fn names(packages: &[Package]) -> BTreeSet<String> {
    let names = packages.iter().flat_map(|package| {
        let targets = package.targets.iter().map(|target| &target.name);
        targets.chain([&package.name])
    });
    names.map(|name| name.replace('-', "_")).collect()
}

/// Links what was built of other people's crates from one build folder into another: they are the same there and take
/// minutes. Ours are never linked: cargo writes into such files, and both folders would change.
fn take_over(from: &Path, to: &Path, ours: &BTreeSet<String>) -> Result<(), Failure> {
    for folder in ["deps", "build", ".fingerprint"] {
        let (from, to) = (from.join(folder), to.join(folder));
        link(&from, &to, &|name| !is_ours(name, ours))
            .map_err(|source| Failure::Write { path: to, source })?;
    }
    Ok(())
}

/// Whether a file or folder of cargo's, `libasl-0123456789abcdef.rlib`, is of one of these.
fn is_ours(name: &str, ours: &BTreeSet<String>) -> bool {
    let stem = name
        .rsplit_once('-')
        .map_or(name, |(stem, _)| stem)
        .replace('-', "_");
    let bare = stem.strip_prefix("lib").unwrap_or(&stem);
    ours.contains(bare) || ours.contains(&stem)
}

fn link(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(from) else {
        return Ok(());
    };
    fs::create_dir_all(to)?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if !wanted(&name.to_string_lossy()) {
            continue;
        }
        let copy = to.join(&name);
        if entry.file_type()?.is_dir() {
            link(&entry.path(), &copy, &|_| true)?;
        } else {
            fs::hard_link(entry.path(), copy)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_written_and_what_is_gone_is_removed() {
        let to = tempfile::tempdir().unwrap();
        let path = |name: &str| to.path().join(name);
        fs::create_dir(path("f")).unwrap();
        for (name, text) in [("f/same", "1"), ("f/changed", "old"), ("f/gone", "4")] {
            fs::write(path(name), text).unwrap();
        }
        let before = fs::metadata(path("f/same")).unwrap().modified().unwrap();
        let files = [("f/same", "1"), ("f/new", "2"), ("f/changed", "3")];
        let files = files.map(|(name, text)| (PathBuf::from(name), text.into()));
        sync(to.path(), &files.into()).unwrap();
        let read = |name: &str| fs::read_to_string(path(name)).ok();
        assert_eq!(read("f/new").as_deref(), Some("2"));
        assert_eq!(read("f/changed").as_deref(), Some("3"));
        assert_eq!(read("f/gone"), None);
        assert_eq!(before, fs::metadata(path("f/same")).unwrap().modified().unwrap());
    }

    #[test]
    fn a_lock_file_is_the_same_with_the_hub() {
        let lock = "version = 4\n\n[[package]]\nname = \"futures\"\n\n[[package]]\nname = \"guards-hub\"\n\n[[package]]\nname = \"http\"\n";
        let without = "version = 4\n\n[[package]]\nname = \"futures\"\n\n[[package]]\nname = \"http\"\n";
        assert_eq!(without_hub(lock.as_bytes()), without.as_bytes());
        assert_eq!(without_hub(without.as_bytes()), without.as_bytes());
    }

    #[test]
    fn the_hub_depends_on_every_library() {
        let mut files = Files::from([("Cargo.toml".into(), b"members = [\n  \"a\" ]".to_vec())]);
        let package = |name: &str, kind: &str| Package {
            name: name.into(),
            manifest_path: repository::root().join("in").join(name).join("Cargo.toml"),
            targets: vec![Target {
                name: name.into(),
                kind: vec![kind.into()],
            }],
        };
        add_hub(&mut files, &[package("a", "lib"), package("b", "bin")]).unwrap();
        let text = |name: &str| String::from_utf8(files[Path::new(name)].clone()).unwrap();
        assert!(text("Cargo.toml").starts_with("members = [ \"guards-hub\","));
        assert!(text("guards-hub/Cargo.toml").ends_with("[dependencies]\na = { path = \"../in/a\" }\n"));
    }

    #[test]
    fn a_broken_guard_is_mended() {
        let root = tempfile::tempdir().unwrap();
        let tree = Tree {
            root: root.path().to_owned(),
            build: root.path().join("build"),
        };
        let guard = table::fixture::guard("a-guard");
        let path = root.path().join("a.rs");
        fs::write(&path, "if a { b }").unwrap();
        let broken = tree.break_one(&guard).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "if !a { b }");
        drop(broken);
        assert_eq!(fs::read_to_string(&path).unwrap(), "if a { b }");
    }

    #[test]
    fn ours_are_told_from_others_by_their_names() {
        let ours = BTreeSet::from(["asl".to_owned(), "stack".to_owned(), "compile_fail".to_owned()]);
        for name in [
            "libasl-0123456789abcdef.rlib",
            "asl-0123456789abcdef",
            "stack-0123456789abcdef.d",
            "compile_fail-0123456789abcdef",
        ] {
            assert!(is_ours(name, &ours), "{name}");
        }
        for name in [
            "libserde_json-0123456789abcdef.rmeta",
            "aws-sdk-sfn-0123456789abcdef",
        ] {
            assert!(!is_ours(name, &ours), "{name}");
        }
    }
}
