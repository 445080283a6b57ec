//! The client id and secret that a call carries: their names, and the headers they go in. How keys are read and kept out of
//! everything else lives in `private`.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::{private::Keys, search::Why};

const CLIENT_ID: HeaderName = HeaderName::from_static("x-naver-client-id");
const CLIENT_SECRET: HeaderName = HeaderName::from_static("x-naver-client-secret");

/// The *names* of the parameters that hold the two (D10).
#[derive(Debug, Clone)]
pub struct KeyNames {
    /// Of the client id.
    pub client_id: String,
    /// Of the client secret.
    pub client_secret: String,
}

/// The headers of a call with a client id and a secret.
pub(super) fn headers(keys: &Keys) -> Result<HeaderMap, Why> {
    let mut headers = HeaderMap::new();
    for (place, (name, what)) in [(CLIENT_ID, "client id"), (CLIENT_SECRET, "client secret")]
        .into_iter()
        .enumerate()
    {
        let mut value = HeaderValue::from_str(keys.at(place)).map_err(|_| Why::UnfitCredential(what))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_sensitive_and_trimmed() {
        let headers = headers(&Keys::of([" a-key\n", "b-key"])).unwrap();
        assert_eq!(headers["X-Naver-Client-Id"], "a-key");
        assert_eq!(headers["X-Naver-Client-Secret"], "b-key");
        assert!(!format!("{headers:?}").contains("key"), "{headers:?}");
    }

    #[test]
    fn a_key_that_fits_no_header_is_named_and_not_shown() {
        let why = headers(&Keys::of(["id", "sec\nret"])).unwrap_err();
        assert_eq!(
            why.to_string(),
            "credential cannot be sent in a header: client secret"
        );
    }
}
