//! What this workspace is built from: every crate's licence and source, judged by `deny.toml`.
//!
//! Read here are `[licenses] allow`, `[sources] allow-registry` and `[bans] skip`; the rest is for a current cargo-deny. Known vulnerabilities are not judged: their database is not in a registry.

use std::{collections::BTreeMap, fs, process::Stdio};

use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use crate::{cargo, failure::Failure, repository};

/// What `deny.toml` allows.
#[derive(Deserialize)]
struct Policy {
    licenses: Licences,
    sources: Sources,
    #[serde(default)]
    bans: Bans,
}

#[derive(Default, Deserialize)]
struct Bans {
    #[serde(default)]
    skip: Vec<Skip>,
}

/// A version that may stand beside another one.
#[derive(Deserialize)]
struct Skip {
    /// `name@version`, where the version may be cut behind any of its numbers.
    #[serde(rename = "crate")]
    spec: String,
    reason: String,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

/// What `cargo metadata` tells, as far as it is judged.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Clone, Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// Nothing for a crate of this workspace.
    source: Option<String>,
}

/// What was judged, and what is wrong with it.
pub(crate) struct Verdict {
    /// Crates that are not of this workspace.
    pub(crate) judged: usize,
    /// Versions that stand beside another one of the same crate, each with its reason.
    pub(crate) duplicates: usize,
    /// What is not allowed, a sentence each.
    pub(crate) refused: Vec<String>,
}

/// Judges every crate that is built for the targets of a release.
pub(crate) fn judge() -> Result<Verdict, Failure> {
    let path = repository::root().join("deny.toml");
    let text = fs::read_to_string(&path).map_err(|source| Failure::Read {
        path: path.clone(),
        source,
    })?;
    let policy: Policy = toml::from_str(&text).map_err(|error| Failure::Read {
        path,
        source: std::io::Error::other(error),
    })?;
    let mut command = cargo::cargo();
    command.args(["metadata", "--format-version", "1", "--locked"]);
    for target in ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"] {
        command.args(["--filter-platform", target]);
    }
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| Failure::Start {
        program: "cargo".to_owned(),
        source,
    })?;
    if !output.status.success() {
        return Err(Failure::Metadata);
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|source| Failure::Unreadable {
            program: "cargo metadata",
            source,
        })?;
    Ok(verdict(&policy, &metadata.packages))
}

fn verdict(policy: &Policy, packages: &[Package]) -> Verdict {
    let foreign = packages
        .iter()
        .filter_map(|package| Some((package, package.source.as_deref()?)));
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut verdict = Verdict {
        judged: 0,
        duplicates: 0,
        refused: Vec::new(),
    };
    for (package, source) in foreign {
        verdict.judged += 1;
        versions.entry(&package.name).or_default().push(&package.version);
        let refuse = |reason: String| format!("{} {}: {reason}", package.name, package.version);
        let registries = &policy.sources.allow_registry;
        if !registries
            .iter()
            .any(|registry| source.strip_prefix("registry+") == Some(registry))
        {
            verdict
                .refused
                .push(refuse(format!("its source is not allowed: {source}")));
        }
        if let Err(reason) = licence(&policy.licenses.allow, package.license.as_deref()) {
            verdict.refused.push(refuse(reason));
        }
    }
    duplicates(policy, &versions, &mut verdict);
    verdict
}

/// A crate may be built in one version, and in each other one that has a reason; a reason nobody needs is refused, too.
fn duplicates(policy: &Policy, versions: &BTreeMap<&str, Vec<&str>>, verdict: &mut Verdict) {
    let skip = &policy.bans.skip;
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let is_known = |version: &&&str| skip.iter().any(|skip| skip.is(name, version));
        let unknown: Vec<_> = versions
            .iter()
            .filter(|version| !is_known(version))
            .copied()
            .collect();
        verdict.duplicates += versions.len() - 1;
        if unknown.len() > 1 {
            let unknown = unknown.join(", ");
            verdict.refused.push(format!(
                "{name}: built in versions without a reason in deny.toml: {unknown}"
            ));
        }
    }
    for stale in skip {
        let needed = versions.iter().any(|(name, versions)| {
            versions.len() > 1 && versions.iter().any(|version| stale.is(name, version))
        });
        if !needed || stale.reason.trim().is_empty() {
            verdict.refused.push(format!(
                "{}: skipped in deny.toml without a need or a reason",
                stale.spec
            ));
        }
    }
}

impl Skip {
    fn is(&self, name: &str, version: &str) -> bool {
        let Some((skipped, cut)) = self.spec.split_once('@') else {
            return false;
        };
        skipped == name
            && version
                .strip_prefix(cut)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Whether what is allowed satisfies a crate's licence.
fn licence(allow: &[String], licence: Option<&str>) -> Result<(), String> {
    let licence = licence.ok_or("it names no licence")?;
    // Cargo's older form: `MIT/Apache-2.0`.
    let expression = Expression::parse_mode(licence, ParseMode::LAX)
        .map_err(|error| format!("its licence is no SPDX expression: {licence}: {}", error.reason))?;
    let allowed = |required: &LicenseReq| allow.iter().any(|allowed| *allowed == required.to_string());
    if expression.evaluate(allowed) {
        Ok(())
    } else {
        Err(format!("its licence is not allowed: {licence}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: Option<&str>, expect: bool) {
        let allow = [
            "MIT",
            "Apache-2.0",
            "Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception",
        ]
        .map(str::to_owned);
        assert_eq!(licence(&allow, text).is_ok(), expect, "{text:?}");
    }

    #[test]
    fn one_side_of_an_or_is_enough() {
        check(Some("MIT OR GPL-3.0-only"), true);
        check(Some("GPL-3.0-only OR LGPL-3.0-only"), false);
    }

    #[test]
    fn both_sides_of_an_and_are_needed() {
        check(Some("(MIT OR Apache-2.0) AND Unicode-3.0"), true);
        check(Some("MIT AND GPL-3.0-only"), false);
    }

    #[test]
    fn an_exception_is_part_of_a_licence() {
        check(Some("Apache-2.0 WITH LLVM-exception"), true);
        check(Some("MIT WITH GCC-exception-3.1"), false);
    }

    #[test]
    fn the_older_form_is_read() {
        check(Some("MIT/Apache-2.0"), true);
        check(Some("Apache-2.0 / MIT"), true);
    }

    #[test]
    fn no_licence_is_no_permission() {
        check(None, false);
        check(Some("see LICENSE"), false);
    }

    #[test]
    fn sources_are_judged() {
        let policy: Policy = toml::from_str(
            "[licenses]\nallow = [\"MIT\"]\n[sources]\nallow-registry = [\"https://crates.example\"]",
        )
        .unwrap();
        let package = |version: &str, source: Option<&str>| Package {
            name: "serde".to_owned(),
            version: version.to_owned(),
            license: Some("MIT".to_owned()),
            source: source.map(str::to_owned),
        };
        let verdict = verdict(
            &policy,
            &[
                package("1.0.0", Some("registry+https://crates.example")),
                package("2.0.0", Some("git+https://somewhere.example/serde")),
                package("3.0.0", None),
            ],
        );
        assert_eq!((verdict.judged, verdict.duplicates), (2, 1));
        assert_eq!(
            verdict.refused,
            [
                "serde 2.0.0: its source is not allowed: git+https://somewhere.example/serde",
                "serde: built in versions without a reason in deny.toml: 1.0.0, 2.0.0"
            ]
        );
    }

    #[track_caller]
    fn check_duplicates(skip: &str, expect: &[&str]) {
        let policy: Policy = toml::from_str(&format!(
            "[licenses]\nallow = [\"MIT\"]\n[sources]\nallow-registry = [\"https://crates.example\"]\n[bans]\nskip = [{skip}]"
        ))
        .unwrap();
        let package = |name: &str, version: &str| Package {
            name: name.to_owned(),
            version: version.to_owned(),
            license: Some("MIT".to_owned()),
            source: Some("registry+https://crates.example".to_owned()),
        };
        let packages = [
            package("syn", "2.0.119"),
            package("syn", "3.0.10"),
            package("url", "2.5.8"),
        ];
        assert_eq!(verdict(&policy, &packages).refused, expect);
    }

    #[test]
    fn a_second_version_needs_its_reason() {
        check_duplicates(
            "",
            &["syn: built in versions without a reason in deny.toml: 2.0.119, 3.0.10"],
        );
        check_duplicates("{ crate = \"syn@2\", reason = \"others\" }", &[]);
        check_duplicates("{ crate = \"syn@3.0.10\", reason = \"others\" }", &[]);
        let unneeded = "skipped in deny.toml without a need or a reason";
        check_duplicates(
            "{ crate = \"syn@2\", reason = \"others\" }, { crate = \"url@2\", reason = \"none\" }",
            &[&format!("url@2: {unneeded}")],
        );
        check_duplicates(
            "{ crate = \"syn@2\", reason = \" \" }",
            &[&format!("syn@2: {unneeded}")],
        );
        check_duplicates(
            "{ crate = \"syn@20\", reason = \"others\" }",
            &[
                "syn: built in versions without a reason in deny.toml: 2.0.119, 3.0.10",
                &format!("syn@20: {unneeded}"),
            ],
        );
    }
}
