//! From the surveyed prices of some products to offers of their stores.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::reply::{PriceRow, Store};
use crate::{
    korea,
    matching::product::SurveyProduct,
    search::offer::{Answer, Offer, grouped_price},
};

/// Most offers of an answer, the cheapest: one product may have 419 prices.
const MAX_OFFERS: usize = 30;

pub(super) fn answer<'a>(
    products: impl IntoIterator<Item = (&'a SurveyProduct, Vec<PriceRow>)>,
    stores: &[Store],
    day: Date,
) -> Answer {
    let names: BTreeMap<&str, &str> =
        stores.iter().map(|store| (store.id.as_str(), store.name.as_str())).collect();
    let mut offers = Vec::new();
    let mut without_price = 0;
    for (product, rows) in products {
        let none_is_listed = rows.iter().all(|row| !names.contains_key(row.store.as_str()));
        for row in rows {
            let Some(price_krw) = grouped_price(&row.price) else {
                without_price += 1;
                continue;
            };
            let vendor = match names.get(row.store.as_str()) {
                Some(&name) => name.to_owned(),
                None if none_is_listed && !row.store.is_empty() => format!("매장 {}", row.store),
                None => continue,
            };
            offers.push(Offer {
                per: Some(product.per.clone()),
                surveyed_on: Some(korea::as_of(day)),
                ..Offer::new(price_krw, vendor, product.name.clone())
            });
        }
    }
    offers.sort_unstable();
    offers.truncate(MAX_OFFERS);
    Answer::new(offers, without_price)
}

#[cfg(test)]
mod tests {
    use contract::pricing::UnpricedReason;

    use super::*;

    fn of(rows: &[(&str, &str)]) -> Answer {
        let product = SurveyProduct {
            id: "928".to_owned(),
            name: "당근(흙당근, 100g)".to_owned(),
            per: "100g".to_owned(),
            ..SurveyProduct::default()
        };
        let rows = rows
            .iter()
            .map(|&(store, price)| PriceRow { store: store.to_owned(), price: price.to_owned() })
            .collect();
        let stores = [("156", "이마트영등포점"), ("5499000001", "먼 가게")]
            .map(|(id, name)| Store { id: id.to_owned(), name: name.to_owned() });
        answer([(&product, rows)], &stores, "2026-09-25".parse().unwrap())
    }

    fn vendors(answer: &Answer) -> Vec<(u32, &str)> {
        answer.offers().iter().map(|offer| (offer.price_krw.get(), offer.vendor.as_str())).collect()
    }

    #[test]
    fn a_price_is_an_offer_of_its_store_with_unit_and_day() {
        let answer = of(&[("5499000001", "330"), ("156", "291")]);
        assert_eq!(vendors(&answer), [(291, "이마트영등포점"), (330, "먼 가게")]);
        let offer = answer.cheapest().unwrap();
        assert_eq!(
            (offer.per.as_deref(), offer.product_name.as_str(), &offer.link),
            (Some("100g"), "당근(흙당근, 100g)", &None)
        );
        assert_eq!(offer.surveyed_on.as_ref().unwrap().0, "2026-09-25");
    }

    #[test]
    fn prices_of_unlisted_stores_are_left_out_unless_there_are_no_others() {
        assert_eq!(vendors(&of(&[("707", "200"), ("156", "291"), ("", "100")])), [(291, "이마트영등포점")]);
        assert_eq!(vendors(&of(&[("707", "200"), ("", "100")])), [(200, "매장 707")]);
    }

    #[test]
    fn products_without_a_price_are_counted() {
        let answer =
            of(&[("156", "0"), ("156", ""), ("156", "1,2"), ("156", "-5"), ("156", "1000000000000")]);
        assert_eq!((answer.without_price(), answer.cheapest()), (5, Err(UnpricedReason::NoKnownPrice)));
        assert_eq!(vendors(&of(&[("156", "1,234")])), [(1_234, "이마트영등포점")]);
    }

    #[test]
    fn only_the_cheapest_are_kept() {
        let prices: Vec<String> = (100..600).rev().map(|price: u32| price.to_string()).collect();
        let rows: Vec<_> = prices.iter().map(|price| ("156", price.as_str())).collect();
        let answer = of(&rows);
        assert_eq!(
            (answer.offers().len(), answer.offers()[0].price_krw.get(), answer.offers()[29].price_krw.get()),
            (30, 100, 129)
        );
    }
}
