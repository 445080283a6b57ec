//! An offer for an ingredient, and what an answered search found. Which offer is the cheapest is decided here,
//! once, for every provider. How an answer is read from a provider's bytes does not live here.

use std::num::NonZeroU32;

use contract::{
    AsOf,
    pricing::{Reference, UnpricedReason},
};
use serde::{Deserialize, Serialize};

/// Highest price that is believed, in KRW: ten times the largest budget of an order. A price above it is a
/// placeholder, not a price.
pub const MAX_PRICE_KRW: u32 = 100_000_000;

/// One product of one vendor with a known price.
///
/// The order of the fields is the order of offers: price, then vendor, product name and link, so that equal prices
/// come out the same whichever way the provider sorted them. Text compares by Unicode scalars; no link comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Offer {
    /// The price in KRW, without delivery.
    pub price_krw: NonZeroU32,
    /// Who sells it, as the provider writes it.
    pub vendor: String,
    /// What is sold: plain text, neither tags nor entities.
    pub product_name: String,
    /// Where it is sold: an http(s) address, or nothing.
    pub link: Option<String>,
    /// The stated unit that the price is of (`100g`); nothing for the price of a package.
    pub per: Option<String>,
    /// The day of the survey; nothing for a price of the moment at which the source was asked.
    pub surveyed_on: Option<AsOf>,
}

/// What a search found that was answered: maybe nothing. A search that was not answered is a [`SearchError`](super::SearchError).
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
    /// An answer with these offers, in any order, and this many products beside them whose price is not known.
    pub fn new(mut offers: Vec<Offer>, without_price: usize) -> Self {
        offers.sort_unstable();
        Self { offers, without_price, reference: None }
    }

    /// An answer of a source without vendors: what it usually costs, if the source knows it.
    pub const fn referring(reference: Option<Reference>) -> Self {
        Self { offers: Vec::new(), without_price: 0, reference }
    }

    /// What it usually costs.
    pub const fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// Products whose price is not known.
    pub const fn without_price(&self) -> usize {
        self.without_price
    }

    /// The offers, the cheapest first.
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// The same answer with at most so many offers.
    pub(crate) fn cheapest_offers(&self, max: usize) -> Self {
        let mut answer = self.clone();
        answer.offers.sort_unstable();
        answer.offers.truncate(max);
        answer
    }

    /// The cheapest offer, or why there is none.
    ///
    /// # Errors
    /// No product has a known price.
    pub fn cheapest(&self) -> Result<&Offer, UnpricedReason> {
        self.offers.first().ok_or(match self.without_price {
            0 => UnpricedReason::NoOffer,
            _ => UnpricedReason::NoKnownPrice,
        })
    }
}

/// A price as a provider writes it: decimal digits, maybe with blanks around them. Anything else is not a price: no
/// digits (`""`), zero, a sign, a separator, more than [`MAX_PRICE_KRW`].
pub fn known_price(text: &str) -> Option<NonZeroU32> {
    let digits = text.trim();
    // `parse` alone would take a leading plus.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|&price| price <= MAX_PRICE_KRW).and_then(NonZeroU32::new)
}

/// A price that may be written with a comma between thousands: `1,234` and `1234` are one, `1,2`, `,123` and `12,34,567`
/// are none. Otherwise as [`known_price`].
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

    #[test]
    fn digits_are_a_price_and_anything_else_is_unknown() {
        for (text, expect) in [
            ("16380", Some(16_380)),
            (" 5500 ", Some(5_500)),
            ("0005500", Some(5_500)),
            ("100000000", Some(100_000_000)),
            ("100000001", None),
            ("4294967296", None),
            (&"9".repeat(400), None),
        ] {
            assert_eq!(known_price(text).map(NonZeroU32::get), expect, "{text:?}");
        }
        for text in [
            "",
            "0",
            "000",
            "  ",
            "1,234",
            "-5",
            "+5",
            "12.5",
            "1e4",
            "0x10",
            "천원",
            "５５００",
            "5 500",
            "NaN",
            "5500원",
        ] {
            assert_eq!(known_price(text), None, "{text:?}");
        }
    }

    #[test]
    fn commas_stand_between_thousands_or_it_is_no_price() {
        for (text, expect) in [
            ("1,234", Some(1_234)),
            (" 259,000 ", Some(259_000)),
            ("1,234,567", Some(1_234_567)),
            ("9900", Some(9_900)),
            ("1,2", None),
            (",123", None),
            ("1234,567", None),
            ("12,34,567", None),
            ("1,234,", None),
            ("1,23a", None),
            ("-1,234", None),
            ("1, 234", None),
            (",", None),
            ("0,000", None),
            ("", None),
            ("1,000,000,000,000", None),
        ] {
            assert_eq!(grouped_price(text).map(NonZeroU32::get), expect, "{text:?}");
        }
    }

    fn offer(price_krw: u32, vendor: &str, product_name: &str, link: Option<&str>) -> Offer {
        Offer {
            link: link.map(str::to_owned),
            ..Offer::new(NonZeroU32::new(price_krw).unwrap(), vendor, product_name)
        }
    }

    #[test]
    fn price_then_vendor_then_product_then_link() {
        let in_order = vec![
            offer(100, "나", "가", Some("https://b")),
            offer(200, "가", "나", Some("https://b")),
            offer(200, "나", "가", None),
            offer(200, "나", "가", Some("https://a")),
            offer(200, "나", "가", Some("https://b")),
            offer(200, "나", "나", Some("https://a")),
        ];
        let mut shuffled = in_order.clone();
        shuffled.reverse();
        shuffled.swap(1, 4);
        assert_eq!(Answer::new(shuffled, 0).offers(), in_order);
    }

    #[test]
    fn nothing_found_and_nothing_known_are_two_reasons() {
        assert_eq!(Answer::new(vec![], 0).cheapest(), Err(UnpricedReason::NoOffer));
        assert_eq!(Answer::new(vec![], 3).cheapest(), Err(UnpricedReason::NoKnownPrice));
        let known = offer(100, "가", "가", None);
        assert_eq!(Answer::new(vec![known.clone()], 3).cheapest(), Ok(&known));
    }
}
