//! 11번가's product search: what its call is. How calls are made lives in `calls`, how an answer is read in `reply`, which
//! prices are not believed in `decoys`.
//!
//! Source: callers with a key, August to October 2026 (the official guide was not seen). Asked is for the popular products:
//! sorted by price, the first ones are decoys of ten won. Sorted by price is here.
//!
//! What is found is not judged by its name: 11번가 decides what a word means, and no rule that only compares letters knows
//! that 쇠고기 sells as 한우.

mod decoys;
#[doc(hidden)]
pub mod fuzz;
#[cfg(test)]
mod payloads;
mod reply;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use contract::PriceSource;
use encoding_rs::EUC_KR;
use reqwest::Url;
use shell::Secrets;

use crate::{
    Answer, Budget, Patience, ProductSearch, Scope, Unanswered,
    base_url::BaseUrl,
    calls::Caller,
    private::{Keys, Private},
    search::Why,
};

/// The path of every service; which one is a parameter.
const PATH: &str = "openapi/OpenApiService.tmall";
/// What stands in a query beside the key and the name: the thirty most popular products, enough for a median that a few
/// decoys do not move.
const QUERY: [(&str, &str); 4] = [
    ("apiCode", "ProductSearch"),
    ("pageNum", "1"),
    ("pageSize", "30"),
    ("sortCd", "CP"),
];
/// Most bytes of a body that are read. Thirty products take some 75 KB.
const MAX_BODY_BYTES: usize = 1_048_576;
/// What to do without a key.
const NO_KEY: &str = "write the Open API key of 11번가 with `aws ssm put-parameter --type SecureString`";

/// The adapter to 11번가's product search.
#[derive(Debug)]
pub struct Elevenst {
    url: Url,
    caller: Caller,
}

/// How a name is written in the query.
#[derive(Debug, Clone, Copy)]
enum Spelling {
    /// What callers see working.
    Utf8,
    /// What the documents say; two callers try it where the other finds nothing.
    EucKr,
}

impl Elevenst {
    /// Asks the server at that address, with the key that was read under that name.
    ///
    /// # Errors
    /// No client can be built: the system has no trusted certificates.
    pub fn new(
        base: &BaseUrl,
        secrets: impl Into<Arc<Secrets>>,
        key_name: String,
        budget: Budget,
        patience: Patience,
    ) -> Result<Self, reqwest::Error> {
        let url = base.join(PATH);
        let calls = (budget, patience);
        let caller = Caller::new(
            PriceSource::Elevenst,
            &url,
            secrets,
            vec![key_name],
            calls,
            MAX_BODY_BYTES,
        )?;
        Ok(Self { url, caller })
    }

    async fn ask(&self, name: &str, spelling: Spelling, scope: &Scope) -> Result<Answer, Unanswered> {
        self.caller
            .ask(
                scope,
                |client, keys| Ok(client.get(self.address(name, spelling, keys)?)),
                |reply, keys| reply::read(reply, Private { keys, name }),
            )
            .await
    }

    /// The address of a search, with the key in it.
    fn address(&self, name: &str, spelling: Spelling, keys: &Keys) -> Result<Url, Unanswered> {
        let key = keys.at(0);
        if key.is_empty() {
            return Err(Unanswered {
                hint: Some(NO_KEY.into()),
                ..self.caller.unanswered(Why::UnusableCredential("key is empty"))
            });
        }
        let mut url = self.url.clone();
        let mut query = url.query_pairs_mut();
        query.append_pair("key", key).extend_pairs(QUERY);
        match spelling {
            Spelling::Utf8 => query.append_pair("keyword", name),
            Spelling::EucKr => query
                .encoding_override(Some(&|text| EUC_KR.encode(text).0))
                .append_pair("keyword", name),
        };
        drop(query);
        Ok(url)
    }
}

impl ProductSearch for Elevenst {
    async fn search(&self, name: &str, scope: &Scope) -> Result<Answer, Unanswered> {
        let answer = self.ask(name, Spelling::Utf8, scope).await?;
        let found = !answer.offers().is_empty() || answer.without_price() > 0;
        if found || name.is_ascii() || EUC_KR.encode(name).2 {
            return Ok(answer);
        }
        match self.ask(name, Spelling::EucKr, scope).await {
            Ok(second) => Ok(second),
            // The first one was answered, in the spelling that is seen working.
            Err(unanswered) => {
                tracing::warn!(why = %unanswered.why, "search in EUC-KR not answered");
                Ok(answer)
            }
        }
    }
}
