//! An offer for an ingredient and the answer of a search, with the order of offers and the format of prices. Reading a
//! provider's bytes is the adapters'.

use std::num::NonZeroU32;

use contract::{
    AsOf,
    pricing::{Reference, UnpricedReason},
};
use serde::{Deserialize, Serialize};

/// Highest valid price in KRW: ten times the largest budget of an order. Providers write placeholders above it.
pub const MAX_PRICE_KRW: u32 = 100_000_000;

/// One product of one vendor with a known price.
///
/// Offers are ordered by their fields from the top, so that equal prices have one order. Text compares by Unicode scalars.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Offer {
    /// The price in KRW, without delivery.
    pub price_krw: NonZeroU32,
    /// As the provider writes it.
    pub vendor: String,
    /// Plain text, without tags and entities.
    pub product_name: String,
    /// An http(s) address.
    pub link: Option<String>,
    /// The unit of the price (`100g`). `None`: the price of a package.
    pub per: Option<String>,
    /// The day of the survey. `None`: the price of the moment at which the source was asked.
    pub surveyed_on: Option<AsOf>,
}

/// What a search found, which may be nothing. A failed search is a [`SearchError`](super::SearchError).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Answer {
    offers: Vec<Offer>,
    without_price: usize,
    reference: Option<Reference>,
}

impl Offer {
    /// An offer of a package, without a link.
    pub fn new(price_krw: NonZeroU32, vendor: impl Into<String>, product_name: impl Into<String>) -> Self {
        Self {
            price_krw,
            vendor: vendor.into(),
            product_name: product_name.into(),
            link: None,
            per: None,
            surveyed_on: None,
        }
    }
}

impl Answer {
    /// Offers in any order, and the number of other products, whose price is not known.
    pub fn new(mut offers: Vec<Offer>, without_price: usize) -> Self {
        offers.sort_unstable();
        Self { offers, without_price, reference: None }
    }

    /// The answer of a source without vendors: the usual price, if known.
    pub const fn referring(reference: Option<Reference>) -> Self {
        Self { offers: Vec::new(), without_price: 0, reference }
    }

    pub const fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    pub const fn without_price(&self) -> usize {
        self.without_price
    }

    /// The offers, the cheapest first.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    pub(crate) fn cheapest_offers(&self, max: usize) -> Self {
        let mut answer = self.clone();
        answer.offers.sort_unstable();
        answer.offers.truncate(max);
        answer
    }

    /// The cheapest offer.
    ///
    /// # Errors
    /// Why there is none.
    pub fn cheapest(&self) -> Result<&Offer, UnpricedReason> {
        self.offers.first().ok_or(match self.without_price {
            0 => UnpricedReason::NoOffer,
            _ => UnpricedReason::NoKnownPrice,
        })
    }
}

/// A price of decimal digits, from 1 to [`MAX_PRICE_KRW`], with or without blanks around it.
pub fn known_price(text: &str) -> Option<NonZeroU32> {
    let digits = text.trim();
    // `parse` alone would take a leading plus.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|&price| price <= MAX_PRICE_KRW).and_then(NonZeroU32::new)
}

/// The same, also with commas between thousands: `1,234`, but not `1,2`, `,123` or `12,34,567`.
pub fn grouped_price(text: &str) -> Option<NonZeroU32> {
    let text = text.trim();
    let mut groups = text.split(',');
    let first = groups.next()?;
    let grouped = text.contains(',');
    let well_grouped = !grouped || (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    if well_grouped { known_price(&text.replace(',', "")) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_price_is_digits_and_may_have_commas_between_thousands() {
        for (text, known, grouped) in [
            ("16380", 16_380, 16_380),
            (" 5500 ", 5_500, 5_500),
            ("0005500", 5_500, 5_500),
            ("100000000", 100_000_000, 100_000_000),
            ("1,234", 0, 1_234),
            (" 259,000 ", 0, 259_000),
            ("1,234,567", 0, 1_234_567),
        ] {
            let price = |price: Option<NonZeroU32>| price.map_or(0, NonZeroU32::get);
            assert_eq!((price(known_price(text)), price(grouped_price(text))), (known, grouped), "{text:?}");
        }
        let invalid = "|0|000|  |-5|+5|12.5|1e4|0x10|천원|５５００|5 500|NaN|5500원|100000001|4294967296|1,2|,123|1234,567\
                       |12,34,567|1,234,|1,23a|-1,234|1, 234|,|0,000|1,000,000,000,000";
        for text in invalid.split('|').chain([&*"9".repeat(400)]) {
            assert_eq!((known_price(text), grouped_price(text)), (None, None), "{text:?}");
        }
    }

    #[test]
    fn offers_are_sorted_by_price_vendor_product_and_link() {
        let offer = |&(price, vendor, product_name, link): &(u32, &str, &str, Option<&str>)| Offer {
            product_name: product_name.to_owned(),
            link: link.map(str::to_owned),
            ..testing::offer(price, vendor)
        };
        let in_order = [
            (100, "나", "가", Some("https://b")),
            (200, "가", "나", Some("https://b")),
            (200, "나", "가", None),
            (200, "나", "가", Some("https://a")),
            (200, "나", "가", Some("https://b")),
            (200, "나", "나", Some("https://a")),
        ];
        let in_order: Vec<_> = in_order.iter().map(offer).collect();
        let mut shuffled = in_order.clone();
        shuffled.reverse();
        shuffled.swap(1, 4);
        assert_eq!(Answer::new(shuffled, 0).offers(), in_order);
    }

    #[test]
    fn no_product_and_no_price_are_two_reasons() {
        assert_eq!(Answer::new(vec![], 0).cheapest(), Err(UnpricedReason::NoOffer));
        assert_eq!(Answer::new(vec![], 3).cheapest(), Err(UnpricedReason::NoKnownPrice));
        let offer = testing::offer(100, "가");
        assert_eq!(Answer::new(vec![offer.clone()], 3).cheapest(), Ok(&offer));
    }
}
