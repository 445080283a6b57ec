//! The configuration of the functions' AWS clients, with one HTTP client whose TLS is ring, and the text of AWS errors without
//! answers in it.
//!
//! Endpoints come from `AWS_ENDPOINT_URL_<SERVICE>` where that is set; an `http://` one works and uses no TLS.

use std::{env, time::Duration};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use aws_smithy_async::{rt::sleep::default_async_sleep, time::SystemTimeSource};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{behavior_version::BehaviorVersion, result::SdkError};
use aws_smithy_types::{error::metadata::ProvideErrorMetadata, timeout::TimeoutConfig};
pub use aws_types::SdkConfig;
use aws_types::{
    region::Region,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};

use crate::failure;

/// Longest wait for a connection. A region's endpoint answers in a few milliseconds, or it is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Region, credentials and endpoints as Lambda gives them, in environment variables. Files, STS and instance metadata are
/// not asked: on Lambda there are none, and `aws-config`, which asks them, costs an STS client in every build.
///
/// Only connecting has a timeout here. How long a call may take depends on the invocation: see
/// [`Deadline::budget`](crate::Deadline::budget).
pub fn sdk_config() -> SdkConfig {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(variable("AWS_REGION").map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(FromEnvironment))
        .service_config(FromEnvironment)
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build())
        .time_source(SystemTimeSource::new());
    config.set_sleep_impl(default_async_sleep());
    config.build()
}

/// The variables that Lambda and the embedded environment set for the SDK.
#[derive(Debug, Clone, Copy)]
struct FromEnvironment;

impl ProvideCredentials for FromEnvironment {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(credentials(variable))
    }
}

impl LoadServiceConfig for FromEnvironment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        service_setting(&key, variable)
    }
}

fn credentials(variable: impl Fn(&str) -> Option<String>) -> Result<Credentials, CredentialsError> {
    let required = |name: &'static str| {
        variable(name)
            .ok_or_else(|| CredentialsError::not_loaded(format!("environment variable is not set: {name}")))
    };
    Ok(Credentials::new(
        required("AWS_ACCESS_KEY_ID")?,
        required("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    ))
}

/// A setting of one service, `AWS_ENDPOINT_URL_DYNAMODB`, before the same setting of all, `AWS_ENDPOINT_URL`.
fn service_setting(key: &ServiceConfigKey<'_>, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let service = key.service_id().to_uppercase().replace(' ', "_");
    variable(&format!("{}_{service}", key.env())).or_else(|| variable(key.env()))
}

#[expect(clippy::disallowed_methods, reason = "the SDK's own variables are read here alone")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Why an AWS call failed: the service's code and message, or the error of the connection.
///
/// The SDK's own `DisplayErrorContext` prints an error's debug form, and with it the body of an answer that could not be read,
/// which may be a secret. This function quotes no body.
pub fn reason<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    match (error.code(), error.message(), error) {
        (Some(code), Some(message), _) => format!("{code}: {message}"),
        (Some(code), None, _) => code.to_owned(),
        (None, _, SdkError::ResponseError(_) | SdkError::ServiceError(_)) => {
            "the answer cannot be read".to_owned()
        }
        (None, _, _) => failure::chain(error),
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn check(error: &SdkError<ErrorMetadata, String>, expect: &str) {
        assert_eq!(reason(error), expect);
    }

    #[test]
    fn a_reason_quotes_no_answer() {
        let unread = std::io::Error::other("cut");
        check(&SdkError::response_error(unread, "hunter2".to_owned()), "the answer cannot be read");
        let nameless = ErrorMetadata::builder().build();
        check(&SdkError::service_error(nameless, "hunter2".to_owned()), "the answer cannot be read");
    }

    #[test]
    fn a_reason_is_the_services_or_the_connections() {
        let throttled = ErrorMetadata::builder().code("ThrottlingException").message("slow down");
        check(&SdkError::service_error(throttled.build(), String::new()), "ThrottlingException: slow down");
        let late = std::io::Error::other("no answer");
        check(&SdkError::timeout_error(late), "request has timed out: no answer");
    }

    #[test]
    fn credentials_are_those_of_the_environment() {
        let all = |name: &str| Some(format!("the {name}"));
        let found = credentials(all).unwrap();
        assert_eq!(found.access_key_id(), "the AWS_ACCESS_KEY_ID");
        assert_eq!(found.secret_access_key(), "the AWS_SECRET_ACCESS_KEY");
        assert_eq!(found.session_token(), Some("the AWS_SESSION_TOKEN"));
        let without = |absent: &'static str| move |name: &str| (name != absent).then(|| name.to_owned());
        assert_eq!(credentials(without("AWS_SESSION_TOKEN")).unwrap().session_token(), None);
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            let error = credentials(without(name)).unwrap_err();
            assert!(failure::chain(&error).ends_with(name), "{error:?}");
        }
    }

    #[test]
    fn a_service_s_endpoint_goes_before_the_endpoint_of_all() {
        let key = ServiceConfigKey::builder()
            .service_id("Bedrock Runtime")
            .profile("endpoint_url")
            .env("AWS_ENDPOINT_URL")
            .build()
            .unwrap();
        let set =
            |names: &'static [&'static str]| move |name: &str| names.contains(&name).then(|| name.to_owned());
        for (names, expect) in [
            (
                &["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"][..],
                Some("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
            ),
            (&["AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL"], Some("AWS_ENDPOINT_URL")),
            (&["AWS_ENDPOINT_URL_SSM"], None),
        ] {
            assert_eq!(service_setting(&key, set(names)).as_deref(), expect);
        }
    }
}
