//! Access control of the servers of an environment. Web pages and requests to another host are refused (DNS rebinding).
//! Where AWS asks for credentials, a request must bear the environment's own access key.

use std::{fmt, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN},
    },
    middleware::{self, Next},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use subtle::ConstantTimeEq as _;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessKey {
    /// The access key id. It is checked, and nothing else: a signature is made and not verified.
    pub id: String,
    /// The secret access key, for the SDKs to sign with.
    pub secret: String,
    /// The session token. With one, a client that has another account's token in its environment does not send it here.
    pub session_token: String,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").finish_non_exhaustive()
    }
}

impl AccessKey {
    #[must_use]
    pub fn random() -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        Self { id: format!("ASIA{}", random().to_uppercase()), secret: random(), session_token: random() }
    }

    /// The variables that the SDKs and the aws CLI read it from.
    pub fn variables(&self) -> [(&'static str, &str); 3] {
        [
            ("AWS_ACCESS_KEY_ID", &self.id),
            ("AWS_SECRET_ACCESS_KEY", &self.secret),
            ("AWS_SESSION_TOKEN", &self.session_token),
        ]
    }

    /// The header's value with which a client of ours that does not sign bears it.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.id)
    }

    fn matches(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let id = given.and_then(|given| {
            given.strip_prefix("Bearer ").or_else(|| {
                let (_, credential) = given.strip_prefix("AWS4-HMAC-SHA256 ")?.split_once("Credential=")?;
                credential.split('/').next()
            })
        });
        id.is_some_and(|id| id.as_bytes().ct_eq(self.id.as_bytes()).into())
    }
}

#[derive(Clone)]
struct Guard {
    own: Arc<OwnAddress>,
    key: Option<AccessKey>,
}

struct OwnAddress {
    address: String,
    localhost: String,
}

impl OwnAddress {
    fn is(&self, name: &[u8]) -> bool {
        let names = ["localhost", &self.localhost, &self.address];
        names.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes()))
    }
}

/// Refuses every other request, on every path and with every method. Without a key every caller but a web page is
/// answered.
pub(super) fn guarded(router: Router, own: SocketAddr, key: Option<&AccessKey>) -> Router {
    let key = key.cloned();
    let own =
        Arc::new(OwnAddress { address: own.to_string(), localhost: format!("localhost:{}", own.port()) });
    router.layer(middleware::from_fn_with_state(Guard { own, key }, authorize))
}

async fn authorize(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if !is_addressed_to(&guard.own, request.headers(), request.uri()) {
        let hint = format!("hint: call this server at {}", guard.own.address);
        return refusal("AccessDeniedException", &format!("addressed to another host\n{hint}"));
    }
    // Preflights have one, too.
    if request.headers().contains_key(ORIGIN) {
        return refusal("AccessDeniedException", "web pages are not answered: Origin");
    }
    if guard.key.is_some_and(|key| !key.matches(request.headers())) {
        return refusal(
            "UnrecognizedClientException",
            "the request does not bear the access key of this environment\n\
             hint: `deploy --stay` prints the lines to export",
        );
    }
    next.run(request).await
}

/// A name that was bound to this machine's address is still in the request: in its Host, or in the target that comes
/// before it.
fn is_addressed_to(own: &OwnAddress, headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    own.is(host.as_bytes()) && uri.authority().is_none_or(|authority| own.is(authority.as_str().as_bytes()))
}

/// In the form of AWS's JSON protocols.
fn refusal(name: &'static str, message: &str) -> Response {
    let body = json!({ "__type": name, "message": message });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("x-amzn-errortype", HeaderValue::from_static(name));
    response
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;
    use crate::serve::Server;

    /// The status of the answer to a request line and headers, in which PORT is the server's.
    async fn status(key: Option<&AccessKey>, head: &str) -> String {
        let router = Router::new().route("/", get(|| async { "served" }));
        let server = Server::start(router, key).await.unwrap();
        let head = head.replace("PORT", &server.address().port().to_string());
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let request = format!("{head}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    async fn check(head: &str, expected: &str) {
        assert_eq!(status(None, head).await, expected, "{head}");
    }

    #[tokio::test]
    async fn its_own_address_and_localhost_are_answered() {
        for host in ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "localhost"] {
            check(&format!("GET / HTTP/1.1\r\nHost: {host}"), "200").await;
        }
        check("GET http://localhost:PORT/ HTTP/1.1\r\nHost: 127.0.0.1:PORT", "200").await;
        check("GET / HTTP/1.0\r\nHost: localhost:PORT", "200").await;
        check("GET /nothing HTTP/1.1\r\nHost: localhost:PORT", "404").await;
    }

    #[tokio::test]
    async fn another_host_is_refused() {
        for host in [
            "evil.example",
            "evil.example:PORT",
            "127.0.0.1.evil.example:PORT",
            "localhost.evil.example:PORT",
            "evil.example@127.0.0.1:PORT",
            "127.0.0.1:1",
            "localhost:1",
            "localhost.:PORT",
            "[::1]:PORT",
            "0.0.0.0:PORT",
            "",
            "127.0.0.1:PORT\r\nHost: evil.example",
            "127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT",
        ] {
            check(&format!("GET / HTTP/1.1\r\nHost: {host}"), "403").await;
        }
        check("GET / HTTP/1.0\r\nAccept: */*", "403").await;
        check("GET / HTTP/1.1\r\nAccept: */*", "403").await;
        check("GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:PORT", "403").await;
        check("GET http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: evil.example", "403").await;
        check("GET /nothing HTTP/1.1\r\nHost: evil.example", "403").await;
        check("DELETE / HTTP/1.1\r\nHost: evil.example", "403").await;
    }

    #[tokio::test]
    async fn a_web_page_is_refused() {
        for origin in ["https://evil.example", "http://127.0.0.1:PORT", "null", ""] {
            for method in ["GET", "POST", "OPTIONS"] {
                let host = "HTTP/1.1\r\nHost: 127.0.0.1:PORT";
                check(&format!("{method} / {host}\r\nOrigin: {origin}"), "403").await;
            }
        }
    }

    #[tokio::test]
    async fn only_who_bears_the_key_is_answered() {
        let key = AccessKey::random();
        let check = async |authorization: &str, expected: &str| {
            let head = format!("GET / HTTP/1.1\r\nHost: localhost:PORT{authorization}");
            assert_eq!(status(Some(&key), &head).await, expected, "{authorization}");
        };
        let signed = |id: &str| {
            format!(
                "\r\nAuthorization: AWS4-HMAC-SHA256 Credential={id}/20261128/r/states/aws4_request, \
                 SignedHeaders=host, Signature=0"
            )
        };
        check(&signed(&key.id), "200").await;
        check(&format!("\r\nAuthorization: {}", key.bearer()), "200").await;
        check("", "403").await;
        check("\r\nAuthorization: Bearer ", "403").await;
        check(&signed(&AccessKey::random().id), "403").await;
        check(&signed(""), "403").await;
        check(&signed(&key.id.to_lowercase()), "403").await;
        check(&format!("\r\nAuthorization: Basic {}", key.id), "403").await;
        check(&signed(&format!("{}/{}", AccessKey::random().id, key.id)), "403").await;
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        assert_eq!(format!("{:?}", AccessKey::random()), "AccessKey { .. }");
        assert_ne!(AccessKey::random(), AccessKey::random());
    }
}
