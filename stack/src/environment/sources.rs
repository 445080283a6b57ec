//! The price sources of an environment, their order and limits, and whether an order requires prices: the keys
//! `sources` and `prices`, and the tables `[source.NAME]`.
//!
//! Facts and defaults of each source are in the catalogue (`contract::price_source`). Keys are read by `reader`.

use contract::{
    PriceSource,
    bounded::Whole,
    price_source::{Key, SourceFacts, SourceSettings},
};
use toml::de::DeValue;

use super::{
    BaseUrl, EnvironmentName, ParameterName, PricesPolicy,
    reader::{EnvironmentError, Table, nearest, shortened},
    word,
};
use crate::names::Names;

/// Searches under way at once, or started in a second: more than the 50 ingredients of an order are never needed.
pub type SearchRate = Whole<1, 50>;
/// Calls in a day of Korea. No known provider allows a million.
pub type CallsPerDay = Whole<1, 1_000_000>;
/// How long an answer is fresh, in seconds: a minute, so that an order and its second pass share it, to a week.
pub type FreshS = Whole<60, 604_800>;

/// The keys of a source's table that every source has.
const KEYS: [&str; 5] = ["base_url", "concurrency", "per_second", "per_day", "fresh_s"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceChoice {
    pub source: PriceSource,
    pub base_url: BaseUrl,
    /// The *names* of the parameters with its keys, in the order of [`SourceFacts::keys`].
    pub key_parameters: Vec<ParameterName>,
    pub concurrency: SearchRate,
    pub per_second: SearchRate,
    /// Calls in a day of Korea, of all functions together.
    pub per_day: CallsPerDay,
    pub fresh_s: FreshS,
}

impl SourceChoice {
    /// As the price function reads it.
    pub fn settings(&self) -> SourceSettings {
        // Both are at most 50.
        let rate = |rate: SearchRate| u16::try_from(rate.get()).unwrap_or(u16::MAX);
        SourceSettings {
            source: self.source,
            base_url: self.base_url.as_str().to_owned(),
            key_parameters: self.key_parameters.iter().map(ToString::to_string).collect(),
            concurrency: rate(self.concurrency),
            per_second: rate(self.per_second),
            per_day: self.per_day.get(),
            fresh_s: self.fresh_s.get(),
        }
    }

    /// Whether the base URL is the provider's own. Limits of the provider do not hold for another one.
    pub fn asks_the_provider(&self) -> bool {
        BaseUrl::new(self.source.facts().base_url).is_some_and(|own| own.host() == self.base_url.host())
    }

    /// Every source of an environment, in the order in which they are asked.
    pub(super) fn read(root: &Table<'_>, name: &EnvironmentName) -> Result<Vec<Self>, EnvironmentError> {
        let tables = tables(root, &list(root)?)?;
        let choice = |listed: &(PriceSource, Table<'_>)| {
            let (source, table) = listed;
            let facts = source.facts();
            let keys = facts.keys.iter();
            Ok(Self {
                source: *source,
                base_url: base_url(table, facts, name)?,
                key_parameters: keys
                    .map(|key| parameter(listed, key, &tables, name))
                    .collect::<Result<_, _>>()?,
                concurrency: table.whole("concurrency", facts.concurrency.into())?,
                per_second: table.whole("per_second", facts.budget.per_second.into())?,
                per_day: table.whole("per_day", facts.budget.per_day)?,
                fresh_s: table.whole("fresh_s", facts.fresh_s)?,
            })
        };
        tables.iter().map(choice).collect()
    }
}

/// What becomes of an order without prices: the word of `prices`.
pub(super) fn policy(root: &Table<'_>) -> Result<PricesPolicy, EnvironmentError> {
    const KEY: &str = "prices";
    root.word(KEY, &PricesPolicy::WORDS)
        .map(Option::unwrap_or_default)
        .map_err(|error| match root.get(KEY) {
            // As files were written when there was one source.
            Some(DeValue::Table(_) | DeValue::Array(_)) => error.with_hint(
                "sources are a list now: write `sources = [\"elevenst\", \"chamgagyeok\"]` above the first table, and \
                 what differs from a source's defaults below `[source.NAME]`",
            ),
            _ => error,
        })
}

/// The sources of the list: each once, those with vendors first.
fn list(root: &Table<'_>) -> Result<Vec<PriceSource>, EnvironmentError> {
    const KEY: &str = "sources";
    let expected = format!("a list of price sources: {}", names(|_| true).join(", "));
    let words = root.required(KEY, &expected, |value| {
        let words = value.as_array()?.iter();
        words.map(|word| Some(word.get_ref().as_str()?.to_owned())).collect::<Option<Vec<_>>>()
    })?;
    let mut sources: Vec<PriceSource> = Vec::new();
    for word in &words {
        let Some(source) = PriceSource::named(word) else {
            let message = format!("`{KEY}`: no such price source: {:?}", shortened(word));
            return Err(root.error_at(KEY, message).with_hint(nearest(word, &names(|_| true))));
        };
        if sources.contains(&source) {
            let message = format!("`{KEY}`: a source stands twice: {source}");
            let hint = "sources are asked one after the other, each once: take it away";
            return Err(root.error_at(KEY, message).with_hint(hint));
        }
        let before = sources.last().filter(|before| !before.facts().has_vendors);
        if let Some(before) = before.filter(|_| source.facts().has_vendors) {
            let message = format!("`{KEY}`: a source without vendors stands before one with them: {before}");
            let hint = format!("it says what is usual where no vendor has an offer: write `{before}` last");
            return Err(root.error_at(KEY, message).with_hint(hint));
        }
        sources.push(source);
    }
    if !sources.iter().any(|source| source.facts().has_vendors) {
        let found = sources.first().map_or("none", |source| source.name());
        let message = format!("`{KEY}`: expected at least one source with vendors, got: {found}");
        let hint = format!("with vendors: {}", names(|facts| facts.has_vendors).join(", "));
        return Err(root.error_at(KEY, message).with_hint(hint));
    }
    Ok(sources)
}

/// The names of the catalogue's sources that fit.
fn names(fits: impl Fn(&SourceFacts) -> bool) -> Vec<&'static str> {
    let facts = PriceSource::ALL.into_iter().map(PriceSource::facts);
    facts.filter(|facts| fits(facts)).map(|facts| facts.name).collect()
}

/// The tables of the listed sources, in their order; empty ones where the file has none.
fn tables<'d>(
    root: &Table<'d>,
    sources: &[PriceSource],
) -> Result<Vec<(PriceSource, Table<'d>)>, EnvironmentError> {
    let all = root.table("source", &names(|_| true))?;
    for source in PriceSource::ALL {
        if all.get(source.name()).is_some() && !sources.contains(&source) {
            let message = format!("`source.{source}`: the source is not in `sources`: {source}");
            let hint = format!("add `{source}` to `sources`, or take its table away");
            return Err(all.error_at(source.name(), message).with_hint(hint));
        }
    }
    let table = |source: &PriceSource| {
        let keys = source.facts().keys.iter().map(|key| key.setting);
        let known: Vec<_> = KEYS.into_iter().chain(keys).collect();
        Ok((*source, all.table(source.name(), &known)?))
    };
    sources.iter().map(table).collect()
}

/// The parameter with a key: as the source's table names it, else as another source's does that shares the key, else as
/// the catalogue does.
fn parameter(
    (source, table): &(PriceSource, Table<'_>),
    key: &Key,
    tables: &[(PriceSource, Table<'_>)],
    name: &EnvironmentName,
) -> Result<ParameterName, EnvironmentError> {
    let expected = ParameterName::EXPECTED;
    let others = tables.iter().filter(|(other, _)| other != source);
    let own_first = std::iter::once((source, table)).chain(others.map(|(other, table)| (other, table)));
    for (listed, table) in own_first {
        let mut keys = listed.facts().keys.iter();
        if let Some(shared) = keys.find(|other| other.parameter == key.parameter)
            && let Some(named) = table.optional(shared.setting, expected, |v| word(v, ParameterName::new))?
        {
            return Ok(named);
        }
    }
    let usual = Names::of(name).physical(key.parameter);
    ParameterName::new(&usual).ok_or_else(|| table.missing(key.setting, expected))
}

/// Where a source answers. On this machine a stand-in does, whose port is known when it is up.
fn base_url(
    table: &Table<'_>,
    facts: &SourceFacts,
    name: &EnvironmentName,
) -> Result<BaseUrl, EnvironmentError> {
    const KEY: &str = "base_url";
    let missing = || table.missing(KEY, BaseUrl::EXPECTED);
    if name.is_local() {
        if table.get(KEY).is_some() {
            let message = format!(
                "`source.{0}.{KEY}`: an environment on this machine asks a stand-in for: {0}",
                facts.name
            );
            let hint = "leave it out: the stand-in's address is put there when the environment comes up";
            return Err(table.error_at(KEY, message).with_hint(hint));
        }
        let provider = BaseUrl::new(facts.base_url).ok_or_else(missing)?;
        return provider.on_this_machine().ok_or_else(missing);
    }
    let given = table.optional(KEY, BaseUrl::EXPECTED, |v: &DeValue<'_>| word(v, BaseUrl::new))?;
    let base_url = given.or_else(|| BaseUrl::new(facts.base_url)).ok_or_else(missing)?;
    if base_url.is_this_machine() {
        let message = format!(
            "`source.{}.{KEY}`: expected another machine than the one that asks, got: {base_url}",
            facts.name
        );
        let hint = "a function on AWS reaches nothing there: name a service that speaks https";
        return Err(table.error_at(KEY, message).with_hint(hint));
    }
    Ok(base_url)
}

#[cfg(test)]
mod tests;
