//! The client id and secret that a call carries: read by name, put in headers, kept out of everything else.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use shell::{Secret, SecretError, Secrets};

use crate::search::Why;

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

/// One reading of both.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    id: Secret,
    secret: Secret,
}

impl Keys {
    /// The cached ones.
    pub(super) fn cached(secrets: &Secrets, names: &KeyNames) -> Result<Self, SecretError> {
        Ok(Self {
            id: secrets.get(&names.client_id)?,
            secret: secrets.get(&names.client_secret)?,
        })
    }

    /// Newer ones than these, which were refused. Searches that are refused together share one reading.
    pub(super) async fn newer(&self, secrets: &Secrets, names: &KeyNames) -> Result<Self, SecretError> {
        let (id, secret) = tokio::try_join!(
            secrets.refresh(&names.client_id, &self.id),
            secrets.refresh(&names.client_secret, &self.secret),
        )?;
        Ok(Self { id, secret })
    }

    /// The headers of a call. Blanks around a key are dropped: a parameter written from a file ends in a line break.
    pub(super) fn headers(&self) -> Result<HeaderMap, Why> {
        let mut headers = HeaderMap::new();
        for (name, key, what) in [
            (CLIENT_ID, &self.id, "client id"),
            (CLIENT_SECRET, &self.secret, "client secret"),
        ] {
            let mut value =
                HeaderValue::from_str(key.expose().trim()).map_err(|_| Why::UnfitCredential(what))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }

    /// The text without the keys, should somebody echo them.
    pub(super) fn redacted(&self, text: &str) -> String {
        [&self.id, &self.secret]
            .into_iter()
            .map(|key| key.expose().trim())
            .filter(|key| !key.is_empty())
            .fold(text.to_owned(), |text, key| text.replace(key, "(key)"))
    }

    /// These two, which no parameter holds.
    pub(super) fn of(id: &str, secret: &str) -> Self {
        Self {
            id: Secret::new(id),
            secret: Secret::new(secret),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_sensitive_and_trimmed() {
        let headers = Keys::of(" a-key\n", "b-key").headers().unwrap();
        assert_eq!(headers["X-Naver-Client-Id"], "a-key");
        assert_eq!(headers["X-Naver-Client-Secret"], "b-key");
        assert!(!format!("{headers:?}").contains("key"), "{headers:?}");
    }

    #[test]
    fn a_key_that_fits_no_header_is_named_and_not_shown() {
        let why = Keys::of("id", "sec\nret").headers().unwrap_err();
        assert_eq!(
            why.to_string(),
            "credential cannot be sent in a header: client secret"
        );
    }

    #[test]
    fn both_keys_are_redacted() {
        let keys = Keys::of("abc", "xyz\n");
        assert_eq!(keys.redacted("abc, xyz and abc"), "(key), (key) and (key)");
        assert_eq!(Keys::of("", "").redacted("abc"), "abc");
        assert_eq!(format!("{keys:?}"), "Keys { id: Secret(..), secret: Secret(..) }");
    }
}
