//! `guards/*.toml`: each guard, how it is broken and which test must see it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// A line of the code that keeps something bad out, and its break.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guard {
    /// Its name, in words with dashes.
    pub(super) name: String,
    /// What holds as long as it stands.
    pub(super) protects: String,
    /// The file that it stands in, from the repository's root.
    pub(super) file: PathBuf,
    /// Its text: it stands in the file once.
    pub(super) find: String,
    /// The text that breaks it.
    pub(super) replace: String,
    /// The package whose tests must see it.
    pub(super) package: String,
    /// `lib`, `bin` for the program that bears the package's name, or the name of an integration test's target.
    pub(super) target: String,
    /// A part of the names of those tests.
    pub(super) test: String,
    /// Why it is right that no test sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) survives: Option<String>,
    /// The name of the file that it was read from.
    #[serde(skip_deserializing)]
    pub(super) area: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    guard: Vec<Guard>,
}

/// The workspace's manifest, as far as it is of interest here.
#[derive(Deserialize)]
struct Root {
    workspace: Members,
}

#[derive(Deserialize)]
struct Members {
    members: Vec<String>,
}

/// Every guard, area by area.
pub(super) fn read(root: &Path) -> Result<Vec<Guard>, Failure> {
    let folder = root.join("guards");
    let unreadable = |source| Failure::Read {
        path: folder.clone(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut guards = Vec::new();
    for path in paths {
        let unreadable = |source| Failure::Read {
            path: path.clone(),
            source,
        };
        let text = fs::read_to_string(&path).map_err(unreadable)?;
        let area = path.file_stem().unwrap_or_default().to_string_lossy();
        let read = parse(&area, &text);
        guards.extend(read.map_err(|error| unreadable(std::io::Error::other(error)))?);
    }
    let mut names = BTreeSet::new();
    match guards.iter().find(|guard| !names.insert(&guard.name)) {
        None => Ok(guards),
        Some(twice) => Err(Failure::GuardTwice {
            name: twice.name.clone(),
        }),
    }
}

fn parse(area: &str, text: &str) -> Result<Vec<Guard>, toml::de::Error> {
    let Area { guard: mut guards } = toml::from_str(text)?;
    for guard in &mut guards {
        area.clone_into(&mut guard.area);
    }
    Ok(guards)
}

/// What is wrong with a guard, if it cannot be applied to the files below `root`.
pub(super) fn defect(guard: &Guard, root: &Path) -> Option<String> {
    let is_word = |text: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        !text.is_empty() && text.bytes().all(plain)
    };
    for (key, text) in [
        ("name", &guard.name),
        ("package", &guard.package),
        ("target", &guard.target),
    ] {
        if !is_word(text) {
            return Some(format!("`{key}` is not a word: {text}"));
        }
    }
    for (key, text) in [
        ("protects", guard.protects.as_str()),
        ("test", &guard.test),
        ("find", &guard.find),
        ("survives", guard.survives.as_deref().unwrap_or("none")),
    ] {
        if text.trim().is_empty() {
            return Some(format!("`{key}` is empty"));
        }
    }
    let below = |part| matches!(part, Component::Normal(_));
    if !guard.file.components().all(below) {
        return Some(format!(
            "the file is not in the repository: {}",
            guard.file.display()
        ));
    }
    if let Some(why) = target_defect(guard, root) {
        return Some(why);
    }
    let Ok(text) = fs::read_to_string(root.join(&guard.file)) else {
        return Some(format!("no such file: {}", guard.file.display()));
    };
    broken(guard, &text).err()
}

/// Why the test program cannot be there.
fn target_defect(guard: &Guard, root: &Path) -> Option<String> {
    if matches!(guard.target.as_str(), "lib" | "bin") {
        return None;
    }
    let read = |path: PathBuf| fs::read_to_string(path).ok();
    let members: Root = toml::from_str(&read(root.join("Cargo.toml"))?).ok()?;
    let is_there = members.workspace.members.iter().any(|member| {
        let folder = root.join(member);
        let manifest = read(folder.join("Cargo.toml")).unwrap_or_default();
        let tests = folder.join("tests");
        let target = &guard.target;
        manifest.contains(&format!("name = \"{}\"", guard.package))
            && (manifest.contains(&format!("[[test]]\nname = \"{target}\""))
                || tests.join(format!("{target}.rs")).is_file()
                || tests.join(target).join("main.rs").is_file())
    });
    (!is_there).then(|| {
        format!(
            "{} has no test program of this name: {}",
            guard.package, guard.target
        )
    })
}

/// A file's text with the guard broken.
pub(super) fn broken(guard: &Guard, text: &str) -> Result<String, String> {
    let (find, replace) = (&guard.find, &guard.replace);
    match text.matches(find.as_str()).count() {
        1 if find == replace => Err("`replace` breaks nothing: it is `find`".to_owned()),
        1 => Ok(text.replacen(find.as_str(), replace, 1)),
        times => Err(format!("`find` stands {times} times in {}", guard.file.display())),
    }
}

#[cfg(test)]
pub(super) mod fixture {
    //! A guard that nothing is wrong with.

    use super::Guard;

    pub(in crate::command::guards) fn guard(name: &str) -> Guard {
        Guard {
            name: name.into(),
            protects: "nothing".into(),
            file: "a.rs".into(),
            find: "if a {".into(),
            replace: "if !a {".into(),
            package: "p".into(),
            target: "lib".into(),
            test: "t".into(),
            survives: None,
            area: "area".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{fixture::guard, *};
    use std::collections::BTreeMap;

    use crate::repository;

    #[test]
    fn every_guard_of_the_repository_applies() {
        let guards = read(repository::root()).unwrap();
        assert!(!guards.is_empty());
        let defects: Vec<_> = guards
            .iter()
            .filter_map(|guard| defect(guard, repository::root()).map(|why| format!("{}: {why}", guard.name)))
            .collect();
        assert!(defects.is_empty(), "{defects:#?}");

        let mut breaks = BTreeMap::new();
        for guard in &guards {
            let text = fs::read_to_string(repository::root().join(&guard.file)).unwrap();
            let before = breaks.insert((&guard.file, broken(guard, &text).unwrap()), &guard.name);
            assert_eq!(before, None, "the same break as {}", guard.name);
        }
    }

    #[test]
    fn a_test_program_that_is_not_there_is_a_defect() {
        for (package, target, expect) in [
            ("it", "it", None),
            ("xtask", "cli", None),
            ("local", "processes", None),
            (
                "xtask",
                "xtask",
                Some("xtask has no test program of this name: xtask"),
            ),
            ("it", "cli", Some("it has no test program of this name: cli")),
        ] {
            let mut guard = guard("a-guard");
            (guard.package, guard.target) = (package.into(), target.into());
            assert_eq!(target_defect(&guard, repository::root()).as_deref(), expect);
        }
    }

    fn check(change: impl Fn(&mut Guard), expect: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "if a { b }\nif c { d }\nif c { e }\n").unwrap();
        let mut guard = guard("a-guard");
        change(&mut guard);
        assert_eq!(defect(&guard, folder.path()).as_deref(), expect);
    }

    #[test]
    fn a_guard_that_cannot_be_broken_is_a_defect() {
        check(|_| {}, None);
        check(
            |g| g.find = "if x {".into(),
            Some("`find` stands 0 times in a.rs"),
        );
        check(
            |g| g.find = "if c {".into(),
            Some("`find` stands 2 times in a.rs"),
        );
        check(
            |g| g.replace = g.find.clone(),
            Some("`replace` breaks nothing: it is `find`"),
        );
        check(|g| g.file = "b.rs".into(), Some("no such file: b.rs"));
        check(
            |g| g.file = "../a.rs".into(),
            Some("the file is not in the repository: ../a.rs"),
        );
        check(|g| g.test = " ".into(), Some("`test` is empty"));
        check(|g| g.survives = Some(String::new()), Some("`survives` is empty"));
        check(
            |g| g.name = "A Guard".into(),
            Some("`name` is not a word: A Guard"),
        );
    }

    #[test]
    fn a_break_may_span_lines() {
        let mut guard = guard("a-guard");
        guard.find = "if a {\n  b\n}".into();
        guard.replace = "b".into();
        assert_eq!(broken(&guard, "x\nif a {\n  b\n}\ny").as_deref(), Ok("x\nb\ny"));
    }

    const LINE: &str = "[[guard]]\nname='a'\nprotects='p'\nfile='f'\nfind='x'\nreplace='y'\npackage='p'\ntarget='lib'\ntest='t'\n";

    #[test]
    fn an_unknown_key_is_refused() {
        assert_eq!(parse("area", LINE).unwrap()[0].area, "area");
        for wrong in ["area='x'\n", "survivs='x'\n", "[other]\n"] {
            let error = parse("area", &format!("{LINE}{wrong}")).unwrap_err().to_string();
            assert!(error.contains("unknown field"), "{error}");
        }
    }

    #[test]
    fn a_name_that_is_given_twice_is_refused() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("guards")).unwrap();
        for area in ["one.toml", "two.toml"] {
            fs::write(root.path().join("guards").join(area), LINE).unwrap();
        }
        let error = read(root.path()).unwrap_err();
        assert_eq!(error.to_string(), "a guard has the name of another: a");
    }
}
