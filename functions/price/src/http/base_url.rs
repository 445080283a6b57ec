//! The address of a provider, from a setting: TLS, or loopback, so that no key is sent in the clear.

use std::{net::IpAddr, str::FromStr};

use reqwest::Url;

/// `https://..`, or `http://..` on this machine, where the embedded environment has its stubs. May have a path, below which the
/// provider's own paths are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    #[error("expected an address like https://openapi.naver.com")]
    NotAnAddress,
    /// Another scheme, or `http` to another machine.
    #[error("expected https, or http to this machine: {0}")]
    InTheClear(String),
    #[error("expected scheme, host, port and path only")]
    TooMuch,
}

impl BaseUrl {
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{path}"));
        url
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text).map_err(|_| BaseUrlError::NotAnAddress)?;
        let host = url.host_str().ok_or(BaseUrlError::NotAnAddress)?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(BaseUrlError::TooMuch);
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_this_machine(host) => Ok(Self(url)),
            scheme => Err(BaseUrlError::InTheClear(format!("{scheme}://{host}"))),
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_goes_anywhere_and_http_stays_on_this_machine() {
        const NO_ADDRESS: &str = "expected an address like https://openapi.naver.com";
        const CLEAR: &str = "expected https, or http to this machine: ";
        const TOO_MUCH: &str = "expected scheme, host, port and path only";
        for (text, expect) in [
            ("https://openapi.naver.com", "https://openapi.naver.com/v1/search"),
            ("https://openapi.naver.com/", "https://openapi.naver.com/v1/search"),
            ("https://shop.example:8443/naver/", "https://shop.example:8443/naver/v1/search"),
            ("http://127.0.0.1:4566", "http://127.0.0.1:4566/v1/search"),
            ("http://[::1]:80", "http://[::1]/v1/search"),
            ("http://localhost:1/naver", "http://localhost:1/naver/v1/search"),
            ("http://openapi.naver.com", &format!("{CLEAR}http://openapi.naver.com")),
            ("http://127.0.0.1.example", &format!("{CLEAR}http://127.0.0.1.example")),
            ("ftp://a", &format!("{CLEAR}ftp://a")),
            ("", NO_ADDRESS),
            ("openapi.naver.com", NO_ADDRESS),
            ("https://", NO_ADDRESS),
            ("mailto:a@b", NO_ADDRESS),
            ("https://me:key@a", TOO_MUCH),
            ("https://me@a", TOO_MUCH),
            ("https://a?b=1", TOO_MUCH),
            ("https://a#b", TOO_MUCH),
        ] {
            let joined = text.parse::<BaseUrl>().map(|base| base.join("v1/search").to_string());
            assert_eq!(joined.unwrap_or_else(|error| error.to_string()), expect, "{text}");
        }
    }
}
