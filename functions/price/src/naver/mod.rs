//! Naver's shopping search (S4): what its call is. How calls are made lives in `calls`, how an answer is read in `reply`, a
//! refusal in `refusal`, what carries the keys in `keys`.

#[doc(hidden)]
pub mod fuzz;
mod keys;
#[cfg(test)]
mod payloads;
mod refusal;
mod reply;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use contract::PriceSource;
use reqwest::Url;
use shell::Secrets;

pub use self::keys::KeyNames;
pub use crate::calls::Patience;
use crate::{
    Answer, Budget, ProductSearch, Scope, Unanswered, base_url::BaseUrl, calls::Caller, private::Private,
    search::Why,
};

/// The path of the search (S4).
const PATH: &str = "v1/search/shop.json";
/// What stands in a query beside the name (S4): ten products, the most similar ones.
const QUERY: [(&str, &str); 3] = [("display", "10"), ("start", "1"), ("sort", "sim")];
/// Most bytes of a body that are read. Ten products take less than 10 KB.
const MAX_BODY_BYTES: usize = 1_048_576;

/// The adapter to Naver's shopping search.
#[derive(Debug)]
pub struct Naver {
    url: Url,
    caller: Caller,
}

impl Naver {
    /// Asks the server at that address, with keys that were read under those names.
    ///
    /// # Errors
    /// No client can be built: the system has no trusted certificates.
    pub fn new(
        base: &BaseUrl,
        secrets: impl Into<Arc<Secrets>>,
        key_names: KeyNames,
        budget: Budget,
        patience: Patience,
    ) -> Result<Self, reqwest::Error> {
        let url = base.join(PATH);
        let key_names = vec![key_names.client_id, key_names.client_secret];
        let calls = (budget, patience);
        let caller = Caller::new(
            PriceSource::Naver,
            &url,
            secrets,
            key_names,
            calls,
            MAX_BODY_BYTES,
        )?;
        Ok(Self { url, caller })
    }
}

impl ProductSearch for Naver {
    async fn search(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        self.caller
            .ask(
                scope,
                |client, keys| {
                    let headers = keys::headers(keys).map_err(unanswered)?;
                    let request = client.get(self.url.clone()).query(&[("query", name)]);
                    Ok(request.query(&QUERY).headers(headers))
                },
                |reply, keys| match reply.status {
                    200 => reply::parse(&reply.body).map_err(unanswered),
                    status => Err(refusal::unanswered(status, &reply.body, Private { keys, name })),
                },
            )
            .await
    }
}

fn unanswered(why: Why) -> Unanswered {
    Unanswered::by(PriceSource::Naver, why)
}
