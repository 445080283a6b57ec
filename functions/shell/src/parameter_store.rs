//! Secrets from SSM Parameter Store: `GetParameter` with decryption.

use aws_config::SdkConfig;
use aws_sdk_ssm::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_parameter::GetParameterError,
    types::ParameterType,
};
use futures::future::BoxFuture;

use crate::{Secret, SecretError, SecretSource, aws};

/// The adapter to SSM.
#[derive(Debug, Clone)]
pub struct ParameterStore(Client);

impl ParameterStore {
    /// Reads from the account and region of that configuration.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    async fn get(&self, name: &str) -> Result<Secret, SecretError> {
        let request = self.0.get_parameter().name(name).with_decryption(true);
        let answer = request.send().await.map_err(|error| refused(name, &error))?;
        let parameter = answer.parameter.as_ref();
        // A plain String parameter would have the secret readable by everybody who may list parameters.
        let value = parameter
            .filter(|parameter| parameter.r#type == Some(ParameterType::SecureString))
            .and_then(|parameter| parameter.value())
            .filter(|value| !value.is_empty());
        value
            .map(Secret::new)
            .ok_or_else(|| SecretError::NotASecret(name.to_owned()))
    }
}

impl SecretSource for ParameterStore {
    fn read<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
        Box::pin(self.get(name))
    }
}

fn refused(name: &str, error: &SdkError<GetParameterError>) -> SecretError {
    let name = name.to_owned();
    match error.code() {
        Some("ParameterNotFound" | "ParameterVersionNotFound") => SecretError::NotFound(name),
        Some("AccessDeniedException" | "InvalidKeyId") => SecretError::Denied(name),
        Some(_) | None => SecretError::Unavailable {
            name,
            reason: aws::reason(error),
        },
    }
}
