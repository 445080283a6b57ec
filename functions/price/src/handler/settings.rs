//! The function's start: from environment variables and secrets to its handler.
//!
//! A source whose secrets cannot be read is left out as long as the process lives. Without any source the start fails.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, num::NonZeroU16, sync::Arc};

use contract::{EnvVar, PriceSource, error_name::PriceError, price_source::SourceSettings};
use futures::future::join_all;
use runtime::{
    Failure, SecretError, SecretSource, Secrets, SettingError, aws, parameter_store::ParameterStore, settings,
};

use super::PriceHandler;
use crate::{
    cache::Cache,
    clock::Clock,
    fallback::{ChainedSource, SourceChain},
    http::{
        base_url::{BaseUrl, BaseUrlError},
        client::{Access, RetryPolicy},
    },
    quota::{DailyQuota, Quota, rate_limiter::RateLimiter},
    sources::{Source, SourceError},
    store::{PriceTable, documents::DocumentStore, dynamodb::DynamoDb},
};

/// Why the function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("setting is not usable")]
    Setting(#[from] SettingError),
    #[error("setting is not usable: {}", EnvVar::PriceSources)]
    Json(#[source] serde_json::Error),
    /// One source, or the list of them.
    #[error("setting is not usable: {}: {reason}", EnvVar::PriceSources)]
    Sources { reason: String },
    #[error("setting is not usable: {}: {source_name}: baseUrl", EnvVar::PriceSources)]
    BaseUrl {
        source_name: PriceSource,
        #[source]
        error: BaseUrlError,
    },
    #[error("setting is not usable: {}: {source_name}", EnvVar::PriceSources)]
    Source {
        source_name: PriceSource,
        #[source]
        error: SourceError,
    },
    #[error("credentials could not be read")]
    Secret(#[from] SecretError),
}

impl StartError {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Setting(error) => error.hint(),
            Self::Secret(error) => error.hint(),
            Self::Source { error: SourceError::Client(_), .. } => {
                Some("the function's image needs the system's trusted certificates")
            }
            _ => Some("the list is made of the environment's file: mend it there and deploy again"),
        }
    }
}

/// The handler that the environment variables describe.
///
/// # Errors
/// A variable is missing or invalid, or no source's secrets can be read.
pub async fn handler(now: Clock) -> Result<PriceHandler<Source>, Failure<PriceError>> {
    start(now).await.map_err(|error| {
        let failure = Failure::caused_by(PriceError::PriceFetchFailed, &error);
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    })
}

async fn start(now: Clock) -> Result<PriceHandler<Source>, StartError> {
    let sources = sources(&settings::required(EnvVar::PriceSources)?)?;
    let table = settings::required(EnvVar::PricesTable)?;
    let config = aws::sdk_config();
    let usable = with_secrets(sources, &ParameterStore::new(&config)).await?;
    let table: Arc<dyn PriceTable> = Arc::new(DynamoDb::new(&config, table));
    build(&usable, &table, now)
}

/// The sources whose secrets can be read, in their order, with their secrets, which are read concurrently.
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

fn build(
    sources: &[(SourceSettings, Arc<Secrets>)],
    table: &Arc<dyn PriceTable>,
    now: Clock,
) -> Result<PriceHandler<Source>, StartError> {
    let sources = sources.iter().map(|(settings, secrets)| chained(settings, secrets, table, now));
    let cache = Cache::new(Some(Arc::clone(table)), now);
    let chain = SourceChain::new(sources.collect::<Result<_, _>>()?, cache);
    Ok(PriceHandler::new(chain))
}

fn chained(
    settings: &SourceSettings,
    secrets: &Arc<Secrets>,
    table: &Arc<dyn PriceTable>,
    now: Clock,
) -> Result<ChainedSource<Source>, StartError> {
    let source_name = settings.source;
    let base: BaseUrl =
        settings.base_url.parse().map_err(|error| StartError::BaseUrl { source_name, error })?;
    let per_second = NonZeroU16::new(settings.per_second);
    let limiter = RateLimiter::per_second(per_second.ok_or_else(|| zero(settings, "perSecond"))?);
    let daily = DailyQuota::new(source_name, settings.per_day, Arc::clone(table), now);
    let quota = Quota::new(limiter, Some(daily));
    let access = Access {
        secrets: Arc::clone(secrets),
        key_names: settings.key_parameters.clone(),
        quota: quota.clone(),
        retry_policy: RetryPolicy::default(),
        log: None,
    };
    let documents = DocumentStore::new(Some(Arc::clone(table)), now);
    let source = Source::new(source_name, &base, access, documents, now)
        .map_err(|error| StartError::Source { source_name, error })?;
    Ok(ChainedSource::new(settings, source, quota))
}

fn sources(text: &str) -> Result<Vec<SourceSettings>, StartError> {
    let sources: Vec<SourceSettings> = serde_json::from_str(text).map_err(StartError::Json)?;
    let mut seen = BTreeSet::new();
    for settings in &sources {
        if !seen.insert(settings.source) {
            return Err(StartError::Sources { reason: format!("listed twice: {}", settings.source) });
        }
        for (key, number) in [
            ("concurrency", u32::from(settings.concurrency)),
            ("perSecond", settings.per_second.into()),
            ("perDay", settings.per_day),
            ("freshS", settings.fresh_s),
        ] {
            if number == 0 {
                return Err(zero(settings, key));
            }
        }
    }
    if sources.is_empty() {
        return Err(StartError::Sources { reason: "no source is listed".to_owned() });
    }
    Ok(sources)
}

fn zero(settings: &SourceSettings, key: &str) -> StartError {
    StartError::Sources { reason: format!("{}: expected a number from 1: {key}", settings.source) }
}
