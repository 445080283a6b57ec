//! Where a service answers. An address is taken only if everybody reads it the same way.

use core::net::IpAddr;
use std::fmt;

use fluent_uri::Uri;

/// Where a service answers: scheme, host, perhaps a port and a path; no slash at its end.
///
/// The keys go there with every call, so it is `https`, or `http` to this machine: the price function takes no other
/// and would never start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    host: String,
    this_machine: bool,
}

impl BaseUrl {
    /// What it takes, for errors.
    pub const EXPECTED: &'static str = "an address such as https://prices.example.com, or http to this machine, without user, query or fragment";

    pub fn new(text: &str) -> Option<Self> {
        let uri = Uri::parse(text.trim_end_matches('/')).ok()?;
        let authority = uri.authority()?;
        let host = authority.host().to_ascii_lowercase();
        let name = host.trim_end_matches('.');
        let this_machine = match Host::of(&host)? {
            Host::Address(address) => address.is_loopback(),
            Host::Name => host == "localhost",
        };
        let scheme = uri.scheme().as_str().to_ascii_lowercase();
        let is_private = scheme == "https" || (scheme == "http" && this_machine);
        let is_bare = authority.userinfo().is_none() && uri.query().is_none() && uri.fragment().is_none();
        let port = match authority.port().map(|port| port.as_str().parse::<u16>()) {
            None => String::new(),
            Some(port) => format!(":{}", port.ok().filter(|&port| port > 0)?),
        };
        let path = uri.path();
        (is_private && is_bare).then(|| Self {
            text: format!("{scheme}://{host}{port}{path}"),
            host: name.to_owned(),
            this_machine,
        })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// The same path on the machine that asks, where a stand-in answers.
    pub(super) fn on_this_machine(&self) -> Option<Self> {
        let path = Uri::parse(self.text.as_str()).ok()?.path().as_str().to_owned();
        Self::new(&format!("http://127.0.0.1{path}"))
    }

    /// Whether it is the machine that asks: nothing answers there inside of a function on AWS.
    pub const fn is_this_machine(&self) -> bool {
        self.this_machine
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

enum Host {
    Address(IpAddr),
    Name,
}

impl Host {
    /// Nothing if not everybody reads it the same way: a name whose last part is a number is an address in some readers'
    /// eyes, and which one differs.
    fn of(host: &str) -> Option<Self> {
        if let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            return inside.parse().ok().map(IpAddr::V6).map(Self::Address);
        }
        if let Ok(address) = host.parse() {
            return Some(Self::Address(IpAddr::V4(address)));
        }
        let labels: Vec<_> = host.strip_suffix('.').unwrap_or(host).split('.').collect();
        let is_label = |label: &&str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let is_number =
            |label: &&str| label.starts_with("0x") || label.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = labels.iter().all(is_label) && !labels.last().is_some_and(is_number);
        is_name.then_some(Self::Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_in_lower_case() {
        assert_eq!(BaseUrl::new("https://OpenAPI.naver.com./").unwrap().host(), "openapi.naver.com");
    }

    #[test]
    fn a_stand_in_has_its_providers_path() {
        for (text, expect) in [
            ("https://openapi.naver.com", "http://127.0.0.1"),
            ("https://apis.data.go.kr:443/B552845/perDay", "http://127.0.0.1/B552845/perDay"),
        ] {
            let stand_in = BaseUrl::new(text).unwrap().on_this_machine().unwrap();
            assert_eq!(stand_in.as_str(), expect);
        }
    }

    #[test]
    fn an_address_on_this_machine_needs_no_https() {
        for (text, expect) in [
            ("http://127.0.0.1:8080/x/", "http://127.0.0.1:8080/x"),
            ("http://127.0.0.1", "http://127.0.0.1"),
            ("http://127.9.9.9:1", "http://127.9.9.9:1"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://LocalHost:1", "http://localhost:1"),
            ("https://127.0.0.1", "https://127.0.0.1"),
        ] {
            let url = BaseUrl::new(text).unwrap();
            assert_eq!((url.as_str(), url.is_this_machine()), (expect, true));
        }
        assert!(!BaseUrl::new("https://prices.example.com").unwrap().is_this_machine());
    }
}
