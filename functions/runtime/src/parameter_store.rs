//! Secrets from SSM Parameter Store: `GetParameter` with decryption.
//!
//! The operation is described here and runs on the SDK's own runtime, with its retries, timeouts and signature. The whole
//! client, `aws-sdk-ssm`, would take a fifth of the time in which this workspace is built, for this one call.

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::{
    auth::{
        SigV4OperationSigningConfig,
        sigv4::{SCHEME_ID, SigV4AuthScheme},
    },
    retries::classifiers::AwsErrorCodeClassifier,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{
            AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
            static_resolver::StaticAuthSchemeOptionResolver,
        },
        behavior_version::BehaviorVersion,
        identity::SharedIdentityResolver,
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
        result::SdkError,
        runtime_components::RuntimeComponentsBuilder,
        runtime_plugin::StaticRuntimePlugin,
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::Layer,
    error::{ErrorMetadata, metadata::ProvideErrorMetadata},
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_types::{
    SigningName,
    region::{Region, SigningRegion},
    service_config::ServiceConfigKey,
};
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Secret, SecretError, SecretSource,
    aws::{self, SdkConfig},
};

const SERVICE: &str = "SSM";
const OPERATION: &str = "GetParameter";

/// The adapter to SSM.
#[derive(Debug, Clone)]
pub struct ParameterStore {
    /// `None` if the configuration is not complete.
    operation: Option<Operation<String, Option<Secret>, ErrorMetadata>>,
}

impl ParameterStore {
    /// In the account and region of that configuration.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self { operation: operation(config) }
    }

    async fn get(&self, name: &str) -> Result<Secret, SecretError> {
        let operation = self.operation.as_ref().ok_or_else(|| SecretError::Unavailable {
            name: name.to_owned(),
            reason: "no region, credentials or HTTP client is configured".to_owned(),
        })?;
        let answer = operation.invoke(name.to_owned()).await;
        answer.map_err(|error| refused(name, &error))?.ok_or_else(|| SecretError::NotASecret(name.to_owned()))
    }
}

impl SecretSource for ParameterStore {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        Box::pin(self.get(name))
    }
}

fn operation(config: &SdkConfig) -> Option<Operation<String, Option<Secret>, ErrorMetadata>> {
    let region = config.region()?;
    let timeouts = config.timeout_config().cloned();
    let operation = Operation::builder()
        .service_name(SERVICE)
        .operation_name(OPERATION)
        .behavior_version(BehaviorVersion::latest())
        .http_client(config.http_client()?)
        .endpoint_url(&endpoint(config, region))
        .timeout_config(timeouts.unwrap_or_else(TimeoutConfig::disabled))
        .sleep_impl(config.sleep_impl()?)
        .time_source(config.time_source()?)
        .standard_retry(&RetryConfig::standard())
        .retry_classifier(HttpStatusCodeClassifier::default())
        .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
        .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
        .with_connection_poisoning()
        .runtime_plugin(signature(region, config.credentials_provider()?))
        .serializer(|name: String| request(&name))
        .deserializer(secret);
    Some(operation.build())
}

/// `AWS_ENDPOINT_URL_SSM` before the region's endpoint.
fn endpoint(config: &SdkConfig, region: &Region) -> String {
    let key = ServiceConfigKey::builder()
        .service_id(SERVICE)
        .profile("endpoint_url")
        .env("AWS_ENDPOINT_URL")
        .build();
    let set = key.ok().zip(config.service_config());
    let set = set.and_then(|(key, service)| service.load_config(key));
    config.endpoint_url().map(str::to_owned).or(set).unwrap_or_else(|| {
        let domain = if region.as_ref().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://ssm.{region}.{domain}")
    })
}

/// A version 4 signature with these credentials, in the form in which the SDK's clients plug it in.
fn signature(region: &Region, credentials: SharedCredentialsProvider) -> StaticRuntimePlugin {
    let mut config = Layer::new("signature");
    config.store_put(AuthSchemeOptionResolverParams::new(()));
    config.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(region.clone())),
        name: Some(SigningName::from_static("ssm")),
        ..SigV4OperationSigningConfig::default()
    });
    let mut components = RuntimeComponentsBuilder::new("signature");
    components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
    components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
        StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
    )));
    components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
    StaticRuntimePlugin::new().with_config(config.freeze()).with_runtime_components(components)
}

fn request(name: &str) -> Result<HttpRequest, BoxError> {
    let body = json!({ "Name": name, "WithDecryption": true }).to_string();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri("/")?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/x-amz-json-1.1");
    headers.insert("x-amz-target", format!("AmazonSSM.{OPERATION}"));
    Ok(request)
}

/// The used parts of an answer and of an error. Source: the API reference of `GetParameter`.
#[derive(Deserialize)]
struct Body {
    #[serde(rename = "Parameter")]
    parameter: Option<Parameter>,
    #[serde(rename = "__type")]
    code: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    r#type: Option<String>,
    value: Option<String>,
}

/// The secret in an answer; `None` if the parameter has no value.
fn secret(response: &HttpResponse) -> Result<Option<Secret>, OrchestratorError<ErrorMetadata>> {
    let body: Option<Body> = response.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok());
    if !response.status().is_success() {
        return Err(OrchestratorError::operation(refusal(response, body)));
    }
    // An answer that cannot be read may have the value, so no part of it is quoted.
    let parameter = body
        .and_then(|body| body.parameter)
        .ok_or_else(|| OrchestratorError::response("no parameter in the answer".into()))?;
    // The value of a String parameter is not encrypted.
    let is_secret = parameter.r#type.as_deref() == Some("SecureString");
    let value = parameter.value.filter(|value| is_secret && !value.is_empty());
    Ok(value.map(Secret::new))
}

/// The code of an error is in the header, `CODE:URI`, or in the body, `NAMESPACE#CODE`.
fn refusal(response: &HttpResponse, body: Option<Body>) -> ErrorMetadata {
    let (code, message) = body.map_or((None, None), |body| (body.code, body.message));
    let code = response.headers().get("x-amzn-errortype").map(str::to_owned).or(code);
    let code = code.as_deref().and_then(|code| code.split(':').next()?.rsplit('#').next());
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = code {
        metadata = metadata.code(code);
    }
    if let Some(message) = message {
        metadata = metadata.message(message);
    }
    metadata.build()
}

fn refused(name: &str, error: &SdkError<ErrorMetadata, HttpResponse>) -> SecretError {
    let name = name.to_owned();
    match error.code() {
        Some("ParameterNotFound" | "ParameterVersionNotFound") => SecretError::NotFound(name),
        Some("AccessDeniedException" | "InvalidKeyId") => SecretError::Denied(name),
        Some(_) | None => SecretError::Unavailable { name, reason: aws::reason(error) },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_smithy_runtime_api::{
        client::{
            http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
            result::ConnectorError,
        },
        http::StatusCode,
    };

    use super::*;

    const NAME: &str = "/ai-chef/key";

    /// Answers each call with the next status and body.
    #[derive(Debug, Clone)]
    struct Script(Arc<Mutex<Vec<(u16, &'static str)>>>);

    impl HttpConnector for Script {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let mut answers = self.0.lock().unwrap();
            HttpConnectorFuture::ready(match answers.pop() {
                Some((status, body)) => {
                    let status = StatusCode::try_from(status).unwrap();
                    Ok(HttpResponse::new(status, SdkBody::from(body)))
                }
                None => Err(ConnectorError::io("no answer".into())),
            })
        }
    }

    /// Reads from a service that gives these answers; returns the number of unused ones too.
    async fn read(answers: &[(u16, &'static str)]) -> (Result<Secret, SecretError>, usize) {
        let script = Script(Arc::new(Mutex::new(answers.iter().rev().copied().collect())));
        let connector = SharedHttpConnector::new(script.clone());
        let credentials = aws_credential_types::Credentials::new("id", "secret", None, None, "test");
        let config = aws::sdk_config()
            .into_builder()
            .region(Region::new("ap-northeast-2"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        let secret = ParameterStore::new(&config).read(NAME).await;
        let left = script.0.lock().unwrap().len();
        (secret, left)
    }

    fn unavailable(reason: &str) -> SecretError {
        SecretError::Unavailable { name: NAME.to_owned(), reason: reason.to_owned() }
    }

    const ANSWER: (u16, &str) = (200, r#"{"Parameter":{"Type":"SecureString","Value":"hunter2"}}"#);
    const THROTTLED: (u16, &str) = (400, r#"{"__type":"ThrottlingException","message":"slow down"}"#);

    #[tokio::test(start_paused = true)]
    async fn transient_errors_are_retried() {
        for passing in [THROTTLED, (500, ""), (503, "<html>")] {
            let (secret, left) = read(&[passing, passing, ANSWER]).await;
            assert_eq!((secret.unwrap().expose(), left), ("hunter2", 0));
        }
        let (error, left) = read(&[THROTTLED, THROTTLED, THROTTLED, ANSWER]).await;
        assert_eq!((error.unwrap_err(), left), (unavailable("ThrottlingException: slow down"), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_not_retried() {
        for (answer, expect) in [
            (r#"{"__type":"com.amazonaws.ssm#ParameterNotFound"}"#, SecretError::NotFound(NAME.to_owned())),
            (r#"{"__type":"AccessDeniedException","Message":"no"}"#, SecretError::Denied(NAME.to_owned())),
            ("hunter2", unavailable("the answer cannot be read")),
        ] {
            let (error, left) = read(&[(400, answer), ANSWER]).await;
            assert_eq!((error.unwrap_err(), left), (expect, 1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_without_a_secret_is_not_quoted() {
        let no_secret = SecretError::NotASecret(NAME.to_owned());
        let unread = unavailable("the answer cannot be read");
        for (answer, expect) in [
            (r#"{"Parameter":{"Type":"String","Value":"hunter2"}}"#, &no_secret),
            (r#"{"Parameter":{"Type":"SecureString","Value":""}}"#, &no_secret),
            (r#"{"Parameter":"hunter2"}"#, &unread),
            ("hunter2", &unread),
        ] {
            let (error, _) = read(&[(200, answer); 3]).await;
            assert_eq!(error.unwrap_err(), *expect);
        }
    }

    #[test]
    fn the_endpoint_is_the_regions_or_the_one_that_is_set() {
        let config = SdkConfig::builder().build();
        for (region, expect) in [
            ("ap-northeast-2", "https://ssm.ap-northeast-2.amazonaws.com"),
            ("cn-north-1", "https://ssm.cn-north-1.amazonaws.com.cn"),
        ] {
            assert_eq!(endpoint(&config, &Region::new(region)), expect);
        }
        let config = SdkConfig::builder().endpoint_url("http://127.0.0.1:1").build();
        assert_eq!(endpoint(&config, &Region::new("ap-northeast-2")), "http://127.0.0.1:1");
    }
}
