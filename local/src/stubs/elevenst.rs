//! A stand-in for 11번가's product search on its own protocol: EUC-KR XML, prices with commas or missing, sellers with two
//! names or none, and a product of ten won among the popular ones.
//!
//! Source: what callers of the Open API published (parameters, element names, error 003 with HTTP 200, live findings on the
//! sort orders). What is not published is made up and marked: every error code but 003, and the refusal of a call over a quota.

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, OriginalUri, State},
    response::Response,
    routing::get,
};

use self::products::{SortOrder, products};
use super::{
    behaviour::{Answer, Behaviour},
    query::Parameters,
    quota::QuotaRefusals,
    stub::Stub,
    wire::Socket,
    xml::{cdata, element},
};

mod products;

/// Names that it offers nothing for. Some of them are goods of the surveys, so that an order is priced by more than one
/// source; blanks do not count.
pub const UNKNOWN: [&str; 12] = [
    "당근",
    "대파",
    "애호박",
    "두부",
    "상추",
    "깻잎",
    "배추",
    "느타리버섯",
    "풋고추",
    "오이",
    "유니콘 고기",
    "용의 비늘",
];

/// Most products on a page, and the default.
const MAX_PAGE_SIZE: usize = 200;
const DEFAULT_PAGE_SIZE: usize = 50;

const QUOTA_REFUSALS: QuotaRefusals = QuotaRefusals { per_second: per_second_limit, per_day: daily_limit };

#[derive(Clone)]
struct Elevenst {
    stub: Stub,
    key: String,
}

pub(crate) fn stub(key: String, behaviour: Behaviour) -> (Stub, Router) {
    let stub = Stub::new("elevenst", QUOTA_REFUSALS, behaviour);
    let elevenst = Elevenst { stub: stub.clone(), key };
    let router = Router::new().route("/openapi/OpenApiService.tmall", get(search)).with_state(elevenst);
    (stub, router)
}

async fn search(
    State(elevenst): State<Elevenst>,
    ConnectInfo(socket): ConnectInfo<Socket>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let query = Parameters::of(&uri);
    let keyword = query.korean("keyword").unwrap_or_default();
    let call = elevenst.stub.intercept(&keyword, uri.to_string(), Bytes::new(), &socket);
    if let Some(fault) = call.await {
        return fault;
    }
    if query.text("key") != elevenst.key {
        return unregistered_key().into();
    }
    match answer(&query) {
        Ok(found) => found.into(),
        Err(refused) => refused.into(),
    }
}

/// The answer to an authorised search.
pub(crate) fn answer(query: &Parameters<'_>) -> Result<Answer, Answer> {
    if query.text("apiCode") != "ProductSearch" {
        return Err(refusal("900", "tMall.unknownApi", "지원하지 않는 apiCode입니다."));
    }
    let bad = |what: &str| refusal("901", "tMall.badParameter", what);
    let keyword = query.korean("keyword").ok_or_else(|| bad("keyword의 인코딩이 올바르지 않습니다."))?;
    let keyword = keyword.trim();
    if keyword.is_empty() {
        return Err(bad("keyword가 없습니다."));
    }
    let size = query.number("pageSize", DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE);
    let size = size.ok_or_else(|| bad("pageSize가 올바르지 않습니다."))?;
    let page = query.number("pageNum", 1, 1, 1_000_000);
    let page = page.ok_or_else(|| bad("pageNum이 올바르지 않습니다."))?;
    let order = match query.text("sortCd") {
        "" | "CP" | "A" | "G" | "I" | "N" => SortOrder::Recommended,
        "L" => SortOrder::Cheapest,
        "H" => SortOrder::Dearest,
        _ => return Err(bad("sortCd가 올바르지 않습니다.")),
    };
    if is_unknown(keyword) {
        return Ok(no_products());
    }
    let found = products(keyword, order);
    let skipped = (page - 1).saturating_mul(size);
    let shown: String = found.iter().skip(skipped).take(size).map(products::Product::xml).collect();
    Ok(page_of(found.len(), &shown))
}

fn is_unknown(keyword: &str) -> bool {
    let same = |a: &str, b: &str| {
        a.split_whitespace().flat_map(str::chars).eq(b.split_whitespace().flat_map(str::chars))
    };
    UNKNOWN.iter().any(|unknown| same(unknown, keyword))
}

fn page_of(total: usize, products: &str) -> Answer {
    let total = element("TotalCount", &total.to_string());
    euc_kr(
        200,
        &format!("<ProductSearchResponse><Products>{total}{products}</Products></ProductSearchResponse>"),
    )
}

/// An answer with exactly these products, each an XML text of `Product`.
pub fn page(products: &[&str]) -> Answer {
    page_of(products.len(), &products.concat())
}

pub fn no_products() -> Answer {
    page_of(0, "")
}

/// No key, or an unknown one. The HTTP status is 200: the error is in the body.
pub fn unregistered_key() -> Answer {
    refusal("003", "tMall.unregisteredKey", "등록되지 않은 OpenAPI Key입니다.")
}

/// A call too many in a second. Its real form is unknown: the code and the status are ours.
pub fn per_second_limit() -> Answer {
    Answer {
        status: 429, ..refusal("902", "tMall.tooManyRequests", "초당 호출 한도를 초과했습니다.")
    }
}

/// A call too many in a day. Its real form is unknown: the code and the status are ours.
pub fn daily_limit() -> Answer {
    Answer {
        status: 429, ..refusal("903", "tMall.dailyLimitExceeded", "일일 호출 한도를 초과했습니다.")
    }
}

/// Something broke inside. The code is ours.
pub fn system_error() -> Answer {
    Answer { status: 500, ..refusal("999", "tMall.systemError", "시스템 오류입니다.") }
}

/// An `ErrorResponse` with HTTP 200.
pub fn refusal(code: &str, message: &str, detail: &str) -> Answer {
    let parts = [element("ErrorCode", code), cdata("ErrorMessage", message), cdata("ErrorDetail", detail)];
    euc_kr(200, &format!("<ErrorResponse>{}</ErrorResponse>", parts.concat()))
}

/// A document in EUC-KR that declares it. What the charset has not becomes a numeric character reference.
fn euc_kr(status: u16, root: &str) -> Answer {
    let text = format!("<?xml version=\"1.0\" encoding=\"EUC-KR\"?>\n{root}");
    let (bytes, _, _) = encoding_rs::EUC_KR.encode(&text);
    Answer::new(status, "text/xml;charset=EUC-KR", bytes.into_owned())
}

#[cfg(test)]
mod tests;
