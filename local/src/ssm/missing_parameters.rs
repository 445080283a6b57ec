//! Asking SSM over its API which parameters are missing. No value leaves this file.

use std::time::Duration;

use reqwest::{
    Client,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde::Deserialize;
use serde_json::{Value, json};
use stack::environment::ParameterName;

use crate::serve::AccessKey;

/// How long SSM may take to answer. One on this machine has no reason to take longer.
const TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub(crate) enum SsmError {
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    #[error("SSM refuses the call: {0}")]
    Refused(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameterResponse {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

pub(crate) async fn missing_parameters(
    client: &Client,
    url: &str,
    key: &AccessKey,
    names: &[ParameterName],
) -> Result<Vec<ParameterName>, SsmError> {
    let mut missing = Vec::new();
    for name in names {
        if is_missing(client, url, key, name).await? {
            missing.push(name.clone());
        }
    }
    Ok(missing)
}

async fn is_missing(
    client: &Client,
    url: &str,
    key: &AccessKey,
    name: &ParameterName,
) -> Result<bool, SsmError> {
    let request = json!({ "Name": name.as_str(), "WithDecryption": true });
    let call = client
        .post(url)
        .header(AUTHORIZATION, key.bearer())
        .header("x-amz-target", "AmazonSSM.GetParameter")
        .header(CONTENT_TYPE, "application/x-amz-json-1.1")
        .body(request.to_string());
    let answer = call.timeout(TIMEOUT).send().await?;
    if answer.status().is_success() {
        let found: GetParameterResponse = answer.json().await?;
        return Ok(found.parameter.value.trim().is_empty());
    }
    let refusal: Value = answer.json().await?;
    match refusal.get("__type").and_then(Value::as_str) {
        Some("ParameterNotFound") => Ok(true),
        other => Err(SsmError::Refused(other.unwrap_or_default().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        loopback,
        ssm::{Parameter, Parameters, serve},
    };

    fn names(names: &[&str]) -> Vec<ParameterName> {
        names.iter().map(|name| ParameterName::new(name).unwrap()).collect()
    }

    #[tokio::test]
    async fn what_is_not_there_or_holds_nothing_is_missing() {
        let key = AccessKey::random();
        let parameters = Parameters::from([
            ("there".to_owned(), Parameter::Secure("hush".into())),
            ("/a/path".to_owned(), Parameter::Secure("hush".into())),
            ("empty".to_owned(), Parameter::Secure(String::new())),
            ("blank".to_owned(), Parameter::Secure(" \n".into())),
        ]);
        let ssm = serve(parameters, "arn:aws:ssm:r:1:parameter", &key).await.unwrap();
        let client = loopback::client().unwrap();
        let asked = names(&["there", "absent", "/a/path", "empty", "blank", "/absent"]);
        let missing = missing_parameters(&client, &ssm.url(), &key, &asked).await.unwrap();
        assert_eq!(missing, names(&["absent", "empty", "blank", "/absent"]));
    }

    #[tokio::test]
    async fn without_an_answer_it_is_an_error() {
        let client = loopback::client().unwrap();
        let key = AccessKey::random();
        // Bound and not listening: the port stays free of other servers.
        let unreachable = tokio::net::TcpSocket::new_v4().unwrap();
        unreachable.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let url = format!("http://{}", unreachable.local_addr().unwrap());
        assert!(matches!(
            missing_parameters(&client, &url, &key, &names(&["a"])).await,
            Err(SsmError::Http(_))
        ));
        let other = axum::Router::new().fallback(|| async {
            let body = r#"{"__type":"AccessDeniedException"}"#;
            (axum::http::StatusCode::BAD_REQUEST, body)
        });
        let other = crate::serve::Server::start(other, None).await.unwrap();
        let refused = missing_parameters(&client, &other.url(), &key, &names(&["a"])).await.unwrap_err();
        assert_eq!(refused.to_string(), "SSM refuses the call: AccessDeniedException");
    }
}
