//! The metrics that came out of log lines: a bounded list of data points.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use jiff::Timestamp;

use crate::lock::lock;

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

#[derive(Debug, Clone, Default)]
pub struct Metrics {
    points: Arc<Mutex<VecDeque<DataPoint>>>,
}

impl Metrics {
    pub fn record(&self, found: Vec<DataPoint>) {
        let mut points = lock(&self.points);
        points.extend(found);
        let excess = points.len().saturating_sub(MAX_POINTS);
        points.drain(..excess);
    }

    /// The data points of a metric, oldest first, whatever their dimensions.
    pub fn named(&self, namespace: &str, name: &str) -> Vec<DataPoint> {
        let points = lock(&self.points);
        let wanted = points.iter().filter(|point| point.namespace == namespace && point.name == name);
        wanted.cloned().collect()
    }
}
