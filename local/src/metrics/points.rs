//! The data points of embedded-metric lines as they came: a bounded list of the newest.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

/// Most data points that are kept; the oldest go first.
const MAX_POINTS: usize = 20_000;

/// The values of one metric in one embedded-metric line.
#[derive(Debug, Clone, PartialEq)]
pub struct DataPoint {
    pub at: Timestamp,
    pub namespace: String,
    pub name: String,
    /// CloudWatch's word for its unit, when the line had one.
    pub unit: Option<String>,
    pub dimensions: BTreeMap<String, String>,
    /// At least one value.
    pub values: Vec<f64>,
}

#[derive(Debug, Default)]
pub(super) struct RecentPoints(VecDeque<DataPoint>);

impl RecentPoints {
    pub(super) fn extend(&mut self, found: Vec<DataPoint>) {
        self.0.extend(found);
        let excess = self.0.len().saturating_sub(MAX_POINTS);
        self.0.drain(..excess);
    }

    /// The data points of a metric, oldest first, whatever their dimensions.
    pub(super) fn named(&self, namespace: &str, name: &str) -> Vec<DataPoint> {
        let wanted = self.0.iter().filter(|point| point.namespace == namespace && point.name == name);
        wanted.cloned().collect()
    }
}
