//! What must not compile, each in a file of its own whose first line says which error there must be.
//!
//! Here lives the way to compile them: against the library as cargo built it, with one call of rustc each. Only the
//! error's code and one sentence are looked at, because the rest of a message belongs to one version of rustc.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// What a case may name: the crates it is linked with.
const CRATES: [&str; 2] = ["stack", "contract"];
/// How a case's first line begins.
const EXPECTS: &str = "//! expects: ";
/// Behind it where a case compiles.
const NOTHING: &str = "nothing";

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The compiled libraries of [`CRATES`], by name.
type Libraries = BTreeMap<String, PathBuf>;

/// Where cargo keeps the library and what it needs. Nothing is built anew that this test was built with.
fn libraries() -> Outcome<Libraries> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--frozen", "--package", "stack", "--lib"])
        .args(["--message-format", "json", "--target-dir"])
        .arg(target.ok_or("no target folder")?)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let found = json_lines(&output.stdout)
        .filter_map(|message| {
            let name = message.pointer("/target/name")?.as_str()?;
            let files = message.get("filenames")?.as_array()?;
            let mut files = files.iter().filter_map(Value::as_str).map(PathBuf::from);
            let library = files.find(|file| file.extension().is_some_and(|extension| extension == "rlib"))?;
            CRATES.contains(&name).then(|| (name.to_owned(), library))
        })
        .collect::<Libraries>();
    if found.len() == CRATES.len() {
        Ok(found)
    } else {
        Err(format!("expected the libraries of {CRATES:?}, got: {found:?}").into())
    }
}

fn json_lines(text: &[u8]) -> impl Iterator<Item = Value> {
    text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok())
}

/// What rustc reports as errors: the code and the whole text of each.
fn errors_of(case: &Path, libraries: &Libraries) -> Outcome<Vec<(String, String)>> {
    // WithResults the cargo that built this test, so that both read the same libraries.
    let rustc = Path::new(env!("CARGO")).with_file_name(format!("rustc{}", std::env::consts::EXE_SUFFIX));
    let mut rustc = Command::new(if rustc.exists() { rustc } else { "rustc".into() });
    rustc
        // As far as code, not only metadata: some promises are kept where a generic function meets its types.
        .args(["--edition", "2024", "--crate-type", "bin", "--emit", "obj"])
        .args(["--error-format", "json", "--out-dir", env!("CARGO_TARGET_TMPDIR")]);
    for (name, library) in libraries {
        rustc.arg("--extern").arg(format!("{name}={}", library.display()));
        // A library stands in the profile's folder, what it needs in `deps` below that.
        let folder = library.parent().ok_or("a library without a folder")?;
        for folder in [folder.to_owned(), folder.join("deps")] {
            rustc.arg("-L").arg(format!("dependency={}", folder.display()));
        }
    }
    let output = rustc.arg(case).output()?;
    let errors: Vec<_> = json_lines(&output.stderr)
        .filter(|message| message["level"] == "error" && message["code"].is_object())
        .map(|message| {
            let text = |pointer| {
                let text = message.pointer(pointer).and_then(Value::as_str);
                text.unwrap_or_default().to_owned()
            };
            (text("/code/code"), text("/rendered"))
        })
        .collect();
    if output.status.success() == errors.is_empty() {
        Ok(errors)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

/// What is not as the case says, if anything.
fn complaint(case: &Path, libraries: &Libraries) -> Outcome<Option<String>> {
    let text = fs::read_to_string(case)?;
    let expected = text
        .lines()
        .next()
        .and_then(|first| first.strip_prefix(EXPECTS))
        .ok_or_else(|| format!("{}: expected a first line with `{EXPECTS}`", case.display()))?;
    let errors = errors_of(case, libraries)?;
    let is_met = match (expected.split_once(": "), errors.as_slice()) {
        (None, []) => expected == NOTHING,
        (Some((code, part)), [(found, message)]) => found == code && message.contains(part),
        _ => false,
    };
    let found = || {
        let texts: Vec<_> = errors.into_iter().map(|(_, text)| text).collect();
        format!("{}: expected {expected}, got: {}", case.display(), texts.join("\n"))
    };
    Ok((!is_met).then(found))
}

#[test]
fn what_the_types_rule_out_does_not_compile() -> Outcome<()> {
    let libraries = libraries()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(cases.len() > 1, "no cases in {}", folder.display());

    let mut complaints = Vec::new();
    for case in cases {
        complaints.extend(complaint(&case, &libraries)?);
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}
