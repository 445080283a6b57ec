//! KAMIS, the price survey of fresh food by 한국농수산식품유통공사. It knows usual prices and no vendors: its retailers are anonymous.
//! `items` has the items' names, `reply` reads answers, `reference` selects the usual price.
//!
//! A search asks for the retail rows of two weeks, and if there are none for the wholesale rows, which the reference names. A page
//! has a thousand rows, the oldest first; if there are more, the last page is asked for too.

mod items;
mod reference;
pub(super) mod reply;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use contract::PriceSource;
use jiff::{ToSpan as _, civil::Date};
use reqwest::Url;

use self::{
    items::Item,
    reply::{Page, RETAIL, Row, WHOLESALE},
};
use crate::{
    clock::Clock,
    http::{
        base_url::BaseUrl,
        client::{Access, ProviderClient},
    },
    korea,
    search::{CallContext, ProductSearch, SearchError, offer::Answer},
    sources::data_go_kr::{self, MAX_BODY_BYTES},
};

const PATH: &str = "price";
/// How many days are asked for: items are surveyed up to nine days late.
const DAYS: i64 = 14;
/// Rows of a page: the service's maximum.
const ROWS: u64 = 1_000;

/// The adapter to KAMIS.
#[derive(Debug)]
pub struct Kamis {
    url: Url,
    client: ProviderClient,
    now: Clock,
}

impl Kamis {
    pub(crate) fn new(base: &BaseUrl, access: Access, now: Clock) -> Result<Self, reqwest::Error> {
        let url = base.join(PATH);
        let client = ProviderClient::new(PriceSource::Kamis, &url, access, MAX_BODY_BYTES)?;
        Ok(Self { url, client, now })
    }

    /// The newest rows of two weeks.
    async fn rows(
        &self,
        item: &Item,
        trade: &str,
        today: Date,
        context: &CallContext,
    ) -> Result<Vec<Row>, SearchError> {
        let mut page = self.page(item, trade, today, 1, context).await?;
        let last = page.total.div_ceil(ROWS);
        if last > 1 {
            page = self.page(item, trade, today, last, context).await?;
        }
        Ok(page.rows)
    }

    async fn page(
        &self,
        item: &Item,
        trade: &str,
        today: Date,
        number: u64,
        context: &CallContext,
    ) -> Result<Page, SearchError> {
        let from = today.checked_sub(DAYS.days()).unwrap_or(today);
        let (page, rows) = (number.to_string(), ROWS.to_string());
        let (from, to) = (korea::compact(from), korea::compact(today));
        let query = [
            ("returnType", "json"),
            ("pageNo", page.as_str()),
            ("numOfRows", rows.as_str()),
            ("cond[exmn_ymd::GTE]", from.as_str()),
            ("cond[exmn_ymd::LTE]", to.as_str()),
            ("cond[se_cd::EQ]", trade),
            ("cond[ctgry_cd::EQ]", item.category),
            ("cond[item_cd::EQ]", item.code),
        ];
        self.client
            .ask(
                context,
                // The call has codes instead of the name.
                "",
                |client, keys| {
                    let key = data_go_kr::key(PriceSource::Kamis, keys)?;
                    let request = client.get(self.url.clone()).query(&[("serviceKey", key)]);
                    Ok(request.query(&query))
                },
                reply::read,
            )
            .await
    }
}

impl ProductSearch for Kamis {
    async fn search(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        let Some(item) = items::named(name) else {
            return Ok(Answer::referring(None));
        };
        let today = korea::day((self.now)());
        for trade in [RETAIL, WHOLESALE] {
            let rows = self.rows(&item, trade, today, context).await?;
            let found = reference::usual(&rows, &item, today);
            if found.is_some() {
                return Ok(Answer::referring(found));
            }
        }
        Ok(Answer::referring(None))
    }
}
