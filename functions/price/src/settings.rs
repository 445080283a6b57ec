//! From environment variables and secrets to a function that can price. Runs once, at init.

use contract::{EnvVar, error_name::PriceError};
use shell::{Failure, SecretError, Secrets, SettingError, aws, parameter_store::ParameterStore, settings};

use crate::{
    Fetcher, Pace,
    base_url::{BaseUrl, BaseUrlError},
    naver::{KeyNames, Naver, Patience},
};

/// What parses as a `NonZeroU16`, in a person's words.
const COUNT: &str = "a whole number from 1 to 65535";

/// A function that cannot start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("setting is not usable")]
    Setting(#[from] SettingError),
    #[error("setting is not usable: {}", EnvVar::NaverBaseUrl)]
    BaseUrl(#[source] BaseUrlError),
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
            Self::BaseUrl(_) => Some("Naver's own is https://openapi.naver.com"),
            Self::Client(_) => None,
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
    let base: BaseUrl = settings::required(EnvVar::NaverBaseUrl)?
        .parse()
        .map_err(StartError::BaseUrl)?;
    let concurrency = settings::parsed(EnvVar::PriceConcurrency, COUNT)?;
    let pace = Pace::per_second(settings::parsed(EnvVar::PricePerSecond, COUNT)?);
    let key_names = KeyNames {
        client_id: settings::required(EnvVar::NaverClientIdParameter)?,
        client_secret: settings::required(EnvVar::NaverClientSecretParameter)?,
    };
    let parameters = ParameterStore::new(&aws::sdk_config().await);
    let secrets = Secrets::read(
        parameters,
        [key_names.client_id.clone(), key_names.client_secret.clone()],
    )
    .await?;
    let naver = Naver::new(&base, secrets, key_names, pace, Patience::default())?;
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
            "setting is not usable: environment variable is not set: NAVER_BASE_URL"
        );
        assert!(failure.hint.is_some());
    }
}
