//! Which metrics AWS publishes, and with which dimensions.
//!
//! CloudWatch accepts an alarm on any metric name and any set of dimensions. An alarm on a metric that no service
//! publishes stays in `INSUFFICIENT_DATA` for ever. The catalogue lists, for the namespaces of serverless stacks, each
//! metric with its *published dimension sets*: a set of other names is another metric.
//!
//! ```
//! use cloudwatch::catalogue::{self, Published};
//!
//! let errors = catalogue::find("AWS/DynamoDB", "SystemErrors").unwrap();
//! assert_eq!(errors.published(["TableName"]), Published::Never);
//! assert_eq!(errors.nearest_set(["TableName"]), Some(&["Operation", "TableName"][..]));
//! assert_eq!(catalogue::nearest_name("AWS/States", "ExecutionsTimeOut"), Some("ExecutionsTimedOut"));
//! ```

mod api_gateway;
mod bedrock;
mod dimension;
mod dynamodb;
mod ec2;
mod events;
mod lambda;
mod logs;
mod precondition;
mod sns;
mod spec;
mod sqs;
mod states;
#[cfg(test)]
mod supported;
#[cfg(test)]
mod tests;
mod wafv2;

pub use dimension::{DimensionKind, value_problem};
pub use precondition::Precondition;
pub use spec::{MetricSpec, Presence, Published, Sensible, Stamp};
pub use sqs::SQS_WAKE_DELAY_S;

/// Names that are published together, each set sorted.
type Sets = &'static [&'static [&'static str]];

/// A namespace of the catalogue.
struct Namespace {
    name: &'static str,
    metrics: &'static [MetricSpec],
    /// What has to be true for a set to have data, beside the preconditions of its metric.
    set_preconditions: &'static [(&'static [&'static str], Precondition)],
    completeness: Completeness,
}

/// Whether the catalogue knows all dimension sets of a namespace.
enum Completeness {
    /// A set that is not listed is not published.
    Complete,
    /// AWS publishes further sets, from the names of the catalogue and these.
    FurtherSets(&'static [&'static str]),
}

static CATALOGUE: [Namespace; 11] = [
    states::NAMESPACE,
    lambda::NAMESPACE,
    bedrock::NAMESPACE,
    dynamodb::NAMESPACE,
    sns::NAMESPACE,
    sqs::NAMESPACE,
    events::NAMESPACE,
    logs::NAMESPACE,
    api_gateway::NAMESPACE,
    wafv2::NAMESPACE,
    ec2::NAMESPACE,
];

/// Names that are less alike than this are not suggested for each other.
const ALIKE: f64 = 0.7;

/// The namespaces of the catalogue, such as `AWS/States`.
pub fn namespaces() -> impl Iterator<Item = &'static str> {
    CATALOGUE.iter().map(|namespace| namespace.name)
}

/// Whether the catalogue has the metrics of this namespace.
pub fn is_known_namespace(namespace: &str) -> bool {
    lookup(namespace).is_some()
}

/// All metrics of a namespace; none if the namespace is not known.
pub fn metrics(namespace: &str) -> &'static [MetricSpec] {
    lookup(namespace).map_or(&[], |namespace| namespace.metrics)
}

/// The metric of this name. Names are case-sensitive, as in CloudWatch.
pub fn find(namespace: &str, name: &str) -> Option<&'static MetricSpec> {
    metrics(namespace).iter().find(|metric| metric.name == name)
}

/// The metric of the namespace whose name is most like this one, if one is alike enough to be meant.
pub fn nearest_name(namespace: &str, name: &str) -> Option<&'static str> {
    let alike = metrics(namespace).iter().map(|metric| (likeness(metric.name, name), metric.name));
    let (likeness, nearest) = alike.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (likeness >= ALIKE).then_some(nearest)
}

fn lookup(namespace: &str) -> Option<&'static Namespace> {
    CATALOGUE.iter().find(|known| known.name == namespace)
}

impl Namespace {
    /// Whether any set of the namespace has a dimension of this name.
    fn has_dimension(&self, dimension: &str) -> bool {
        let further = match self.completeness {
            Completeness::Complete => &[],
            Completeness::FurtherSets(names) => names,
        };
        let mut listed = self.metrics.iter().flat_map(|metric| metric.dimension_sets).copied().flatten();
        further.contains(&dimension) || listed.any(|name| *name == dimension)
    }
}

/// 1 for the same letters, 0 for nothing in common. Jaro-Winkler favours a common beginning: `ExecutionsFailedCount` means
/// `ExecutionsFailed`, although `ExecutionsTimedOut` takes as few edits.
fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    f64::midpoint(strsim::normalized_damerau_levenshtein(&a, &b), strsim::jaro_winkler(&a, &b))
}
