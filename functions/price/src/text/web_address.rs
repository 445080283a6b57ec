//! Links of products: http(s) addresses only. It knows no provider.

use reqwest::Url;

/// Longest link: a state carries a hundred of them, and shops' links are far shorter. Longer ones are dropped.
pub(crate) const MAX_LINK_BYTES: usize = 512;

/// The normalised address, if it is http(s).
pub(crate) fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.to_string()).filter(|link| link.len() <= MAX_LINK_BYTES)
}

/// The same with TLS, for a site that answers there too.
pub(crate) fn secure_address(text: &str) -> Option<String> {
    let address = web_address(text)?;
    match address.strip_prefix("http://") {
        Some(rest) => Some(format!("https://{rest}")).filter(|link| link.len() <= MAX_LINK_BYTES),
        None => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked_and_over_tls() {
        assert_eq!(secure_address("http://a.kr/두부?b=1").unwrap(), "https://a.kr/%EB%91%90%EB%B6%80?b=1");
        assert_eq!(web_address("http://a.kr").unwrap(), "http://a.kr/");
        for none in [
            "",
            "a.kr",
            "javascript:alert(1)",
            "data:text/html,x",
            // One byte too long with the `s` of TLS.
            &format!("http://a.kr/{}", "x".repeat(500)),
        ] {
            assert_eq!(secure_address(none), None, "{none}");
        }
        let longest = format!("https://a.kr/{}", "x".repeat(499));
        assert_eq!(web_address(&longest).unwrap().len(), MAX_LINK_BYTES);
        assert_eq!(web_address(&format!("{longest}x")), None);
    }
}
