//! The address of a provider, from a setting: checked once, so that no key is ever sent in the clear.

use std::{net::IpAddr, str::FromStr};

use reqwest::Url;

/// Where a provider answers: `https://..`, or `http://..` on this machine, where the embedded environment
/// speaks for it. May have a path, below which the provider's own paths lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// An address that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not an address with a host.
    #[error("expected an address like https://openapi.naver.com")]
    NotAnAddress,
    /// Another scheme, or `http` to another machine.
    #[error("expected https, or http to this machine: {0}")]
    InTheClear(String),
    /// User, password, query or fragment: they are not part of a base.
    #[error("expected scheme, host, port and path only")]
    TooMuch,
}

impl BaseUrl {
    /// The address of a path below the base.
    #[must_use]
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
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<&str, &str>) {
        let joined = text
            .parse::<BaseUrl>()
            .map(|base| base.join("v1/search").to_string());
        assert_eq!(
            joined.as_deref().map_err(ToString::to_string),
            expect.map_err(str::to_owned),
            "{text}"
        );
    }

    #[test]
    fn https_goes_anywhere() {
        check(
            "https://openapi.naver.com",
            Ok("https://openapi.naver.com/v1/search"),
        );
        check(
            "https://openapi.naver.com/",
            Ok("https://openapi.naver.com/v1/search"),
        );
        check(
            "https://policy.example:8443/naver/",
            Ok("https://policy.example:8443/naver/v1/search"),
        );
    }

    #[test]
    fn http_stays_on_this_machine() {
        check("http://127.0.0.1:4566", Ok("http://127.0.0.1:4566/v1/search"));
        check("http://[::1]:80", Ok("http://[::1]/v1/search"));
        check(
            "http://localhost:1/naver",
            Ok("http://localhost:1/naver/v1/search"),
        );
        check(
            "http://openapi.naver.com",
            Err("expected https, or http to this machine: http://openapi.naver.com"),
        );
        check(
            "http://127.0.0.1.example",
            Err("expected https, or http to this machine: http://127.0.0.1.example"),
        );
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for text in ["", "openapi.naver.com", "https://", "mailto:a@b"] {
            check(text, Err("expected an address like https://openapi.naver.com"));
        }
        check("ftp://a", Err("expected https, or http to this machine: ftp://a"));
        for text in ["https://me:key@a", "https://me@a", "https://a?b=1", "https://a#b"] {
            check(text, Err("expected scheme, host, port and path only"));
        }
    }
}
