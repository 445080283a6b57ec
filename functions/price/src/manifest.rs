//! Recorded and documented payloads of the living sources, where they lie beside the repository, each with what is expected
//! of it. Which reader they go through is said beside the adapters.

use std::{
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use serde_json::Value;

use crate::{calls::Reply, search::Why};

/// One payload.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) reply: Reply,
    pub(crate) expected: Value,
}

/// Checks every payload of that folder; says how many there were.
pub(crate) fn each(source: &str, check: impl Fn(&Sample)) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/price-sources")
        .join(source);
    let Ok(manifest) = fs::read_to_string(folder.join("manifest.json")) else {
        say(&format!("{source} payloads: absent"));
        return;
    };
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let samples = manifest["samples"].as_array().unwrap();
    assert!(!samples.is_empty(), "no payload in {}", folder.display());
    for sample in samples {
        check(&Sample {
            name: sample["name"].as_str().unwrap().to_owned(),
            reply: Reply {
                status: u16::try_from(sample["status"].as_u64().unwrap()).unwrap(),
                content_type: sample["headers"]["Content-Type"].as_str().map(str::to_owned),
                body: fs::read(folder.join(sample["file"].as_str().unwrap())).unwrap(),
            },
            expected: sample["expected"].clone(),
        });
    }
    say(&format!("{source} payloads: {}", samples.len()));
}

/// The reason is of the class that a manifest names.
pub(crate) fn check_class(class: &str, why: &Why) {
    let fits = match class {
        "AUTH" => matches!(why, Why::Credentials(_)),
        "QUOTA_DAY" => matches!(why, Why::LimitPerDay(_)),
        "RATE" => matches!(why, Why::LimitPerSecond(_)),
        "BAD_REQUEST" => matches!(why, Why::Refused(_)),
        other => panic!("a class that nobody reads: {other}"),
    };
    assert!(fits, "{class}: {why:?}");
}

/// To the real standard error: the test runner keeps what a passing test prints, and how much ran must be seen.
fn say(text: &str) {
    let _nobody_reads = writeln!(io::stderr(), "{text}");
}
