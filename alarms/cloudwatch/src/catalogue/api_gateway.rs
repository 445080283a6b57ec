//! API Gateway. REST APIs publish by `ApiName`, HTTP and WebSocket APIs by `ApiId`, and the errors of the two have other
//! names: `4XXError` and `4xx`.
//!
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html>

use super::{
    Completeness, MetricSpec, Namespace,
    Precondition::{DetailedApiMetrics, HttpApi, RestApi, WebSocketApi},
    Sensible, Sets,
};
use crate::Unit;

const NAME: &str = "AWS/ApiGateway";
/// "Every minute"; a minute on top is assumed.
const API_DELAY_S: u32 = 120;

pub(super) const NAMESPACE: Namespace = Namespace {
    name: NAME,
    metrics: METRICS,
    set_preconditions: &[
        (&["ApiName", "Method", "Resource", "Stage"], DetailedApiMetrics),
        (&["ApiId", "Method", "Resource", "Stage"], DetailedApiMetrics),
        (&["ApiId", "Route", "Stage"], DetailedApiMetrics),
    ],
    completeness: Completeness::Complete,
};

const REST: Sets = &[&["ApiName"], &["ApiName", "Stage"], &["ApiName", "Method", "Resource", "Stage"]];
const HTTP: Sets = &[&["ApiId"], &["ApiId", "Stage"], &["ApiId", "Method", "Resource", "Stage"]];
/// AWS's table has a route, the page of WebSocket APIs a method and a resource: both are in.
const WEB_SOCKET: Sets = &[
    &["ApiId"],
    &["ApiId", "Stage"],
    &["ApiId", "Route", "Stage"],
    &["ApiId", "Method", "Resource", "Stage"],
];
const REST_AND_HTTP: Sets = &[
    &["ApiName"],
    &["ApiName", "Stage"],
    &["ApiName", "Method", "Resource", "Stage"],
    &["ApiId"],
    &["ApiId", "Stage"],
    &["ApiId", "Method", "Resource", "Stage"],
];
const ANY: Sets = &[
    &["ApiName"],
    &["ApiName", "Stage"],
    &["ApiName", "Method", "Resource", "Stage"],
    &["ApiId"],
    &["ApiId", "Stage"],
    &["ApiId", "Method", "Resource", "Stage"],
    &["ApiId", "Route", "Stage"],
];

const fn count(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Count, sets, API_DELAY_S).statistics(Sensible::COUNT)
}

/// The mean is the rate: the denominator is `Count`.
const fn outcome(name: &'static str, sets: Sets) -> MetricSpec {
    count(name, sets).statistics(Sensible::OUTCOME)
}

const fn time(name: &'static str, sets: Sets) -> MetricSpec {
    MetricSpec::new(NAME, name, Unit::Milliseconds, sets, API_DELAY_S).statistics(Sensible::DURATION)
}

const METRICS: &[MetricSpec] = &[
    outcome("4XXError", REST).needs(RestApi),
    outcome("5XXError", REST).needs(RestApi),
    outcome("CacheHitCount", REST).uses("the stage of the REST API has a cache"),
    outcome("CacheMissCount", REST).uses("the stage of the REST API has a cache"),
    outcome("4xx", HTTP).needs(HttpApi),
    outcome("5xx", HTTP).needs(HttpApi),
    MetricSpec::new(NAME, "DataProcessed", Unit::Bytes, HTTP, API_DELAY_S)
        .statistics(Sensible::AMOUNT)
        .needs(HttpApi),
    count("Count", REST_AND_HTTP),
    time("Latency", REST_AND_HTTP),
    time("IntegrationLatency", ANY),
    count("ConnectCount", WEB_SOCKET).needs(WebSocketApi),
    count("MessageCount", WEB_SOCKET).needs(WebSocketApi),
    outcome("ClientError", WEB_SOCKET).needs(WebSocketApi),
    outcome("ExecutionError", WEB_SOCKET).needs(WebSocketApi),
    outcome("IntegrationError", WEB_SOCKET).needs(WebSocketApi),
];
