//! A stand-in for 참가격's price survey on its own protocol, behind data.go.kr's gateway: lists of goods and stores, and the
//! prices of one survey day. It has a survey on some Fridays only, and none of a day to come.
//!
//! Source: the field lists, result codes and survey days that callers published. What one call is about is recorded as
//! `CALL GOOD-OR-STORE DAY`, so that a fault can select calls.

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, OriginalUri, State},
    http::Uri,
    response::Response,
    routing::get,
};
use jiff::{Timestamp, civil::Date};

use self::survey::Row;
use super::{
    behaviour::{Answer, Behaviour},
    gateway,
    query::Parameters,
    quota::korea,
    stub::Stub,
    wire::Socket,
    xml::element,
};

mod goods;
mod stores;
mod survey;

pub use survey::survey_days;

/// The calls of the service; three of them end in `.do`, one does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Prices of one day: of a good in every store, or of a store's goods.
    Prices,
    Stores,
    Goods,
    /// The words behind the codes.
    Standards,
}

impl Operation {
    pub(crate) const ALL: [Self; 4] = [Self::Prices, Self::Stores, Self::Goods, Self::Standards];

    const fn path(self) -> &'static str {
        match self {
            Self::Prices => "getProductPriceInfoSvc",
            Self::Stores => "getStoreInfoSvc.do",
            Self::Goods => "getProductInfoSvc.do",
            Self::Standards => "getStandardInfoSvc.do",
        }
    }
}

#[derive(Clone)]
struct Chamgagyeok {
    stub: Stub,
    key: String,
    now: fn() -> Timestamp,
}

pub(crate) fn stub(path: &str, key: String, now: fn() -> Timestamp, behaviour: Behaviour) -> (Stub, Router) {
    let stub = Stub::new("chamgagyeok", gateway::QUOTA_REFUSALS, behaviour);
    let chamgagyeok = Chamgagyeok { stub: stub.clone(), key, now };
    let router = Operation::ALL.into_iter().fold(Router::new(), |router, operation| {
        let handler =
            async move |state: State<Chamgagyeok>, socket: ConnectInfo<Socket>, uri: OriginalUri| {
                call(operation, state.0, socket.0, uri.0).await
            };
        router.route(&format!("{path}/{}", operation.path()), get(handler))
    });
    let router = router.fallback(async || Response::from(Answer::from(gateway::no_such_service())));
    (stub, router.with_state(chamgagyeok))
}

async fn call(operation: Operation, chamgagyeok: Chamgagyeok, socket: Socket, uri: Uri) -> Response {
    let query = Parameters::of(&uri);
    let words = [operation.path(), query.text("goodId"), query.text("entpId"), query.text("goodInspectDay")];
    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let subject = words.join(" ");
    let call = chamgagyeok.stub.intercept(&subject, uri.to_string(), Bytes::new(), &socket);
    if let Some(fault) = call.await {
        return fault;
    }
    match gateway::authorised(&query, &chamgagyeok.key) {
        Ok(()) => answer(operation, &query, korea((chamgagyeok.now)())).into(),
        Err(refusal) => Answer::from(refusal).into(),
    }
}

/// The answer to an authorised request, on that day in Korea.
pub(crate) fn answer(operation: Operation, query: &Parameters<'_>, today: Date) -> Answer {
    match operation {
        Operation::Prices => prices(query, today),
        Operation::Stores => found(&stores::xml(query.text("entpId"))),
        Operation::Goods => found(&goods::xml(query.text("goodId"))),
        Operation::Standards => match goods::standards(query.text("classCode")) {
            Some(rows) => found(&rows),
            None => result("", "02", "classCode is invalid"),
        },
    }
}

fn prices(query: &Parameters<'_>, today: Date) -> Answer {
    let Ok(day) = Date::strptime("%Y%m%d", query.text("goodInspectDay")) else {
        return result("", "01", "goodInspectDay is invalid");
    };
    let (good, store) = (query.text("goodId"), query.text("entpId"));
    if good.is_empty() && store.is_empty() {
        return result("", "05", "entpId or goodId required");
    }
    let rows = survey::rows(good, store, day, today);
    found(&rows.iter().map(Row::xml).collect::<String>())
}

fn found(rows: &str) -> Answer {
    result(rows, "00", "ok")
}

/// An answer with these rows, each an XML text of `iros.openapi.service.vo.goodPriceVO` and its like.
pub fn result(rows: &str, code: &str, message: &str) -> Answer {
    let result = if rows.is_empty() { "<result/>".to_owned() } else { format!("<result>{rows}</result>") };
    let parts = [result, element("resultCode", code), element("resultMsg", message)];
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<response>{}</response>",
        parts.concat()
    );
    Answer::new(200, "application/xml;charset=UTF-8", body)
}

#[cfg(test)]
mod tests;
