//! Which prices of 11번가 are decoys: set at a few won so that a product stands first in a list by price, where
//! the price is of an option that nobody buys or of nothing at all.
//!
//! The rule, in its order:
//! 1. A price below [`MIN_PLAUSIBLE_KRW`] is none, also when it stands alone: no shop sends a package of food for it.
//! 2. Among at least [`MIN_PRICES`] prices that are left, one below a tenth of their lower median is none. Three prices or less
//!    say too little about what is usual. The median holds as long as fewer than half of the prices are decoys. A tenth is
//!    far down on purpose: packages differ by a factor of five in size (one block of tofu for 900 won among packs of six for
//!    5,400 stays), and an offer lost wrongly costs more than a decoy of a tenth, which is wrong by little money.

use std::num::NonZeroU32;

/// Lowest price that is believed, in KRW.
const MIN_PLAUSIBLE_KRW: u32 = 100;
/// Least prices that say what is usual.
const MIN_PRICES: usize = 4;
/// A price below the median's such part is not believed.
const PART_OF_MEDIAN: u32 = 10;

/// The lowest of these prices that is believed, in KRW: those below it are decoys.
pub(super) fn outlier_floor(prices: impl IntoIterator<Item = NonZeroU32>) -> u32 {
    let mut prices: Vec<u32> =
        prices.into_iter().map(NonZeroU32::get).filter(|&price| price >= MIN_PLAUSIBLE_KRW).collect();
    prices.sort_unstable();
    // Of two in the middle the lower one: in doubt an offer stays.
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
    fn decoys_go_and_real_small_packages_stay() {
        let many_decoys: Vec<u32> = [10; 25].into_iter().chain([2_000, 3_000, 4_000]).collect();
        for (prices, expect) in [
            (&[10, 2_980, 3_500, 4_200, 10][..], &[2_980, 3_500, 4_200][..]),
            (&[100, 290, 2_980, 3_500, 4_200, 9_900], &[2_980, 3_500, 4_200, 9_900]),
            (&many_decoys, &[2_000, 3_000, 4_000]),
            // A few won are no price, alone either.
            (&[10], &[]),
            (&[99, 10, 10, 10, 10], &[]),
            (&[100], &[100]),
            (&[900, 5_400, 5_400, 6_000], &[900, 5_400, 5_400, 6_000]),
            (&[540, 5_400, 5_400, 6_000], &[540, 5_400, 5_400, 6_000]),
            (&[539, 5_400, 5_400, 6_000], &[5_400, 5_400, 6_000]),
            // Three prices do not tell which one is unusual.
            (&[150, 20_000, 30_000], &[150, 20_000, 30_000]),
        ] {
            assert_eq!(kept(prices), expect, "{prices:?}");
        }
    }

    proptest! {
        #[test]
        fn the_rule_has_its_laws(prices in prop::collection::vec(1_u32..1_000_000, 0..40), decoys in prop::collection::vec(1_u32..100, 0..10)) {
            let kept_prices = kept(&prices);
            let plausible = prices.iter().filter(|&&price| price >= MIN_PLAUSIBLE_KRW).count();
            // At least the upper half stays, and the dearest always.
            prop_assert!(kept_prices.len() >= plausible.div_ceil(2));
            // What is kept is dearer than all that is not.
            let least = kept_prices.iter().min();
            prop_assert!(prices.iter().all(|price| kept_prices.contains(price) || least.is_none_or(|least| price < least)));
            // Decoys of a few won change nothing.
            let mut with_decoys = prices.clone();
            with_decoys.extend(decoys);
            prop_assert_eq!(&kept(&with_decoys), &kept_prices);
            // Nor does the order of the list.
            let mut turned = prices;
            turned.reverse();
            let mut kept_turned = kept(&turned);
            kept_turned.reverse();
            prop_assert_eq!(kept_turned, kept_prices);
        }
    }
}
