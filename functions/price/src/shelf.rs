//! The port to where a source keeps whole documents between calls (its list of goods, the day of its last survey), shared
//! by all functions. Single answers are kept elsewhere: in the cache.

mod table;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use contract::PriceSource;

pub use self::table::TableShelf;

/// Keeps documents.
pub trait Shelf: Send + Sync + 'static {
    /// The document that was put there last, if it is not older than that. Trouble with the shelf is logged and reads as
    /// nothing.
    fn get(
        &self,
        source: PriceSource,
        document: &str,
        fresh_s: u32,
    ) -> impl Future<Output = Option<String>> + Send;

    /// Puts a document there, over an earlier one. Trouble with the shelf is logged: the document is loaded again.
    fn put(&self, source: PriceSource, document: &str, text: String) -> impl Future<Output = ()> + Send;
}

/// A shelf in this process, on which nothing ages.
#[derive(Debug, Default)]
pub struct OwnShelf(Mutex<BTreeMap<(PriceSource, String), String>>);

impl Shelf for OwnShelf {
    async fn get(&self, source: PriceSource, document: &str, _: u32) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(source, document.to_owned())).cloned()
    }

    async fn put(&self, source: PriceSource, document: &str, text: String) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert((source, document.to_owned()), text);
    }
}

impl<S: Shelf> Shelf for std::sync::Arc<S> {
    async fn get(&self, source: PriceSource, document: &str, fresh_s: u32) -> Option<String> {
        S::get(self, source, document, fresh_s).await
    }

    async fn put(&self, source: PriceSource, document: &str, text: String) {
        S::put(self, source, document, text).await;
    }
}
