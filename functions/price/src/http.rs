//! What every adapter needs of HTTP: a client that is careful, and a body that is bounded. Knows no provider.

use std::time::Duration;

use reqwest::{Client, Response, Url, redirect, retry};

/// Longest wait for a connection. A provider that drops packets is known soon, and there is time for another try.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection is kept for the next search: a frozen function wakes up with connections that are long dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// A client with a pool of connections to one provider. It follows no redirect (a key would travel along), asks
/// no proxy, and sends each request once: what is tried again is decided, paced and recorded by the adapter.
///
/// # Errors
/// The client needs TLS and the system has no trusted certificates.
pub fn client(base: &Url) -> Result<Client, reqwest::Error> {
    // An error says that there is one already, which is all that is needed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy();
    // Reading the system's certificates takes longer than a search on the same machine, and plain HTTP needs
    // none of them.
    let builder = if base.scheme() == "http" {
        builder.tls_certs_only([])
    } else {
        builder.https_only(true)
    };
    builder.build()
}

/// A body that could not be read to its end.
#[derive(Debug)]
pub enum BodyError {
    /// It is larger than the limit.
    TooLarge,
    /// The connection broke or the call's time was over.
    Broken(reqwest::Error),
}

/// Reads a body of at most `limit_bytes` behind what is in `bytes`. When it fails, what came before stays there.
///
/// # Errors
/// The body is larger or breaks off.
pub async fn read_body(
    response: &mut Response,
    limit_bytes: usize,
    bytes: &mut Vec<u8>,
) -> Result<(), BodyError> {
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        let room = limit_bytes.saturating_sub(bytes.len());
        bytes.extend(chunk.iter().take(room));
        if chunk.len() > room {
            return Err(BodyError::TooLarge);
        }
    }
    Ok(())
}
