//! Naver's shopping search: its call. `reply` reads answers, `refusal` errors.

mod refusal;
pub(super) mod reply;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use contract::PriceSource;
use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::{
    http::{
        base_url::BaseUrl,
        client::{Access, ProviderClient},
        keys::Keys,
    },
    search::{CallContext, ProductSearch, SearchError, SearchErrorKind, offer::Answer},
};

const PATH: &str = "v1/search/shop.json";
/// The query beside the name: the ten most similar products.
const QUERY: [(&str, &str); 3] = [("display", "10"), ("start", "1"), ("sort", "sim")];
/// Most bytes of a body that are read. Ten products take less than 10 KB.
const MAX_BODY_BYTES: usize = 1_048_576;
/// The headers of the keys, in the order of the source's facts.
const HEADERS: [(&str, &str); 2] =
    [("x-naver-client-id", "client id"), ("x-naver-client-secret", "client secret")];

#[derive(Debug)]
pub struct Naver {
    url: Url,
    client: ProviderClient,
}

impl Naver {
    pub(crate) fn new(base: &BaseUrl, access: Access) -> Result<Self, reqwest::Error> {
        let url = base.join(PATH);
        let client = ProviderClient::new(PriceSource::Naver, &url, access, MAX_BODY_BYTES)?;
        Ok(Self { url, client })
    }
}

impl ProductSearch for Naver {
    async fn search(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        self.client
            .ask(
                context,
                name,
                |client, keys| {
                    let headers = headers(keys).map_err(|kind| self.client.error(kind))?;
                    let request = client.get(self.url.clone()).query(&[("query", name)]);
                    Ok(request.query(&QUERY).headers(headers))
                },
                reply::read,
            )
            .await
    }
}

fn headers(keys: &Keys) -> Result<HeaderMap, SearchErrorKind> {
    let mut headers = HeaderMap::new();
    for (place, (name, what)) in HEADERS.into_iter().enumerate() {
        let value = HeaderValue::from_str(keys.at(place));
        let mut value = value.map_err(|_| SearchErrorKind::NotAHeader(what))?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}
