//! The configuration that every AWS client of the functions starts from: one HTTP client with ring as its TLS; and what
//! an AWS error says without quoting an answer.
//!
//! Endpoints come from `AWS_ENDPOINT_URL_<SERVICE>` where that is set; an `http://` one works and uses no TLS.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    environment::EnvironmentVariableRegionProvider, timeout::TimeoutConfig,
};
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::failure;

/// Longest wait for a connection. A region's endpoint answers in a few milliseconds, or it is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Region and credentials as Lambda gives them, in environment variables. No other source is asked: on Lambda there is
/// none, and looking for one would cost the init seconds before it fails.
///
/// Only connecting has a timeout here. How long a call may take depends on the invocation: see
/// [`Deadline::budget`](crate::Deadline::budget).
pub async fn sdk_config() -> SdkConfig {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(EnvironmentVariableRegionProvider::new())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build())
        .load()
        .await
}

/// Why an AWS call failed: the service's code and message, or what happened on the way.
///
/// The SDK's own `DisplayErrorContext` prints an error's debug form, and with it the whole body of an answer that could
/// not be read, be it a secret. This never does.
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
    use aws_sdk_ssm::operation::get_parameter::GetParameterError;

    use super::*;

    fn check(error: &SdkError<GetParameterError, String>, expect: &str) {
        assert_eq!(reason(error), expect);
    }

    #[test]
    fn a_reason_quotes_no_answer() {
        let unread = std::io::Error::other("cut");
        check(
            &SdkError::response_error(unread, "hunter2".to_owned()),
            "the answer cannot be read",
        );
        let nameless = GetParameterError::unhandled("hunter2");
        check(
            &SdkError::service_error(nameless, "hunter2".to_owned()),
            "the answer cannot be read",
        );
    }

    #[test]
    fn a_reason_is_the_services_or_what_happened_on_the_way() {
        let metadata = aws_sdk_ssm::error::ErrorMetadata::builder()
            .code("ThrottlingException")
            .message("slow down");
        let throttled = GetParameterError::generic(metadata.build());
        check(
            &SdkError::service_error(throttled, String::new()),
            "ThrottlingException: slow down",
        );
        let late = std::io::Error::other("nobody answered");
        check(
            &SdkError::timeout_error(late),
            "request has timed out: nobody answered",
        );
    }

    #[tokio::test]
    async fn only_the_environment_is_asked_for_credentials() {
        let started = std::time::Instant::now();
        let config = sdk_config().await;
        assert!(config.credentials_provider().is_some());
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "no look for an instance's metadata"
        );
    }
}
