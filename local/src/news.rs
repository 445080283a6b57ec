//! What happened, kept for whoever shows it: a bounded list that can be waited for.

use tokio::sync::watch;

/// Most entries that are kept; the oldest go first.
const MAX_KEPT: usize = 1_000;

#[derive(Debug)]
pub(crate) struct News<T>(watch::Sender<Kept<T>>);

#[derive(Debug)]
struct Kept<T> {
    /// How many were left out.
    first: usize,
    newest: Vec<T>,
}

impl<T> Default for News<T> {
    fn default() -> Self {
        Self(watch::Sender::new(Kept { first: 0, newest: Vec::new() }))
    }
}

impl<T: Clone> News<T> {
    pub(crate) fn extend(&self, more: Vec<T>) {
        if more.is_empty() {
            return;
        }
        self.0.send_modify(|kept| {
            kept.newest.extend(more);
            let excess = kept.newest.len().saturating_sub(MAX_KEPT);
            kept.newest.drain(..excess);
            kept.first += excess;
        });
    }

    /// What came after the first `seen`, and the number to ask with next.
    pub(crate) fn after(&self, seen: usize) -> (Vec<T>, usize) {
        let kept = self.0.borrow();
        let from = seen.saturating_sub(kept.first);
        (kept.newest.get(from..).unwrap_or_default().to_vec(), kept.first + kept.newest.len())
    }

    /// Waits until there is something after the first `seen`.
    pub(crate) async fn next(&self, seen: usize) -> (Vec<T>, usize) {
        let mut changed = self.0.subscribe();
        // The sender lives in `self`.
        let _there = changed.wait_for(|kept| kept.first + kept.newest.len() > seen).await;
        self.after(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newest_are_kept_and_each_is_told_once() {
        let news = News::default();
        news.extend(vec![1, 2]);
        assert_eq!(news.next(0).await, (vec![1, 2], 2));
        news.extend((3..=2_000).collect());
        let (new, seen) = news.next(2).await;
        assert_eq!((new.len(), new.first(), seen), (MAX_KEPT, Some(&1_001), 2_000));
        assert_eq!(news.after(seen), (Vec::new(), 2_000));
    }
}
