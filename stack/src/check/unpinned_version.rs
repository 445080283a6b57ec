//! `unpinned-version`: something is named in a way that means another thing tomorrow.
//!
//! **Why.** What was checked, tested and measured is one version. A name that moves on its own changes recipes, prices or
//! behaviour without a release, and no rollback brings the old one back.
//!
//! **What it wants.** A model by the id of one snapshot: with its date (`..-20250929-v1:0`), or, from Claude 4.6 on, whose
//! ids have none, with its full version; never `latest` and never a bare family. No function by `$LATEST`, and no code by
//! a key that says `latest`. A function's runtime is the one word `provided.al2023`: our types know no other, and layers,
//! extensions and images cannot be said at all.
//!
//! **What to do.** Write the model's whole id. Take `:$LATEST` away: a release pins functions by their versions, and keys
//! of code are made of the code's own hash.
//!
//! Source: Amazon Bedrock User Guide, "Supported foundation models" (ids); Lambda Developer Guide, "Manage Lambda function
//! versions" (`$LATEST` is what was uploaded last) and "Lambda runtimes".

use cfn::resource::Function;
use serde_json::Value as Json;

use super::{Subject, in_environment, in_template};
use crate::{
    environment::ModelId,
    report::{Finding, Report},
};

pub(super) const RULE: &str = "unpinned-version";

/// A word for whatever is newest.
const MOVING: &str = "latest";
/// The newest upload of a function.
const NEWEST_UPLOAD: &str = ":$LATEST";
/// The first version of Claude whose id on Bedrock is a snapshot without a date.
///
/// Source: Bedrock's list of supported models: `claude-haiku-4-5-20251001-v1:0`, `claude-sonnet-4-6`, `claude-sonnet-5`.
const FIRST_WITHOUT_DATE: (u32, u32) = (4, 6);

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let model = &subject.app.environment().model.id;
    if !is_pinned(model) {
        let path = in_environment(subject, "model.id");
        let message = format!("the model's id names no one version: {model}");
        let hint = "write the whole id of one snapshot, as Bedrock lists it";
        report.findings.push(Finding::error(RULE, path, message).hint(hint));
    }
    for (id, function) in subject.template.resources_of::<Function>() {
        let key = function.code.key.literal();
        if let Some(key) = key.filter(|key| words(key).any(|word| word.eq_ignore_ascii_case(MOVING))) {
            let path = in_template(&format!("/Resources/{id}/Properties/Code/S3Key"));
            let message = format!("the code's key names whatever is newest: {key}");
            let hint = "name it by its hash";
            report.findings.push(Finding::error(RULE, path, message).hint(hint));
        }
    }
    for id in subject.template.resources.keys() {
        let properties = subject.properties(id);
        if properties.is_some_and(|properties| holds(properties, NEWEST_UPLOAD)) {
            let path = in_template(&format!("/Resources/{id}/Properties"));
            let message = format!("a function is named by its newest upload: {id}");
            let hint = "take `:$LATEST` away";
            report.findings.push(Finding::error(RULE, path, message).hint(hint));
        }
    }
}

/// Whether an id stands for one snapshot of a model.
fn is_pinned(id: &ModelId) -> bool {
    let name = id.foundation_model().trim_start_matches("anthropic.claude-");
    if words(name).any(|word| word == MOVING) {
        return false;
    }
    let numbers: Vec<&str> = words(name).filter(|word| word.bytes().all(|b| b.is_ascii_digit())).collect();
    if numbers.iter().any(|number| number.len() == 8) {
        return true;
    }
    // `claude-v2:1`, `claude-instant-v1`: the oldest ids say their version with a `v`.
    if name.starts_with('v') || name.starts_with("instant-v") {
        return true;
    }
    let mut version = numbers.iter().map_while(|number| number.parse::<u32>().ok());
    let major = version.next();
    let minor = version.next().unwrap_or(0);
    major.is_some_and(|major| (major, minor) >= FIRST_WITHOUT_DATE)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether a text stands anywhere in a value.
fn holds(value: &Json, text: &str) -> bool {
    match value {
        Json::String(own) => own.contains(text),
        Json::Array(items) => items.iter().any(|item| holds(item, text)),
        Json::Object(fields) => fields.values().any(|field| holds(field, text)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use cfn::{
        Sub,
        resource::{Runtime, StateMachine},
    };

    use super::*;
    use crate::{check::tests::found, tests::local};

    #[track_caller]
    fn check(id: &str, pinned: bool) {
        let mut app = local();
        app.environment.model.id = ModelId::new(id).unwrap();
        let message = format!("error local (built in)#model.id: the model's id names no one version: {id}");
        let expect = if pinned { vec![] } else { vec![message] };
        assert_eq!(found(super::check, &app, |_| {}), expect);
    }

    #[test]
    fn a_model_by_its_snapshot() {
        for id in [
            ModelId::DEFAULT,
            "anthropic.claude-3-sonnet-20240229-v1:0",
            "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
            "anthropic.claude-v2:1",
            "anthropic.claude-instant-v1",
            "global.anthropic.claude-sonnet-4-6",
            "global.anthropic.claude-opus-4-6-v1",
            "global.anthropic.claude-sonnet-5",
        ] {
            check(id, true);
        }
    }

    #[test]
    fn a_family_or_whatever_is_newest() {
        for id in [
            "anthropic.claude-sonnet",
            "anthropic.claude-3-5-sonnet",
            "global.anthropic.claude-sonnet-4",
            "global.anthropic.claude-sonnet-4-5",
            "global.anthropic.claude-sonnet-4-5-v1:0",
            "anthropic.claude-3-5-sonnet-latest",
            "global.anthropic.claude-sonnet-5-latest",
        ] {
            check(id, false);
        }
    }

    #[test]
    fn the_newest_upload_of_a_function() {
        let found = found(super::check, &local(), |template| {
            for (_, machine) in template.resources_of_mut::<StateMachine>() {
                let cfn::Prop::Intrinsic(cfn::Intrinsic::Sub(sub)) = &machine.definition else { panic!() };
                let newest = sub.text().replace("${PriceFetcher.Arn}", "${PriceFetcher.Arn}:$LATEST");
                machine.definition = Sub::parse(newest).unwrap().into();
            }
        });
        let said = "error template.json#/Resources/StateMachine/Properties: a function is named by its newest upload: \
                    StateMachine";
        assert_eq!(found, [said]);
    }

    #[test]
    fn the_newest_code() {
        let with_key = |key: &str| {
            found(super::check, &local(), |template| {
                let mut functions = template.resources_of_mut::<Function>();
                functions.next().unwrap().1.code.key = key.into();
            })
        };
        let said = "error template.json#/Resources/PriceFetcher/Properties/Code/S3Key: the code's key names whatever \
                    is newest: price/latest.zip";
        assert_eq!(with_key("price/latest.zip"), [said]);
        assert_eq!(with_key("price/3f786850e387550f.zip"), [""; 0]);
    }

    /// A runtime that moves or ended cannot be said.
    #[test]
    fn the_one_runtime() {
        let Runtime::ProvidedAl2023 =
            local().lower().resources_of::<Function>().next().map(|(_, function)| function.runtime).unwrap();
        assert_eq!(serde_json::to_value(Runtime::ProvidedAl2023).unwrap(), "provided.al2023");
    }
}
