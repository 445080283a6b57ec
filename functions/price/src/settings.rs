//! From environment variables and secrets to a function that can price. Runs once, at init.

use std::num::NonZeroU16;

use contract::{EnvVar, PriceSource, error_name::PriceError, price_source::SourceSettings};
use shell::{Failure, SecretError, Secrets, SettingError, aws, parameter_store::ParameterStore, settings};

use crate::{
    Budget, Fetcher, Pace,
    base_url::{BaseUrl, BaseUrlError},
    naver::{KeyNames, Naver, Patience},
};

/// A function that cannot start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("setting is not usable")]
    Setting(#[from] SettingError),
    #[error("setting is not usable: {}: address of {source_name}", EnvVar::PriceSources)]
    BaseUrl {
        source_name: PriceSource,
        #[source]
        source: BaseUrlError,
    },
    #[error("setting is not usable: {}", EnvVar::PriceSources)]
    Sources(#[source] serde_json::Error),
    #[error("setting is not usable: {}: {what}", EnvVar::PriceSources)]
    Source { what: &'static str },
    #[error("credentials could not be read")]
    Secret(#[from] SecretError),
    #[error("no client can be built")]
    Client(#[from] reqwest::Error),
}

impl StartError {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Setting(error) => error.hint(),
            Self::Secret(error) => error.hint(),
            Self::BaseUrl { .. } | Self::Sources(_) | Self::Source { .. } | Self::Client(_) => None,
        }
    }
}

/// The function that prices through Naver, as its environment variables say.
///
/// # Errors
/// A variable is missing or does not parse, or a secret cannot be read: every order would stay unpriced.
pub async fn fetcher() -> Result<Fetcher<Naver>, Failure<PriceError>> {
    start().await.map_err(|error| {
        let failure = Failure::caused_by(PriceError::PriceFetchFailed, &error);
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    })
}

async fn start() -> Result<Fetcher<Naver>, StartError> {
    let text = settings::required(EnvVar::PriceSources)?;
    let sources: Vec<SourceSettings> = serde_json::from_str(&text).map_err(StartError::Sources)?;
    let [source] = sources.as_slice() else {
        return Err(StartError::Source {
            what: "expected one source",
        });
    };
    let base: BaseUrl = source.base_url.parse().map_err(|error| StartError::BaseUrl {
        source_name: source.source,
        source: error,
    })?;
    let number = |number| {
        NonZeroU16::new(number).ok_or(StartError::Source {
            what: "expected numbers from 1",
        })
    };
    let concurrency = number(source.concurrency)?;
    let budget = Budget::own(Pace::per_second(number(source.per_second)?));
    let [client_id, client_secret] = source.key_parameters.as_slice() else {
        return Err(StartError::Source {
            what: "expected two key parameters",
        });
    };
    let key_names = KeyNames {
        client_id: client_id.clone(),
        client_secret: client_secret.clone(),
    };
    let parameters = ParameterStore::new(&aws::sdk_config().await);
    let secrets = Secrets::read(
        parameters,
        [key_names.client_id.clone(), key_names.client_secret.clone()],
    )
    .await?;
    let naver = Naver::new(&base, secrets, key_names, budget, Patience::default())?;
    Ok(Fetcher::new(naver, concurrency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_its_variables_the_function_says_which_one_is_missing() {
        let failure = fetcher().await.unwrap_err();
        assert_eq!(failure.error, PriceError::PriceFetchFailed);
        assert_eq!(
            failure.message,
            "setting is not usable: environment variable is not set: PRICE_SOURCES"
        );
        assert!(failure.hint.is_some());
    }
}
