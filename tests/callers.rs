//! Who may talk to an environment: every server of it refuses another Host, web pages and strangers.

use std::{collections::BTreeMap, fs, sync::Arc};

use contract::PriceSource;
use local::{control::Control, process::tree, serve::AccessKey};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::harness::{Harness, asks};

/// Where a server listens, and the credentials that it asks for.
struct Place {
    name: String,
    address: String,
    key: Option<AccessKey>,
}

impl Place {
    fn new(name: &str, url: &str, key: Option<&AccessKey>) -> Self {
        let address = url.trim_start_matches("http://");
        Self {
            name: name.to_owned(),
            address: address.split('/').next().unwrap().to_owned(),
            key: key.cloned(),
        }
    }

    /// The whole answer to a request with these headers.
    async fn ask(&self, method: &str, path: &str, headers: &[String]) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let headers = headers.join("\r\n");
        let request = format!("{method} {path} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

fn bearing(key: Option<&AccessKey>) -> String {
    let id = key.map_or("nobody", |key| &key.id);
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential={id}/20261128/r/s/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// The Runtime APIs of the functions that have this database in their environment.
fn runtime_apis(database: &str) -> Vec<String> {
    let below = tree::descendants(std::process::id());
    let environments = below.iter().filter_map(|pid| {
        let text = fs::read_to_string(format!("/proc/{pid}/environ")).ok()?;
        let variables = text.split('\0').filter_map(|variable| variable.split_once('='));
        let variables: BTreeMap<String, String> =
            variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let is_ours = variables.get("AWS_ENDPOINT_URL_DYNAMODB").is_some_and(|url| url == database);
        is_ours.then(|| variables["AWS_LAMBDA_RUNTIME_API"].clone())
    });
    environments.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_refuses_strangers() {
    let harness = Harness::of(&asks(&PriceSource::ALL, "best-effort"), |_| {}).await;
    harness.run(&crate::harness::order("callers", &["두부"])).await;
    let environment = Arc::new(harness.environment);
    let (urls, key) = (environment.urls(), environment.access_key());
    let control = Control::start(Arc::clone(&environment)).await.unwrap();
    let control = control.found(&environment, 0).control_url;
    let mut places: Vec<_> = [
        ("states", &urls.states),
        ("dynamodb", &urls.dynamodb),
        ("ssm", &urls.ssm),
        ("bedrock", &urls.bedrock),
        ("control", &control),
    ]
    .map(|(name, url)| Place::new(name, url, Some(key)))
    .into();
    for source in PriceSource::ALL {
        let url = environment.sources().base_url(source).unwrap();
        places.push(Place::new(source.name(), url, None));
    }
    let runtime_apis = runtime_apis(&urls.dynamodb);
    assert_eq!(runtime_apis.len(), 3);
    places.extend(runtime_apis.iter().map(|address| Place::new("runtime", address, None)));

    for place in &places {
        let own = format!("Host: {}", place.address);
        let key = bearing(place.key.as_ref());
        for (method, path) in [("POST", "/"), ("GET", "/links"), ("OPTIONS", "/"), ("GET", "/nowhere")] {
            let check = async |headers: &[&str], expected: Option<&str>| {
                let headers: Vec<_> = headers.iter().map(|header| (*header).to_owned()).collect();
                let answer = place.ask(method, path, &headers).await;
                let reasons = ["another host", "web pages", "access key"];
                let refused = answer.starts_with("HTTP/1.1 403 ");
                let reason = reasons.into_iter().find(|reason| refused && answer.contains(reason));
                assert_eq!(reason, expected, "{} {method} {path} {headers:?}: {answer}", place.name);
            };
            check(&[&own, &key], None).await;
            check(&["Host: evil.example", &key], Some("another host")).await;
            check(&[&key], Some("another host")).await;
            check(&[&own, &key, "Origin: https://evil.example"], Some("web pages")).await;
            check(&[&own, &key, "Origin: null"], Some("web pages")).await;
            if place.key.is_some() {
                check(&[&own], Some("access key")).await;
                check(&[&own, &bearing(Some(&AccessKey::random()))], Some("access key")).await;
            }
        }
    }
    environment.close().await.unwrap();
}
