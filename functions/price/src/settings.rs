//! From environment variables and secrets to a function that can price. Runs once, at init.
//!
//! A source whose secrets cannot be read is left out for as long as the process lives: the others price without it. Only
//! when none is left does init fail.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, iter, num::NonZeroU16, sync::Arc};

use contract::{EnvVar, PriceSource, error_name::PriceError, price_source::SourceSettings};
use futures::future::join_all;
use shell::{
    Failure, SecretError, SecretSource, Secrets, SettingError, aws, parameter_store::ParameterStore, settings,
};

use crate::{
    Budget, Cache, Chain, Fetcher, Pace, TableShelf,
    base_url::{BaseUrl, BaseUrlError},
    budget::{Limits, Shared},
    chain::Link,
    clock::Clock,
    sources::{Parts, Source, SourceError},
    table::{DynamoDb, PriceTable},
};

/// The function as it runs.
pub type PriceFunction = Fetcher<Source>;

/// Settings that no function can price with.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A variable is missing.
    #[error("setting is not usable")]
    Setting(#[from] SettingError),
    /// The list of sources does not parse.
    #[error("setting is not usable: {}", EnvVar::PriceSources)]
    Sources(#[source] serde_json::Error),
    /// The list is empty.
    #[error("setting is not usable: {}: no source is listed", EnvVar::PriceSources)]
    NoSource,
    /// A source stands in the list twice.
    #[error("setting is not usable: {}: listed twice: {of}", EnvVar::PriceSources)]
    Twice {
        /// Which.
        of: PriceSource,
    },
    /// A number is zero.
    #[error(
        "setting is not usable: {}: {of}: expected a number from 1: {key}",
        EnvVar::PriceSources
    )]
    Zero {
        /// Whose.
        of: PriceSource,
        /// Which.
        key: &'static str,
    },
    /// An address is none.
    #[error("setting is not usable: {}: {of}: baseUrl", EnvVar::PriceSources)]
    BaseUrl {
        /// Whose.
        of: PriceSource,
        /// Why.
        #[source]
        why: BaseUrlError,
    },
    /// A source cannot be asked.
    #[error("setting is not usable: {}: {of}", EnvVar::PriceSources)]
    Source {
        /// Which.
        of: PriceSource,
        /// Why.
        #[source]
        why: SourceError,
    },
    /// No source is left: the keys of none can be read.
    #[error("credentials could not be read")]
    Secret(#[from] SecretError),
}

impl StartError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Setting(error) => error.hint(),
            Self::Secret(error) => error.hint(),
            Self::Sources(_)
            | Self::NoSource
            | Self::Twice { .. }
            | Self::Zero { .. }
            | Self::BaseUrl { .. }
            | Self::Source {
                why: SourceError::Keys { .. },
                ..
            } => Some("the list is made of the environment's file: mend it there and deploy again"),
            Self::Source {
                why: SourceError::Client(_),
                ..
            } => Some("the function's image needs the system's trusted certificates"),
        }
    }
}

/// The function that prices as its environment variables say.
///
/// # Errors
/// A variable is missing or does not parse, or no source's secrets can be read: every order would stay unpriced.
pub async fn fetcher(now: Clock) -> Result<PriceFunction, Failure<PriceError>> {
    start(now).await.map_err(|error| {
        let failure = Failure::caused_by(PriceError::PriceFetchFailed, &error);
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    })
}

async fn start(now: Clock) -> Result<PriceFunction, StartError> {
    let sources = sources(&settings::required(EnvVar::PriceSources)?)?;
    let table = settings::required(EnvVar::PricesTable)?;
    let config = aws::sdk_config();
    let usable = with_secrets(sources, &ParameterStore::new(&config)).await?;
    let table: Arc<dyn PriceTable> = Arc::new(DynamoDb::new(&config, table));
    chained(&usable, &table, now)
}

/// The sources whose secrets can be read, in their order, each with its secrets. They are read one beside the other.
async fn with_secrets(
    sources: Vec<SourceSettings>,
    store: &(impl SecretSource + Clone),
) -> Result<Vec<(SourceSettings, Arc<Secrets>)>, StartError> {
    let readings = sources.into_iter().map(|settings| async {
        let secrets = Secrets::read(store.clone(), settings.key_parameters.clone()).await;
        (settings, secrets)
    });
    let mut usable = Vec::new();
    let mut first_error = None;
    for (settings, secrets) in join_all(readings).await {
        match secrets {
            Ok(secrets) => usable.push((settings, Arc::new(secrets))),
            Err(error) => {
                let hint = error.hint();
                tracing::error!(source = %settings.source, %error, hint, "source is left out");
                first_error.get_or_insert(error);
            }
        }
    }
    match first_error {
        Some(error) if usable.is_empty() => Err(error.into()),
        Some(_) | None => Ok(usable),
    }
}

/// The function that prices with these sources, in their order, and keeps what it learns in that table: what
/// [`fetcher`] makes of the environment, for whoever drives one in its own process.
///
/// # Errors
/// A source's settings are not usable.
pub fn fetcher_with(
    sources: &[SourceSettings],
    secrets: Arc<Secrets>,
    table: &Arc<dyn PriceTable>,
    now: Clock,
) -> Result<PriceFunction, StartError> {
    let with_all = sources.iter().cloned().zip(iter::repeat(secrets));
    chained(&with_all.collect::<Vec<_>>(), table, now)
}

fn chained(
    sources: &[(SourceSettings, Arc<Secrets>)],
    table: &Arc<dyn PriceTable>,
    now: Clock,
) -> Result<PriceFunction, StartError> {
    let shelf = Arc::new(TableShelf::new(Arc::clone(table), now));
    let links = sources.iter().map(|(settings, secrets)| {
        let parts = Parts {
            secrets: Arc::clone(secrets),
            shelf: Arc::clone(&shelf),
            now,
        };
        link(settings, &parts, table)
    });
    let cache = Cache::new(Some(Arc::clone(table)), now);
    Ok(Fetcher::new(Chain::new(links.collect::<Result<_, _>>()?, cache)))
}

fn link(
    settings: &SourceSettings,
    parts: &Parts,
    table: &Arc<dyn PriceTable>,
) -> Result<Link<Source>, StartError> {
    let of = settings.source;
    let base: BaseUrl = settings
        .base_url
        .parse()
        .map_err(|why| StartError::BaseUrl { of, why })?;
    let zero = StartError::Zero { of, key: "perSecond" };
    let pace = Pace::per_second(NonZeroU16::new(settings.per_second).ok_or(zero)?);
    let limits = Limits {
        per_second: settings.per_second,
        per_day: settings.per_day,
    };
    let budget = Budget::shared(pace, Shared::new(of, limits, Arc::clone(table), parts.now));
    let source =
        Source::new(settings, &base, budget.clone(), parts).map_err(|why| StartError::Source { of, why })?;
    Ok(Link::new(settings, source, budget))
}

/// The list of sources, if every function could go by it.
fn sources(text: &str) -> Result<Vec<SourceSettings>, StartError> {
    let sources: Vec<SourceSettings> = serde_json::from_str(text).map_err(StartError::Sources)?;
    let mut seen = BTreeSet::new();
    for settings in &sources {
        let of = settings.source;
        if !seen.insert(of) {
            return Err(StartError::Twice { of });
        }
        for (key, number) in [
            ("concurrency", u32::from(settings.concurrency)),
            ("perSecond", settings.per_second.into()),
            ("perDay", settings.per_day),
            ("freshS", settings.fresh_s),
        ] {
            if number == 0 {
                return Err(StartError::Zero { of, key });
            }
        }
    }
    if sources.is_empty() {
        Err(StartError::NoSource)
    } else {
        Ok(sources)
    }
}
