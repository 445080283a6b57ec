//! 11번가's product search: its call. `reply` reads answers, `outliers` finds placeholder prices.
//!
//! Source: callers with a key, August to October 2026 (the official guide was not seen). The call asks for popular products:
//! sorted by price the first ones have placeholder prices of ten won. Answers are sorted by price here.
//!
//! Products are not matched by name: 11번가 decides what a word means, and no comparison of letters knows that 쇠고기 sells as 한우.

mod outliers;
pub(super) mod reply;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use contract::PriceSource;
use encoding_rs::EUC_KR;
use reqwest::Url;

use crate::{
    http::{
        base_url::BaseUrl,
        client::{Access, ProviderClient},
        keys::Keys,
    },
    search::{CallContext, ProductSearch, SearchError, SearchErrorKind, offer::Answer},
};

/// The path of all services.
const PATH: &str = "openapi/OpenApiService.tmall";
/// The query beside key and name: the thirty most popular products, enough for a median that a few placeholders do not move.
const QUERY: [(&str, &str); 4] =
    [("apiCode", "ProductSearch"), ("pageNum", "1"), ("pageSize", "30"), ("sortCd", "CP")];
/// Most bytes of a body that are read. Thirty products take some 75 KB.
const MAX_BODY_BYTES: usize = 1_048_576;
const NO_KEY: &str = "write the Open API key of 11번가 with `aws ssm put-parameter --type SecureString`";

#[derive(Debug)]
pub struct Elevenst {
    url: Url,
    client: ProviderClient,
}

/// The charset of the name in the query.
#[derive(Debug, Clone, Copy)]
enum Encoding {
    /// Works, according to callers.
    Utf8,
    /// Documented; two callers use it where UTF-8 finds nothing.
    EucKr,
}

impl Elevenst {
    pub(crate) fn new(base: &BaseUrl, access: Access) -> Result<Self, reqwest::Error> {
        let url = base.join(PATH);
        let client = ProviderClient::new(PriceSource::Elevenst, &url, access, MAX_BODY_BYTES)?;
        Ok(Self { url, client })
    }

    async fn ask(
        &self,
        name: &str,
        encoding: Encoding,
        context: &CallContext,
    ) -> Result<Answer, SearchError> {
        self.client
            .ask(
                context,
                name,
                |client, keys| Ok(client.get(self.address(name, encoding, keys)?)),
                reply::read,
            )
            .await
    }

    /// The address of a search, with the key in it.
    fn address(&self, name: &str, encoding: Encoding, keys: &Keys) -> Result<Url, SearchError> {
        let key = keys.at(0);
        if key.is_empty() {
            let kind = SearchErrorKind::CredentialUnusable("key is empty");
            return Err(SearchError { hint: Some(NO_KEY.into()), ..self.client.error(kind) });
        }
        let mut url = self.url.clone();
        let mut query = url.query_pairs_mut();
        query.append_pair("key", key).extend_pairs(QUERY);
        match encoding {
            Encoding::Utf8 => query.append_pair("keyword", name),
            Encoding::EucKr => {
                query.encoding_override(Some(&|text| EUC_KR.encode(text).0)).append_pair("keyword", name)
            }
        };
        drop(query);
        Ok(url)
    }
}

impl ProductSearch for Elevenst {
    async fn search(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        let answer = self.ask(name, Encoding::Utf8, context).await?;
        let found = !answer.offers().is_empty() || answer.without_price() > 0;
        if found || name.is_ascii() || EUC_KR.encode(name).2 {
            return Ok(answer);
        }
        match self.ask(name, Encoding::EucKr, context).await {
            Ok(second) => Ok(second),
            Err(error) => {
                tracing::warn!(why = %error.kind, "search in EUC-KR not answered");
                Ok(answer)
            }
        }
    }
}
