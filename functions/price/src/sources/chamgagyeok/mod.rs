//! 참가격, the price survey of 한국소비자원: products in named stores, priced on survey days (most Fridays). `reply` reads answers,
//! `document` caches the lists, `day` finds the latest survey day, `matching` the products of a name.
//!
//! A search asks for the prices of the matching products, at most [`MAX_PRODUCTS`], on the latest survey day. The two lists and
//! that day are cached in this process and in the prices table. Prices of stores that are not listed are left out, unless a
//! product has no others: then the list is outdated, and the stores are named by their numbers.

mod day;
mod document;
mod offers;
pub(super) mod reply;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod unit;

use std::sync::Arc;

use contract::PriceSource;
use futures::future::{try_join, try_join_all};
use jiff::civil::Date;
use serde::{Serialize, de::DeserializeOwned};

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

/// Most products of one name that are priced, each with a call.
const MAX_PRODUCTS: usize = 3;
/// How long the two lists are fresh, in seconds: they change a few times a year.
const LISTS_FRESH_S: u32 = 86_400;
const NO_SURVEY_DAY: &str = "a survey day in the last eight weeks";

#[derive(Debug)]
pub struct Chamgagyeok {
    base: BaseUrl,
    client: ProviderClient,
    documents: DocumentStore,
    now: Clock,
    products: Document<Vec<SurveyProduct>>,
    stores: Document<Vec<Store>>,
    day: Document<Option<String>>,
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
        self.list(&self.products, "getProductInfoSvc.do", reply::products, context).await
    }

    async fn stores(&self, context: &CallContext) -> Result<Arc<Vec<Store>>, SearchError> {
        self.list(&self.stores, "getStoreInfoSvc.do", reply::stores, context).await
    }

    async fn list<T: Serialize + DeserializeOwned + Send + Sync + 'static>(
        &self,
        list: &Document<Vec<T>>,
        service: &str,
        read: fn(&[Element]) -> Result<Vec<T>, SearchErrorKind>,
        context: &CallContext,
    ) -> Result<Arc<Vec<T>>, SearchError> {
        let load = async {
            let rows = self.ask(service, "ServiceKey", &[], context).await?;
            read(&rows).map_err(|kind| self.client.error(kind))
        };
        list.read(&self.documents, (self.now)(), context, load).await
    }

    /// The latest survey day: a Friday on which one of up to three products has prices. Without one the search fails, since a
    /// missing survey says nothing of a product, and this process looks again after an hour.
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
        let found = self.day.read(&self.documents, (self.now)(), context, find).await?;
        day::valid(found.as_deref(), today)
            .ok_or_else(|| self.client.error(SearchErrorKind::UnexpectedShape(NO_SURVEY_DAY)))
    }

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

    /// The elements of a call's result. The services spell the key's parameter differently.
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
                // No call has the ingredient's name.
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
