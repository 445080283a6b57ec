//! SSM's `GetParameter`. What the parameters are for is not known here.

mod missing_parameters;

pub(crate) use missing_parameters::missing_parameters;

use std::{collections::BTreeMap, fmt, io, sync::Arc};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, response::Response, routing::post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    aws_json::{self, Protocol, ServiceError},
    clock,
    serve::{AccessKey, Server},
};

#[derive(Clone, PartialEq, Eq)]
pub enum Parameter {
    Plain(String),
    /// A secret: it comes as ciphertext unless decryption is asked for.
    Secure(String),
}

/// Prints no value.
impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Secure(_) => "Secure",
        })
    }
}

/// Parameters by their names.
pub type Parameters = BTreeMap<String, Parameter>;

#[derive(Clone)]
pub(crate) struct Ssm {
    parameters: Arc<Parameters>,
    arn_prefix: Arc<str>,
}

/// Serves these parameters to clients with the access key. `arn_prefix` is `arn:aws:ssm:REGION:ACCOUNT:parameter`.
pub(crate) async fn serve(parameters: Parameters, arn_prefix: &str, key: &AccessKey) -> io::Result<Server> {
    let ssm = Ssm::new(parameters, arn_prefix);
    Server::start(Router::new().route("/", post(call)).with_state(ssm), Some(key)).await
}

async fn call(State(ssm): State<Ssm>, headers: HeaderMap, body: Bytes) -> Response {
    aws_json::respond(Protocol::Json11, ssm.answer(&headers, &body))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameter {
    name: String,
    #[serde(default)]
    with_decryption: bool,
}

impl Ssm {
    pub(crate) fn new(parameters: Parameters, arn_prefix: &str) -> Self {
        Self { parameters: Arc::new(parameters), arn_prefix: arn_prefix.into() }
    }

    pub(crate) fn answer(&self, headers: &HeaderMap, body: &Bytes) -> Result<Value, ServiceError> {
        match aws_json::operation(headers, "AmazonSSM")? {
            "GetParameter" => self.get(&aws_json::request(body)?),
            other => Err(ServiceError::unknown_operation(other)),
        }
    }

    fn get(&self, request: &GetParameter) -> Result<Value, ServiceError> {
        let name = request.name.strip_prefix(&*self.arn_prefix).unwrap_or(&request.name);
        let found = self
            .parameters
            .iter()
            .find(|(known, _)| known.trim_start_matches('/') == name.trim_start_matches('/'));
        let Some((name, parameter)) = found else {
            return Err(ServiceError::new("ParameterNotFound", ""));
        };
        let (kind, value) = match parameter {
            Parameter::Plain(value) => ("String", value.clone()),
            Parameter::Secure(value) if request.with_decryption => ("SecureString", value.clone()),
            Parameter::Secure(_) => ("SecureString", ciphertext(name)),
        };
        Ok(json!({ "Parameter": {
            "Name": name,
            "Type": kind,
            "Value": value,
            "Version": 1,
            "LastModifiedDate": clock::now().as_second(),
            "ARN": format!("{}/{}", self.arn_prefix, name.trim_start_matches('/')),
            "DataType": "text",
        }}))
    }
}

/// A secret without decryption: nothing of the value is in it.
fn ciphertext(name: &str) -> String {
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes()).simple();
    format!("AQICAHh{id}{id}==")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(name: &str, with_decryption: bool) -> Result<Value, ServiceError> {
        let parameters = Parameters::from([
            ("/ai-chef/local/secret".to_owned(), Parameter::Secure("hush".into())),
            ("plain".to_owned(), Parameter::Plain("text".into())),
        ]);
        let ssm = Ssm { parameters: Arc::new(parameters), arn_prefix: "arn:aws:ssm:r:1:parameter".into() };
        ssm.get(&GetParameter { name: name.into(), with_decryption })
    }

    #[test]
    fn a_secret_needs_decryption() {
        assert_eq!(get("/ai-chef/local/secret", true).unwrap()["Parameter"]["Value"], "hush");
        let sealed = get("/ai-chef/local/secret", false).unwrap();
        assert_eq!(sealed["Parameter"]["Type"], "SecureString");
        assert!(!sealed.to_string().contains("hush"));
        assert_eq!(get("plain", false).unwrap()["Parameter"]["Value"], "text");
    }

    #[test]
    fn an_arn_names_it_too_and_nothing_else_does() {
        assert!(get("arn:aws:ssm:r:1:parameter/ai-chef/local/secret", true).is_ok());
        assert_eq!(get("secret", true).unwrap_err().name, "ParameterNotFound");
        assert_eq!(get("", true).unwrap_err().name, "ParameterNotFound");
    }

    #[test]
    fn a_value_is_never_printed() {
        assert_eq!(format!("{:?}", Parameter::Secure("hush".into())), "Secure");
    }
}
