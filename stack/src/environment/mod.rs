//! What differs between `local`, `dev`, `staging` and `prod`, read from the text of `environments/<name>.toml`.
//!
//! This file has the environment's type and its keys. `reader` reads keys and reports errors; `word` and `model` have the
//! values with patterns, `sources` and `policy` the price sources. The caller reads the file and hands the text over.

mod base_url;
mod model;
mod monitoring;
mod policy;
mod reader;
mod sources;
mod word;

pub use base_url::BaseUrl;
pub use model::{EndOfLife, InferenceScope, ModelId};
pub use monitoring::{Monitoring, Subscriber};
pub use policy::PricesPolicy;
pub use reader::EnvironmentError;
pub use sources::{CallsPerDay, FreshS, SearchRate, SourceChoice};
pub use word::{AccountId, EnvironmentName, ParameterName, Region};

use cfn::resource::{Architecture, Retention};
use contract::{bounded::Whole, limits::DEFAULT_MAX_TOKENS};
use reader::{Document, Table};
use toml::de::DeValue;

use crate::names::Names;

/// The most tokens a recipe may take.
///
/// Source: Claude Sonnet 4.5 writes at most 64,000 tokens.
pub type MaxTokens = Whole<1, 64_000>;
/// Long enough to look into what happened last month.
const DEFAULT_LOG_RETENTION: Retention = Retention::Days30;

const KEYS: &[&str] = &[
    "name",
    "region",
    "bedrock_region",
    "account",
    "architecture",
    "log_retention_days",
    "deletion_protection",
    "model",
    "prices",
    "sources",
    "source",
    "tokens_per_hour",
    "runbook_language",
    "slo",
    "subscribers",
];
const MODEL_KEYS: &[&str] = &["id", "end_of_life", "max_tokens", "destination_regions"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name, which stands behind every physical name outside of `prod`.
    pub name: EnvironmentName,
    pub region: Region,
    pub bedrock_region: Region,
    /// The account it belongs to, when the file pins one.
    pub account: Option<AccountId>,
    pub architecture: Architecture,
    pub log_retention: Retention,
    pub deletion_protection: bool,
    pub model: Model,
    /// What an order does when its prices cannot be fetched.
    pub prices_policy: PricesPolicy,
    /// The price sources, in the order in which they are asked.
    pub sources: Vec<SourceChoice>,
    /// What alarms watch for, and whom they notify.
    pub monitoring: Monitoring,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub id: ModelId,
    pub end_of_life: EndOfLife,
    pub max_tokens: MaxTokens,
    /// Where a geographic profile (`us.`, `eu.`, ..) may send a call; empty for any other id.
    pub destination_regions: Vec<Region>,
}

impl Environment {
    /// Reads an environment. `file_name` is used in errors, and its stem must be the environment's name.
    ///
    /// # Errors
    /// The first thing that is wrong with the text, with its line: not TOML, an unknown or missing key, a value of a
    /// wrong type or outside of what the key takes.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, EnvironmentError> {
        let document = Document::new(file_name, text);
        let toml = document.parse()?;
        let root = document.root(&toml);
        root.refuse_unknown(KEYS)?;

        let name: EnvironmentName =
            root.required("name", EnvironmentName::EXPECTED, |v| word(v, EnvironmentName::new))?;
        if document.stem() != name.as_str() {
            let message = format!("`name`: expected the file's own name `{}`, got: {name}", document.stem());
            return Err(root.error_at("name", message));
        }
        let region = |table: &Table<'_>, key| table.required(key, Region::EXPECTED, |v| word(v, Region::new));
        Ok(Self {
            region: region(&root, "region")?,
            bedrock_region: region(&root, "bedrock_region")?,
            account: root.optional("account", AccountId::EXPECTED, |v| word(v, AccountId::new))?,
            architecture: root
                .word("architecture", &[("x86_64", Architecture::X86_64), ("arm64", Architecture::Arm64)])?
                .unwrap_or(Architecture::X86_64),
            log_retention: root
                .optional("log_retention_days", &retentions(), |v| Retention::from_days(whole(v)?))?
                .unwrap_or(DEFAULT_LOG_RETENTION),
            deletion_protection: root
                .optional("deletion_protection", "true or false", flag)?
                .unwrap_or(name.is_prod()),
            model: Model::read(&root)?,
            prices_policy: sources::policy(&root)?,
            sources: SourceChoice::read(&root, &name)?,
            monitoring: Monitoring::read(&root)?,
            name,
        })
    }

    /// The environment that is built in: everything on this machine, nothing from outside.
    pub fn local() -> Result<Self, EnvironmentError> {
        Self::parse("local.toml", include_str!("local.toml"))
    }

    /// The names of the parameters with the keys of its price sources, each once: some share a key.
    pub fn secrets(&self) -> Vec<&ParameterName> {
        let mut names = Vec::new();
        for name in self.sources.iter().flat_map(|source| &source.key_parameters) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    pub fn names(&self) -> Names {
        Names::of(&self.name)
    }
}

impl Model {
    fn read(root: &Table<'_>) -> Result<Self, EnvironmentError> {
        let table = root.table("model", MODEL_KEYS)?;
        let id = table
            .optional("id", ModelId::EXPECTED, |v| word(v, ModelId::new))?
            .or_else(|| ModelId::new(ModelId::DEFAULT))
            .ok_or_else(|| table.missing("id", ModelId::EXPECTED))?;
        let end_of_life = table
            .optional("end_of_life", EndOfLife::EXPECTED, |v| match v {
                DeValue::Datetime(date) => EndOfLife::new(&date.to_string()),
                other => word(other, EndOfLife::new),
            })?
            .unwrap_or(EndOfLife::Unknown);
        let max_tokens = table.whole("max_tokens", DEFAULT_MAX_TOKENS)?;

        let regions = table.optional("destination_regions", "a list of AWS regions", |v| {
            v.as_array()?.iter().map(|item| word(item.get_ref(), Region::new)).collect::<Option<Vec<_>>>()
        })?;
        let destination_regions = match (id.inference_scope(), regions) {
            (InferenceScope::Geographic, Some(regions)) if !regions.is_empty() => regions,
            (InferenceScope::Geographic, _) => {
                let expected = "the regions that a geographic inference profile sends calls to";
                return Err(table.missing("destination_regions", expected));
            }
            (InferenceScope::Region | InferenceScope::Global, None) => Vec::new(),
            (InferenceScope::Region | InferenceScope::Global, Some(_)) => {
                let message = format!(
                    "`model.destination_regions`: only a geographic inference profile has them, got the model: {id}"
                );
                return Err(table.error_at("destination_regions", message));
            }
        };
        Ok(Self { id, end_of_life, max_tokens, destination_regions })
    }
}

fn word<T>(value: &DeValue<'_>, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    read(value.as_str()?)
}

fn flag(value: &DeValue<'_>) -> Option<bool> {
    value.as_bool()
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    let integer = value.as_integer()?;
    u32::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// The days that CloudWatch Logs can keep lines, for errors.
fn retentions() -> String {
    let days: Vec<String> = Retention::ALL.iter().map(|retention| retention.days().to_string()).collect();
    format!("a number of days that CloudWatch Logs knows: {}", days.join(", "))
}

#[cfg(test)]
mod tests;
