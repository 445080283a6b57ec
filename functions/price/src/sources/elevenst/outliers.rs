//! Placeholder prices of 11번가: a few won, for a product to be first in a list by price.
//!
//! The rule, in its order:
//! 1. A price below [`MIN_PLAUSIBLE_KRW`] is a placeholder: no shop sends a package of food for it.
//! 2. Among at least [`MIN_PRICES`] other prices, one below a tenth of their lower median is a placeholder. Fewer prices do not
//!    show what is usual. The median is right as long as fewer than half of the prices are placeholders. The limit of a tenth
//!    is low because packages differ by a factor of five (one block of tofu for 900 won stays among packs of six for 5,400), and
//!    because a missing offer costs more than a placeholder of a tenth, which is wrong by little money.

use std::num::NonZeroU32;

/// Lowest valid price, in KRW.
const MIN_PLAUSIBLE_KRW: u32 = 100;
/// Fewest prices that have a median.
const MIN_PRICES: usize = 4;
/// Prices below this part of the median are placeholders.
const PART_OF_MEDIAN: u32 = 10;

/// The lowest valid price among these, in KRW.
pub(super) fn outlier_floor(prices: impl IntoIterator<Item = NonZeroU32>) -> u32 {
    let mut prices: Vec<u32> =
        prices.into_iter().map(NonZeroU32::get).filter(|&price| price >= MIN_PLAUSIBLE_KRW).collect();
    prices.sort_unstable();
    // The lower one of two in the middle: in doubt an offer stays.
    let median = prices.get(prices.len().saturating_sub(1) / 2).copied();
    match median {
        Some(median) if prices.len() >= MIN_PRICES => median.div_ceil(PART_OF_MEDIAN).max(MIN_PLAUSIBLE_KRW),
        _ => MIN_PLAUSIBLE_KRW,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(prices: &[u32]) -> Vec<u32> {
        let least = outlier_floor(prices.iter().filter_map(|&price| NonZeroU32::new(price)));
        prices.iter().copied().filter(|&price| price >= least).collect()
    }

    #[test]
    fn placeholders_are_removed_and_small_packages_are_kept() {
        let many_placeholders: Vec<u32> = [10; 25].into_iter().chain([2_000, 3_000, 4_000]).collect();
        for (prices, expect) in [
            (&[10, 2_980, 3_500, 4_200, 10][..], &[2_980, 3_500, 4_200][..]),
            (&[100, 290, 2_980, 3_500, 4_200, 9_900], &[2_980, 3_500, 4_200, 9_900]),
            (&many_placeholders, &[2_000, 3_000, 4_000]),
            // Also without other prices.
            (&[10], &[]),
            (&[99, 10, 10, 10, 10], &[]),
            (&[100], &[100]),
            (&[900, 5_400, 5_400, 6_000], &[900, 5_400, 5_400, 6_000]),
            (&[540, 5_400, 5_400, 6_000], &[540, 5_400, 5_400, 6_000]),
            (&[539, 5_400, 5_400, 6_000], &[5_400, 5_400, 6_000]),
            // Three prices have no median.
            (&[150, 20_000, 30_000], &[150, 20_000, 30_000]),
        ] {
            assert_eq!(kept(prices), expect, "{prices:?}");
        }
    }

    proptest! {
        #[test]
        fn the_rule_keeps_the_upper_half_in_any_order(prices in prop::collection::vec(1_u32..1_000_000, 0..40), placeholders in prop::collection::vec(1_u32..100, 0..10)) {
            let kept_prices = kept(&prices);
            let plausible = prices.iter().filter(|&&price| price >= MIN_PLAUSIBLE_KRW).count();
            // At least the upper half stays, and the dearest always.
            prop_assert!(kept_prices.len() >= plausible.div_ceil(2));
            // What is kept is dearer than all that is not.
            let least = kept_prices.iter().min();
            prop_assert!(prices.iter().all(|price| kept_prices.contains(price) || least.is_none_or(|least| price < least)));
            // Placeholders of a few won change nothing.
            let mut with_placeholders = prices.clone();
            with_placeholders.extend(placeholders);
            prop_assert_eq!(&kept(&with_placeholders), &kept_prices);
            // Nor does the order of the list.
            let mut turned = prices;
            turned.reverse();
            let mut kept_turned = kept(&turned);
            kept_turned.reverse();
            prop_assert_eq!(kept_turned, kept_prices);
        }
    }
}
