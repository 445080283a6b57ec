//! The HTTP client for servers of this machine.

use reqwest::Client;

/// A client that takes no proxy, follows no redirect and trusts no certificate: nothing on loopback has one.
pub(crate) fn client() -> reqwest::Result<Client> {
    // The client insists on having a TLS provider, though loopback needs none. An error says that one is there.
    let _already = rustls::crypto::ring::default_provider().install_default();
    Client::builder().tls_certs_only([]).no_proxy().redirect(reqwest::redirect::Policy::none()).build()
}
