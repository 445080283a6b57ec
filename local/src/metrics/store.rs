//! Series by metric, in bounded memory. A point can be seen only after its metric's delay.

use std::collections::BTreeMap;

use cloudwatch::{
    Metric,
    series::{RESOLUTION_S, Series, Store},
};

/// Most series that no alarm watches; points of further ones are left out.
const MAX_UNWATCHED: usize = 1_000;

/// Most different points that wait for their delay. Beyond that the oldest can be seen early: memory is bounded, and no value
/// is lost.
const MAX_WAITING: usize = 100_000;

/// How far a stamp may lie ahead, in seconds. Source: `PutMetricData` takes up to two hours.
const MAX_AHEAD_S: i64 = 7_200;

/// All series of an environment.
#[derive(Debug)]
pub struct SeriesStore {
    /// How long values are kept, in seconds.
    keep_s: i64,
    places: BTreeMap<Metric, usize>,
    series: Vec<Series>,
    unwatched: usize,
    /// By the time from which they can be seen; equal values of a minute are one, with their number.
    waiting: BTreeMap<(i64, Point), u64>,
}

/// A series, the minute, and the value's bits.
type Point = (usize, i64, u64);

impl SeriesStore {
    /// A store that always has room for these metrics.
    pub(super) fn new(keep_s: i64, watched: impl IntoIterator<Item = Metric>) -> Self {
        let mut store = Self {
            keep_s,
            places: BTreeMap::new(),
            series: Vec::new(),
            unwatched: 0,
            waiting: BTreeMap::new(),
        };
        for metric in watched {
            if !store.places.contains_key(&metric) {
                store.insert(metric);
            }
        }
        store
    }

    /// Adds a value that can be seen `delay_s` after `now_s`. One that CloudWatch does not take is left out, as there.
    pub(super) fn add(&mut self, metric: &Metric, stamp_s: i64, value: f64, now_s: i64, delay_s: u32) {
        if stamp_s > now_s.saturating_add(MAX_AHEAD_S) || stamp_s < now_s.saturating_sub(self.keep_s) {
            return;
        }
        let Some(place) = self.place(metric) else { return };
        let minute_s = stamp_s.div_euclid(RESOLUTION_S).saturating_mul(RESOLUTION_S);
        let point = (place, minute_s, value.to_bits());
        *self.waiting.entry((now_s.saturating_add(i64::from(delay_s)), point)).or_default() += 1;
        if self.waiting.len() > MAX_WAITING {
            self.show_first();
        }
    }

    /// Shows what can be seen at `now_s`, and forgets what is too old.
    pub(super) fn advance(&mut self, now_s: i64) {
        while self.waiting.first_key_value().is_some_and(|((visible_s, _), _)| *visible_s <= now_s) {
            self.show_first();
        }
        for series in &mut self.series {
            series.forget_before(now_s.saturating_sub(self.keep_s));
        }
    }

    fn show_first(&mut self) {
        let Some(((_, (place, minute_s, bits)), count)) = self.waiting.pop_first() else { return };
        if let Some(series) = self.series.get_mut(place) {
            // NaN, infinity and what is beyond 2^360 CloudWatch does not take either.
            let _not_taken = series.record(minute_s, f64::from_bits(bits), count);
        }
    }

    fn place(&mut self, metric: &Metric) -> Option<usize> {
        if let Some(place) = self.places.get(metric) {
            return Some(*place);
        }
        if self.unwatched == MAX_UNWATCHED {
            return None;
        }
        self.unwatched += 1;
        Some(self.insert(metric.clone()))
    }

    fn insert(&mut self, metric: Metric) -> usize {
        let place = self.series.len();
        self.places.insert(metric, place);
        self.series.push(Series::default());
        place
    }
}

impl Store for SeriesStore {
    fn series(&self, metric: &Metric) -> Option<&Series> {
        self.series.get(*self.places.get(metric)?)
    }
}

#[cfg(test)]
mod tests {
    use cloudwatch::Statistic;

    use super::*;

    fn metric(name: &str) -> Metric {
        Metric::new("N", name, [("", ""); 0])
    }

    fn sum(store: &SeriesStore, name: &str) -> Option<f64> {
        store.series(&metric(name))?.statistic(Statistic::Sum, 0, 1_000_020)
    }

    #[test]
    fn a_point_is_seen_after_its_delay() {
        let mut store = SeriesStore::new(3_600, [metric("a")]);
        store.add(&metric("a"), 100, 2.0, 130, 60);
        store.add(&metric("a"), 110, 2.0, 130, 60);
        store.add(&metric("a"), 110, 1.0, 131, 60);
        store.advance(189);
        assert_eq!(sum(&store, "a"), None);
        store.advance(190);
        assert_eq!(sum(&store, "a"), Some(4.0));
        store.advance(200);
        assert_eq!(sum(&store, "a"), Some(5.0));
        store.advance(3_800);
        assert_eq!(sum(&store, "a"), None);
    }

    #[test]
    fn stamps_and_values_that_cloudwatch_does_not_take_are_left_out() {
        let mut store = SeriesStore::new(3_600, []);
        for stamp_s in [i64::MIN, 0, 17_201, i64::MAX] {
            store.add(&metric("a"), stamp_s, 1.0, 10_000, 0);
        }
        assert!(store.waiting.is_empty());
        for value in [f64::NAN, f64::INFINITY, 1e300] {
            store.add(&metric("a"), 10_000, value, 10_000, 0);
        }
        store.advance(10_000);
        assert_eq!(sum(&store, "a"), None);
    }

    #[test]
    fn memory_is_bounded_and_watched_series_have_room() {
        let mut store = SeriesStore::new(3_600, [metric("watched")]);
        for number in 0..3_000 {
            store.add(&metric(&number.to_string()), 60, 1.0, 60, 0);
        }
        assert_eq!(store.series.len(), 1 + MAX_UNWATCHED);
        for number in 0..150_000_u32 {
            store.add(&metric("watched"), 60, f64::from(number), 60, 600);
        }
        assert!(store.waiting.len() <= MAX_WAITING);
        store.advance(660);
        let watched = store.series(&metric("watched")).unwrap();
        assert_eq!(watched.statistic(Statistic::SampleCount, 60, 120), Some(150_000.0));
    }
}
