//! What differs between `local`, `dev`, `staging` and `prod`, read from the text of `environments/<name>.toml`.
//!
//! Here live the environment's type and the meaning of its keys. How a key is found in the text and how a wrong one is
//! reported lives in `reader`; the values with patterns of their own live in `word` and `model`. Nothing here
//! touches a disk: whoever has one hands the text over.

mod base_url;
mod model;
mod policy;
mod reader;
mod word;

pub use base_url::BaseUrl;
pub use model::{EndOfLife, ModelId, Reach};
pub use policy::PricesPolicy;
pub use reader::EnvironmentError;
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
/// Searches under way at once, or started in a second: more than an order has ingredients (D20) is never needed.
pub type SearchRate = Whole<1, 50>;

/// Naver's reported limit (D8), for searches at once and for searches a second.
const DEFAULT_SEARCH_RATE: u32 = 10;
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
];
const MODEL_KEYS: &[&str] = &["id", "end_of_life", "max_tokens", "destination_regions"];
const PRICES_KEYS: &[&str] = &[
    "source",
    "base_url",
    "concurrency",
    "per_second",
    "client_id_parameter",
    "client_secret_parameter",
];

/// One environment, with every default filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name, which stands behind every physical name outside of `prod` (D14).
    pub name: EnvironmentName,
    /// Where the stack lives.
    pub region: Region,
    /// Where Bedrock is asked (S7).
    pub bedrock_region: Region,
    /// The account it belongs to, when the file pins one.
    pub account: Option<AccountId>,
    /// What the functions are built for.
    pub architecture: Architecture,
    /// How long logs are kept.
    pub log_retention: Retention,
    /// Whether the tables refuse to be deleted.
    pub deletion_protection: bool,
    /// Who writes the recipes.
    pub model: Model,
    /// What an order does when they cannot be fetched (D16).
    pub prices_policy: PricesPolicy,
    /// Who knows the prices.
    pub prices: Prices,
}

/// The model that is asked for recipes (D9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The id of the model or of the inference profile.
    pub id: ModelId,
    /// Its last day, if its maker named one.
    pub end_of_life: EndOfLife,
    /// The most tokens a recipe may take (D23).
    pub max_tokens: MaxTokens,
    /// Where a geographic profile (`us.`, `eu.`, ..) may send a call; empty for any other id.
    pub destination_regions: Vec<Region>,
}

/// Where prices come from (D15). One source so far; its end date is for the rule `end-of-life-source` to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prices {
    /// Naver's shopping search, or a service that speaks its protocol.
    Naver(Naver),
}

/// How Naver's shopping search is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naver {
    /// Where it answers.
    pub base_url: BaseUrl,
    /// Searches under way at once (D8).
    pub concurrency: SearchRate,
    /// Searches started a second (D8).
    pub per_second: SearchRate,
    /// The *name* of the parameter with the client id (D10).
    pub client_id_parameter: ParameterName,
    /// The *name* of the parameter with the client secret (D10).
    pub client_secret_parameter: ParameterName,
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

        let name: EnvironmentName = root.required("name", EnvironmentName::EXPECTED, |v| {
            word(v, EnvironmentName::new)
        })?;
        if document.stem() != name.as_str() {
            let message = format!(
                "`name`: expected the file's own name `{}`, got: {name}",
                document.stem()
            );
            return Err(root.error_at("name", message));
        }
        let region = |table: &Table<'_>, key| table.required(key, Region::EXPECTED, |v| word(v, Region::new));
        Ok(Self {
            region: region(&root, "region")?,
            bedrock_region: region(&root, "bedrock_region")?,
            account: root.optional("account", AccountId::EXPECTED, |v| word(v, AccountId::new))?,
            architecture: root
                .word(
                    "architecture",
                    &[("x86_64", Architecture::X86_64), ("arm64", Architecture::Arm64)],
                )?
                .unwrap_or(Architecture::X86_64),
            log_retention: root
                .optional("log_retention_days", &retentions(), |v| {
                    Retention::from_days(whole(v)?)
                })?
                .unwrap_or(DEFAULT_LOG_RETENTION),
            deletion_protection: root
                .optional("deletion_protection", "true or false", flag)?
                .unwrap_or(name.is_prod()),
            model: Model::read(&root)?,
            prices_policy: match root.get("prices") {
                Some(DeValue::Table(_)) => PricesPolicy::default(),
                _ => root.word("prices", &PricesPolicy::WORDS)?.unwrap_or_default(),
            },
            prices: Prices::read(&root, &name)?,
            name,
        })
    }

    /// The environment that is built in: everything on this machine, nothing from outside.
    ///
    /// # Errors
    /// Never: a test parses the embedded text.
    pub fn local() -> Result<Self, EnvironmentError> {
        Self::parse("local.toml", include_str!("local.toml"))
    }

    /// The physical names of this environment (D14).
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
            v.as_array()?
                .iter()
                .map(|item| word(item.get_ref(), Region::new))
                .collect::<Option<Vec<_>>>()
        })?;
        let destination_regions = match (id.reach(), regions) {
            (Reach::Geographic, Some(regions)) if !regions.is_empty() => regions,
            (Reach::Geographic, _) => {
                let expected = "the regions that a geographic inference profile sends calls to";
                return Err(table.missing("destination_regions", expected));
            }
            (Reach::Region | Reach::Global, None) => Vec::new(),
            (Reach::Region | Reach::Global, Some(_)) => {
                let message = format!(
                    "`model.destination_regions`: only a geographic inference profile has them, got the model: {id}"
                );
                return Err(table.error_at("destination_regions", message));
            }
        };
        Ok(Self {
            id,
            end_of_life,
            max_tokens,
            destination_regions,
        })
    }
}

impl Prices {
    fn read(root: &Table<'_>, name: &EnvironmentName) -> Result<Self, EnvironmentError> {
        // A word is the policy; the seed's source then has its defaults.
        if root.get("prices").and_then(DeValue::as_str).is_some() {
            return Ok(Self::Naver(Naver::read(
                &root.table("naver", PRICES_KEYS)?,
                name,
            )?));
        }
        let table = root.table("prices", PRICES_KEYS)?;
        if let Some(later) = table.get("source").and_then(DeValue::as_str)
            && ["elevenst", "chamgagyeok"].contains(&later)
        {
            let message = format!("`prices.source`: not supported yet: {later}");
            return Err(table.error_at("source", message).with_hint("supported: naver"));
        }
        match table.word("source", &[("naver", ())])? {
            Some(()) => Ok(Self::Naver(Naver::read(&table, name)?)),
            None => Err(table.missing("source", "a price source: naver")),
        }
    }
}

impl Naver {
    fn read(table: &Table<'_>, name: &EnvironmentName) -> Result<Self, EnvironmentError> {
        let names = Names::of(name);
        let parameter = |key, seed: &str| {
            table
                .optional(key, ParameterName::EXPECTED, |v| word(v, ParameterName::new))?
                .or_else(|| ParameterName::new(&names.physical(seed)))
                .ok_or_else(|| table.missing(key, ParameterName::EXPECTED))
        };
        let base_url = table
            .optional("base_url", BaseUrl::EXPECTED, |v| word(v, BaseUrl::new))?
            .or_else(|| BaseUrl::new(BaseUrl::NAVER))
            .ok_or_else(|| table.missing("base_url", BaseUrl::EXPECTED))?;
        if base_url.is_this_machine() && !name.is_local() {
            let message =
                format!("`prices.base_url`: only the environment `local` asks this machine, got: {base_url}");
            let hint = "a function on AWS reaches nothing there: name a service that speaks https";
            return Err(table.error_at("base_url", message).with_hint(hint));
        }
        Ok(Self {
            base_url,
            concurrency: table.whole("concurrency", DEFAULT_SEARCH_RATE)?,
            per_second: table.whole("per_second", DEFAULT_SEARCH_RATE)?,
            client_id_parameter: parameter("client_id_parameter", "naver-client-id")?,
            client_secret_parameter: parameter("client_secret_parameter", "naver-client-secret")?,
        })
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
    let days: Vec<String> = Retention::ALL
        .iter()
        .map(|retention| retention.days().to_string())
        .collect();
    format!("a number of days that CloudWatch Logs knows: {}", days.join(", "))
}

#[cfg(test)]
mod tests;
