//! What has to be true for a metric to have data.

use std::fmt;

/// What has to be true for a metric, or for one of its dimension sets, to have data. What a template can show has a name
/// of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precondition {
    /// A task's `Resource` is the function's ARN. A task with `arn:aws:states:::lambda:invoke` publishes the metrics of
    /// service integrations instead.
    LambdaArnTask,
    /// A task's `Resource` begins with `arn:aws:states:::`.
    ServiceIntegrationTask,
    /// A task's `Resource` is the ARN of an activity.
    ActivityTask,
    /// The state machine's type is `EXPRESS`.
    ExpressWorkflow,
    /// The execution was started with the ARN of a version.
    StartedByVersion,
    /// The execution was started with the ARN of an alias.
    StartedByAlias,
    /// The function is invoked by a version or an alias.
    QualifiedInvocation,
    /// A version or alias of the function has provisioned concurrency.
    ProvisionedConcurrency,
    /// The event source mapping's `MetricsConfig` asks for the metric's group.
    EventSourceMetrics,
    /// The table's billing mode is `PROVISIONED`.
    ProvisionedCapacity,
    /// The table has a global secondary index of this name.
    GlobalSecondaryIndex,
    /// The queue is a FIFO queue.
    FifoQueue,
    /// The rule belongs to the default event bus.
    DefaultEventBus,
    /// The rule belongs to a custom event bus.
    CustomEventBus,
    /// The API is a REST API.
    RestApi,
    /// The API is an HTTP API.
    HttpApi,
    /// The API is a WebSocket API.
    WebSocketApi,
    /// The stage has detailed metrics: `MetricsEnabled`, of an HTTP or WebSocket API `DetailedMetricsEnabled`.
    DetailedApiMetrics,
    /// The web ACL's scope is `REGIONAL`: its metrics have a dimension `Region`.
    RegionalWebAcl,
    /// The web ACL's scope is `CLOUDFRONT`: its metrics have no dimension `Region`.
    CloudFrontWebAcl,
    /// Something else is in use, in words.
    Uses(&'static str),
}

/// Completes "only where ..".
impl fmt::Display for Precondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LambdaArnTask => {
                "a task's Resource is the function's ARN, not arn:aws:states:::lambda:invoke"
            }
            Self::ServiceIntegrationTask => "a task's Resource begins with arn:aws:states:::",
            Self::ActivityTask => "a task's Resource is an activity",
            Self::ExpressWorkflow => "the state machine is an Express Workflow",
            Self::StartedByVersion => "the execution was started with the ARN of a version",
            Self::StartedByAlias => "the execution was started with the ARN of an alias",
            Self::QualifiedInvocation => "the function is invoked by a version or an alias",
            Self::ProvisionedConcurrency => "a version or alias of the function has provisioned concurrency",
            Self::EventSourceMetrics => {
                "the event source mapping's MetricsConfig asks for the metric's group"
            }
            Self::ProvisionedCapacity => "the table's billing mode is PROVISIONED",
            Self::GlobalSecondaryIndex => "the table has a global secondary index of this name",
            Self::FifoQueue => "the queue is a FIFO queue",
            Self::DefaultEventBus => "the rule belongs to the default event bus",
            Self::CustomEventBus => "the rule belongs to a custom event bus",
            Self::RestApi => "the API is a REST API",
            Self::HttpApi => "the API is an HTTP API",
            Self::WebSocketApi => "the API is a WebSocket API",
            Self::DetailedApiMetrics => "the stage has detailed metrics",
            Self::RegionalWebAcl => "the web ACL's scope is REGIONAL",
            Self::CloudFrontWebAcl => "the web ACL's scope is CLOUDFRONT",
            Self::Uses(feature) => feature,
        })
    }
}
