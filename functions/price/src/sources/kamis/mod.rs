//! KAMIS, the price survey of fresh food by 한국농수산식품유통공사: what an ingredient usually costs, never a vendor (its retailers are
//! anonymous). Which item a name means lives in `items`, how an answer is read in `reply`, which of its rows is the usual
//! price in `reference`.
//!
//! A search asks for the retail rows of two weeks, and where there is none for the wholesale ones, whose price then says so.
//! A page has a thousand rows, the oldest first, so where there are more the last page is asked for too.

mod items;
mod reference;
mod reply;
mod row;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use contract::PriceSource;
use jiff::{ToSpan as _, civil::Date};
use reqwest::Url;

use self::{
    items::Item,
    reply::Page,
    row::{DAYS, RETAIL, Row, WHOLESALE},
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

/// The path below the service's base.
const PATH: &str = "price";
/// Most rows of a page: the service gives no more.
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
        let first = self.page(item, trade, today, 1, context).await?;
        let last = first.total.div_ceil(ROWS);
        if last <= 1 {
            return Ok(first.rows);
        }
        let last = self.page(item, trade, today, last, context).await?;
        Ok(last.rows)
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
                // The call carries codes.
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
