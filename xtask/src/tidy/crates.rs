//! `allowed-dependency`: which crate may know which.
//!
//! Arrows point downward: the words on the wire know nobody, the definitions know neither servers nor SDKs, and nothing
//! that `cargo xtask synth` needs brings an AWS SDK along. The table is the picture of ARCHITECTURE.md, line by line; a
//! new arrow is drawn there first. Features and versions stand in the workspace's manifest alone, so that every `-p` set
//! builds the same.

use std::collections::BTreeMap;

use serde::Deserialize;
use stack::Finding;
use toml::Value;

use super::{Tree, finding};

const RULE: &str = "allowed-dependency";

#[derive(Clone, Copy)]
enum Foreign {
    /// These and no other.
    Only(&'static [&'static str]),
    /// Any that is no server, no client and no AWS SDK.
    Pure,
    Any,
}

use Foreign::{Any, Only, Pure};

/// Prefixes of the crates that are servers, clients or SDKs.
const NETWORK_CRATES: [&str; 9] = [
    "aws-",
    "axum",
    "dynoxide",
    "hyper",
    "lambda_",
    "reqwest",
    "rustls",
    "serde_dynamo",
    "tracing-subscriber",
];

/// Every crate, with the crates of this workspace and those of others that it may depend on. Tests may depend on all.
const TABLE: [(&str, &[&str], Foreign); 14] = [
    ("contract", &[], Only(&["schemars", "serde", "serde_json", "serde_path_to_error", "thiserror"])),
    ("runtime", &["contract"], Any),
    ("recipe", &["contract", "runtime"], Any),
    ("price", &["contract", "runtime"], Any),
    ("combine", &["contract", "runtime"], Any),
    ("price-cli", &["contract", "runtime", "price", "platform"], Any),
    ("asl", &[], Pure),
    ("cfn", &[], Pure),
    ("cloudwatch", &[], Pure),
    ("alarms", &["contract", "cloudwatch"], Pure),
    ("stack", &["contract", "asl", "cfn", "alarms", "cloudwatch"], Pure),
    ("platform", &["contract", "stack"], Pure),
    ("local", &["contract", "stack", "asl", "cfn", "alarms", "cloudwatch", "platform"], Any),
    ("xtask", &["contract", "recordings", "alarms", "cfn", "cloudwatch", "stack", "platform"], Pure),
];

const TESTS: [&str; 5] = ["cases", "e2e", "micro", "mutations", "recordings"];

/// Every package that a rule of this file names.
pub(super) fn packages() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(package, ..)| *package).chain(TESTS)
}

#[derive(Deserialize)]
struct Root {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    members: Vec<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
    #[serde(default)]
    lints: BTreeMap<String, Value>,
    #[serde(default)]
    dependencies: BTreeMap<String, Value>,
    #[serde(default, rename = "dev-dependencies")]
    dev_dependencies: BTreeMap<String, Value>,
    #[serde(default, rename = "build-dependencies")]
    build_dependencies: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let root: Option<Root> = tree.text("Cargo.toml").and_then(|text| toml::from_str(text).ok());
    let members = root.map(|root| root.workspace.members).unwrap_or_default();
    let mut manifests = BTreeMap::new();
    for member in &members {
        let path = format!("{member}/Cargo.toml");
        match tree.text(&path).map(toml::from_str::<Manifest>) {
            Some(Ok(manifest)) => {
                manifests.insert(path, manifest);
            }
            Some(Err(_)) | None => findings.push(finding(
                RULE,
                path,
                "a member of the workspace without a manifest that can be read",
                "`cargo metadata` says what is wrong with it",
            )),
        }
    }
    let ours: Vec<_> = manifests.values().map(|manifest| manifest.package.name.as_str()).collect();
    for (path, manifest) in &manifests {
        check_manifest(path, manifest, &ours, findings);
    }
}

fn check_manifest(path: &str, manifest: &Manifest, ours: &[&str], findings: &mut Vec<Finding>) {
    let mut found = |message: String, hint: &str| findings.push(finding(RULE, path, message, hint));
    let name = manifest.package.name.as_str();
    let normal = manifest.dependencies.iter().chain(&manifest.build_dependencies);
    for (dependency, value) in normal.clone().chain(&manifest.dev_dependencies) {
        if !is_workspace(value) {
            found(
                format!("version and features stand here and not in the workspace: {dependency}"),
                "write `NAME.workspace = true`, and the rest in the workspace's Cargo.toml",
            );
        }
    }
    if manifest.lints.get("workspace").and_then(Value::as_bool) != Some(true) {
        found("the workspace's lints are off".to_owned(), "write `[lints] workspace = true`");
    }
    if TESTS.contains(&name) {
        return;
    }
    let Some((_, allowed, foreign)) = TABLE.iter().find(|(package, ..)| *package == name) else {
        found(
            format!("a crate without a line in the table: {name}"),
            "say in `xtask/src/tidy/crates.rs` what it may know, and draw it in ARCHITECTURE.md",
        );
        return;
    };
    for dependency in normal.map(|(dependency, _)| dependency.as_str()) {
        if ours.contains(&dependency) || packages().any(|package| package == dependency) {
            if !allowed.contains(&dependency) {
                found(
                    format!("{name} may not know {dependency}"),
                    "arrows point downward: move what is needed to where both may look",
                );
            }
        } else if !foreign.allows(dependency) {
            found(
                format!("{name} may not depend on {dependency}"),
                "servers, clients and SDKs belong behind a port, into an adapter or into `local`",
            );
        }
    }
}

impl Foreign {
    fn allows(self, dependency: &str) -> bool {
        match self {
            Only(names) => names.contains(&dependency),
            Pure => !NETWORK_CRATES.iter().any(|prefix| dependency.starts_with(prefix)),
            Any => true,
        }
    }
}

/// `NAME.workspace = true`.
fn is_workspace(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
        && value.get("version").is_none()
        && value.get("features").is_none()
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    /// The table's own crate with these lines of dependencies.
    #[track_caller]
    fn check(package: &str, dependencies: &str, expect: &[&str]) {
        let manifest = format!(
            "[package]\nname = \"{package}\"\n[lints]\nworkspace = true\n[dependencies]\n{dependencies}\n"
        );
        let expect: Vec<_> = expect.iter().map(|message| format!("a/Cargo.toml: {message}")).collect();
        let expect: Vec<_> = expect.iter().map(String::as_str).collect();
        found(
            super::check,
            &[("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"), ("a/Cargo.toml", &manifest)],
            &expect,
        );
    }

    #[test]
    fn a_crate_depends_on_what_its_line_allows() {
        check("stack", "asl.workspace = true\ncontract.workspace = true", &[]);
        check("stack", "local.workspace = true", &["stack may not know local"]);
        check("recipe", "price.workspace = true", &["recipe may not know price"]);
        check("asl", "contract.workspace = true", &["asl may not know contract"]);
        check("contract", "serde.workspace = true", &[]);
        check("contract", "tokio.workspace = true", &["contract may not depend on tokio"]);
        check("stack", "aws-sdk-sfn.workspace = true", &["stack may not depend on aws-sdk-sfn"]);
        check("xtask", "reqwest.workspace = true", &["xtask may not depend on reqwest"]);
        check("local", "axum.workspace = true", &[]);
        check("sommelier", "", &["a crate without a line in the table: sommelier"]);
        check("e2e", "aws-sdk-sfn.workspace = true", &[]);
    }

    #[test]
    fn features_stand_in_the_workspace() {
        let said = "version and features stand here and not in the workspace: toml";
        check("stack", "toml = \"1\"", &[said]);
        check("stack", "toml = { workspace = true, features = [\"x\"] }", &[said]);
    }

    #[test]
    fn lints_and_manifests_are_there() {
        let root = ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
        found(
            super::check,
            &[root, ("a/Cargo.toml", "[package]\nname = \"cfn\"\n")],
            &[
                "b/Cargo.toml: a member of the workspace without a manifest that can be read",
                "a/Cargo.toml: the workspace's lints are off",
            ],
        );
    }
}
