//! Recorded executions, provider payloads and fault reports, read from the folder that [`FOLDER`] names. Tests in other
//! crates check them; the repository holds none of them, and nothing is looked for where the variable is not set.
//!
//! Each recording is judged by itself: a recording that cannot be read, an expectation of an unknown class and a failed
//! assertion are failures of that recording, by its name. What ran is printed as a `recordings: ` line on stdout.

use std::{
    any::Any,
    fs,
    io::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The environment variable that names the folder. Its layout: `asl/`, `bedrock/`, `naver/`, `price-sources/`,
/// `public-bugs/`; any part may be absent.
pub const FOLDER: &str = "AI_CHEF_RECORDINGS";

/// How every line about recordings begins on a test program's stdout: `recordings: KIND: 12 passed, 3 not supported`.
pub const LINE: &str = "recordings: ";

/// What became of one recording that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It came out as it was recorded.
    Passed,
    /// It asks for something that this project refuses by name.
    NotSupported,
}

/// A recording's result: a verdict, or what came out differently.
pub type Checked = Result<Verdict, String>;

/// A provider's payload and what is expected of it.
pub struct Sample {
    /// Its name in the manifest.
    pub name: String,
    /// The HTTP status.
    pub status: u16,
    /// The header of that name.
    pub content_type: Option<String>,
    /// The exact bytes.
    pub body: Vec<u8>,
    /// What is expected of it.
    pub expected: Value,
}

/// Checks every line of a file of JSON lines; a line's name is its field `name`.
///
/// # Panics
/// One of them failed. The message lists each failure with its name.
#[track_caller]
pub fn lines(kind: &str, file: &str, check: impl Fn(&Value) -> Checked) {
    let Some(path) = part(kind, file) else { return };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return report(kind, &[(file.to_owned(), Err(error.to_string()))]),
    };
    let results: Vec<_> = text
        .lines()
        .enumerate()
        .map(|(at, line)| match serde_json::from_str::<Value>(line) {
            Ok(recording) => (name(&recording, at), checked(|| check(&recording))),
            Err(error) => (format!("line {}", at + 1), Err(error.to_string())),
        })
        .collect();
    report(kind, &results);
}

/// Checks every `.json` file of a folder.
///
/// # Panics
/// As [`lines`].
#[track_caller]
pub fn files(kind: &str, folder: &str, check: impl Fn(&Value) -> Checked) {
    let Some(path) = part(kind, folder) else { return };
    let results: Vec<_> = json_files(&path)
        .into_iter()
        .map(|path| {
            let read = fs::read(&path).map_err(|error| error.to_string());
            let parsed = read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|e| e.to_string()));
            let result = parsed.and_then(|recording| checked(|| check(&recording)));
            (path.display().to_string(), result)
        })
        .collect();
    report(kind, &results);
}

/// Checks every sample of the `manifest.json` of a folder, in its order. A sample's bytes are a file beside it. Each is also
/// shown the readable ones beside it: what one means may stand in another.
///
/// # Panics
/// As [`lines`].
#[track_caller]
pub fn samples(kind: &str, folder: &str, check: impl Fn(&Sample, &[&Sample]) -> Checked) {
    let Some(path) = part(kind, folder) else { return };
    let read = match read_samples(&path) {
        Ok(read) => read,
        Err(error) => return report(kind, &[("manifest.json".to_owned(), Err(error))]),
    };
    let readable: Vec<_> = read.iter().filter_map(|(_, sample)| sample.as_ref().ok()).collect();
    let results: Vec<_> = read
        .iter()
        .map(|(name, sample)| {
            let checked = match sample {
                Ok(sample) => checked(|| check(sample, &readable)),
                Err(error) => Err(error.clone()),
            };
            (name.clone(), checked)
        })
        .collect();
    report(kind, &results);
}

/// A sample by its name, or why it cannot be read.
type Read = (String, Result<Sample, String>);

fn read_samples(folder: &Path) -> Result<Vec<Read>, String> {
    let manifest = fs::read(folder.join("manifest.json")).map_err(|error| error.to_string())?;
    let manifest: Value = serde_json::from_slice(&manifest).map_err(|error| error.to_string())?;
    let entries = manifest.get("samples").and_then(Value::as_array);
    let entries = entries.ok_or("no samples")?;
    let read = entries.iter().enumerate().map(|(at, entry)| (name(entry, at), sample(folder, entry, at)));
    Ok(read.collect())
}

fn sample(folder: &Path, entry: &Value, at: usize) -> Result<Sample, String> {
    let text = |pointer| entry.pointer(pointer).and_then(Value::as_str);
    let file = text("/file").ok_or("no file")?;
    let status = entry.get("status").and_then(Value::as_u64);
    let status = status.and_then(|status| status.try_into().ok());
    Ok(Sample {
        name: name(entry, at),
        status: status.ok_or("no status")?,
        content_type: text("/headers/Content-Type").map(str::to_owned),
        body: fs::read(folder.join(file)).map_err(|error| format!("{error}: {file}"))?,
        expected: entry.get("expected").cloned().unwrap_or_default(),
    })
}

/// Whether a recording expects nothing but what is read of it: what nobody reads would pass.
///
/// # Errors
/// One of its keys is unknown, or it is no object.
pub fn known_keys(value: &Value, known: &[&str]) -> Result<(), String> {
    let keys = value.as_object().ok_or_else(|| format!("expected an object, got {value}"))?;
    match keys.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("expectation that nobody reads: {key}")),
        None => Ok(()),
    }
}

/// Whether a folder of recordings is named.
#[must_use]
pub fn given() -> bool {
    folder().is_some()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads this variable")]
fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// The path of a part of the recordings that is there.
#[track_caller]
fn part(kind: &str, part: &str) -> Option<PathBuf> {
    let folder = folder()?;
    assert!(
        folder.is_absolute() && folder.is_dir(),
        "{FOLDER} is not the absolute path of a folder: {}",
        folder.display()
    );
    let path = folder.join(part);
    if path.exists() {
        return Some(path);
    }
    say(&format!("{kind}: absent"));
    None
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    paths
}

fn name(recording: &Value, at: usize) -> String {
    let name = recording.get("name").and_then(Value::as_str);
    name.map_or_else(|| format!("number {}", at + 1), str::to_owned)
}

/// The result of a check; an assertion that fails in it is this recording's failure.
fn checked(check: impl FnOnce() -> Checked) -> Checked {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|panic| Err(message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panicked".to_owned())
}

#[track_caller]
#[expect(clippy::panic, reason = "a test's assertion: the recordings that failed, by name")]
fn report(kind: &str, results: &[(String, Checked)]) {
    say(&counts(kind, results));
    if let Some(failures) = failures(kind, results) {
        panic!("{failures}");
    }
}

fn counts(kind: &str, results: &[(String, Checked)]) -> String {
    let count = |fits: fn(&Checked) -> bool| results.iter().filter(|(_, result)| fits(result)).count();
    format!(
        "{kind}: {} passed, {} not supported, {} failed",
        count(|result| *result == Ok(Verdict::Passed)),
        count(|result| *result == Ok(Verdict::NotSupported)),
        count(Result::is_err)
    )
}

/// Every failure with its recording's name. A part without a recording is one, too: it would pass for ever.
fn failures(kind: &str, results: &[(String, Checked)]) -> Option<String> {
    if results.is_empty() {
        return Some(format!("{kind}: no recording in the folder"));
    }
    let failures: Vec<_> = results
        .iter()
        .filter_map(|(name, result)| Some(format!("{name}: {}", result.as_ref().err()?)))
        .collect();
    (!failures.is_empty()).then(|| format!("{kind}: {} failed\n{}", failures.len(), failures.join("\n")))
}

/// Prints past the test runner, which keeps what a passing test prints.
fn say(text: &str) {
    // The line begins a new one: the runner may have written a test's name without an end of line.
    let _nobody_reads = io::stdout().write_all(format!("\n{LINE}{text}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_assertion_is_the_recording_s_failure() {
        assert_eq!(checked(|| Ok(Verdict::Passed)), Ok(Verdict::Passed));
        assert_eq!(checked(|| panic!("one {}", 2)), Err("one 2".to_owned()));
        assert_eq!(checked(|| panic!("plain")), Err("plain".to_owned()));
    }

    #[test]
    fn every_failure_is_named() {
        let results = [
            ("a".to_owned(), Ok(Verdict::Passed)),
            ("b".to_owned(), Err("class that nobody reads: new".to_owned())),
            ("c".to_owned(), Err("other".to_owned())),
        ];
        assert_eq!(counts("kind", &results), "kind: 1 passed, 0 not supported, 2 failed");
        assert_eq!(
            failures("kind", &results).as_deref(),
            Some("kind: 2 failed\nb: class that nobody reads: new\nc: other")
        );
        assert_eq!(failures("kind", &results[..1]), None);
        assert_eq!(failures("kind", &[]).as_deref(), Some("kind: no recording in the folder"));
    }

    #[test]
    fn an_unknown_expectation_is_a_failure() {
        let expected = serde_json::json!({"price": 1, "vendor": "a"});
        assert_eq!(known_keys(&expected, &["vendor", "title", "price"]), Ok(()));
        assert_eq!(
            known_keys(&expected, &["price"]),
            Err("expectation that nobody reads: vendor".to_owned())
        );
        assert_eq!(known_keys(&Value::Null, &[]), Err("expected an object, got null".to_owned()));
    }

    #[test]
    fn a_sample_lacks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.xml"), "<a/>").unwrap();
        let entry =
            serde_json::json!({"name": "a", "file": "a.xml", "status": 200, "expected": {"no_hit": true}});
        let read = sample(folder.path(), &entry, 0).unwrap();
        assert_eq!((read.name.as_str(), read.status, &*read.body), ("a", 200, &b"<a/>"[..]));
        for (field, error) in [("file", "no file"), ("status", "no status")] {
            let mut entry = entry.clone();
            entry.as_object_mut().unwrap().remove(field);
            assert_eq!(sample(folder.path(), &entry, 0).err().as_deref(), Some(error));
        }
    }
}
