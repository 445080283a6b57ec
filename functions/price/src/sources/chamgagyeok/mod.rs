//! 참가격, the price survey of 한국소비자원: products of named stores, priced on survey days (most Fridays). How answers are read
//! lives in `reply`, what is kept between searches in `document`, the latest survey day in `day`, and which products a name
//! means in `matching`.
//!
//! A search asks for the prices of the products that the name means, at most [`MAX_PRODUCTS`], on the latest survey day.
//! The two lists and that day are kept, in this process and in the prices table. A store that is not listed is a vendor that
//! nobody can find: its prices are left out, unless all of a product's prices are of such stores (then the list is outdated,
//! and the store is named by its number).

mod day;
mod document;
mod offers;
mod reply;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod unit;

use std::{fmt, sync::Arc};

use contract::PriceSource;
use futures::future::{try_join, try_join_all};
use jiff::civil::Date;

use self::{
    document::Document,
    reply::{PriceRow, Store},
};
use crate::{
    clock::Clock,
    http::{
        base_url::BaseUrl,
        client::{Access, ProviderClient},
    },
    korea,
    matching::{matches, product::SurveyProduct},
    search::{CallContext, ProductSearch, SearchError, SearchErrorKind, offer::Answer},
    sources::data_go_kr::{self, MAX_BODY_BYTES},
    store::documents::DocumentStore,
    text::xml::Element,
};

/// Most products of one name that are priced: each is a call.
const MAX_PRODUCTS: usize = 3;
/// How long the two lists are kept, in seconds: they change a few times a year.
const LISTS_FRESH_S: u32 = 86_400;
/// What an answer would need and no Friday has.
const NO_SURVEY_DAY: &str = "a survey day in the last eight weeks";

/// The adapter to 참가격.
pub struct Chamgagyeok {
    base: BaseUrl,
    client: ProviderClient,
    documents: DocumentStore,
    now: Clock,
    products: Document<Vec<SurveyProduct>>,
    stores: Document<Vec<Store>>,
    day: Document<Option<String>>,
}

impl fmt::Debug for Chamgagyeok {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chamgagyeok")
            .field("base", &self.base)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Chamgagyeok {
    pub(crate) fn new(
        base: &BaseUrl,
        access: Access,
        documents: DocumentStore,
        now: Clock,
    ) -> Result<Self, reqwest::Error> {
        let url = base.join("");
        let client = ProviderClient::new(PriceSource::Chamgagyeok, &url, access, MAX_BODY_BYTES)?;
        Ok(Self {
            base: base.clone(),
            client,
            documents,
            now,
            products: Document::new(
                "products",
                |_| LISTS_FRESH_S,
                |products, _| reply::are_valid_products(products),
            ),
            stores: Document::new("stores", |_| LISTS_FRESH_S, |stores, _| reply::are_valid_stores(stores)),
            day: Document::new(
                "survey-day",
                |day| match day {
                    Some(_) => day::FRESH_S,
                    None => day::NONE_FRESH_S,
                },
                |day, now| day::valid(day.as_deref(), korea::day(now)).is_some(),
            ),
        })
    }

    async fn products(&self, context: &CallContext) -> Result<Arc<Vec<SurveyProduct>>, SearchError> {
        let load = async {
            let rows = self.ask("getProductInfoSvc.do", "ServiceKey", &[], context).await?;
            reply::products(&rows).map_err(|kind| self.client.error(kind))
        };
        let now = (self.now)();
        self.products.read(&self.documents, now, context, load).await
    }

    async fn stores(&self, context: &CallContext) -> Result<Arc<Vec<Store>>, SearchError> {
        let load = async {
            let rows = self.ask("getStoreInfoSvc.do", "ServiceKey", &[], context).await?;
            reply::stores(&rows).map_err(|kind| self.client.error(kind))
        };
        let now = (self.now)();
        self.stores.read(&self.documents, now, context, load).await
    }

    /// The latest survey day, found by up to three products a Friday, asked side by side: the one that is searched for, and
    /// two that many stores sell. Where no Friday has one, there is no answer (a day without prices says nothing of a
    /// product), and this process looks again after an hour.
    async fn day(
        &self,
        product: &str,
        products: &[SurveyProduct],
        context: &CallContext,
    ) -> Result<Date, SearchError> {
        let today = korea::day((self.now)());
        let probes = day::probes(product, products);
        let find = async {
            for friday in day::fridays(today) {
                let asked = probes.iter().map(|product| self.prices(product, friday, context));
                if try_join_all(asked).await?.iter().any(|rows| !rows.is_empty()) {
                    return Ok(Some(korea::compact(friday)));
                }
            }
            tracing::warn!(source = %PriceSource::Chamgagyeok, "no survey day in the last eight weeks");
            Ok(None)
        };
        let now = (self.now)();
        let found = self.day.read(&self.documents, now, context, find).await?;
        day::valid(found.as_deref(), today)
            .ok_or_else(|| self.client.error(SearchErrorKind::UnexpectedShape(NO_SURVEY_DAY)))
    }

    /// The prices of a product on a day.
    async fn prices(
        &self,
        product: &str,
        day: Date,
        context: &CallContext,
    ) -> Result<Vec<PriceRow>, SearchError> {
        let day_text = korea::compact(day);
        let query = [("goodInspectDay", day_text.as_str()), ("goodId", product)];
        let rows = self.ask("getProductPriceInfoSvc", "serviceKey", &query, context).await?;
        Ok(reply::prices(&rows, product, &day_text))
    }

    /// One call: the elements of its result. The key's parameter is written as each of the services is seen to take it.
    async fn ask(
        &self,
        service: &str,
        key_parameter: &str,
        query: &[(&str, &str)],
        context: &CallContext,
    ) -> Result<Vec<Element>, SearchError> {
        let url = self.base.join(service);
        self.client
            .ask(
                context,
                // No call carries the ingredient's name.
                "",
                |client, keys| {
                    let key = data_go_kr::key(PriceSource::Chamgagyeok, keys)?;
                    let request = client.get(url.clone()).query(&[(key_parameter, key)]);
                    Ok(request.query(query))
                },
                reply::rows,
            )
            .await
    }
}

impl ProductSearch for Chamgagyeok {
    async fn search(&self, name: &str, context: &CallContext) -> Result<Answer, SearchError> {
        let products = self.products(context).await?;
        let meant: Vec<&SurveyProduct> = matches(name, &products)
            .into_iter()
            .filter_map(|at| products.get(at))
            .take(MAX_PRODUCTS)
            .collect();
        let Some(best) = meant.first() else {
            return Ok(Answer::default());
        };
        let (stores, day) = try_join(self.stores(context), self.day(&best.id, &products, context)).await?;
        let prices = meant.iter().map(|product| self.prices(&product.id, day, context));
        let prices = try_join_all(prices).await?;
        Ok(offers::answer(meant.into_iter().zip(prices), &stores, day))
    }
}
