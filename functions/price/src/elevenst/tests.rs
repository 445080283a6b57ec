//! The adapter against servers on this machine that answer as 11번가 does.

use axum::response::Response;
use contract::error_name::PriceError;

use super::*;
use crate::{
    log_lines::logged,
    scripted::{Call, budget, nobody, patience, reply, said, search, secrets, server},
};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const EMPTY: &str =
    "<ProductSearchResponse><Products><TotalCount>0</TotalCount></Products></ProductSearchResponse>";
const FINE: &str = "<ProductSearchResponse><Products><TotalCount>1</TotalCount><Product><ProductName><![CDATA[<b>두부</b> 300g]]></ProductName><SalePrice>1,500</SalePrice><SellerNick><![CDATA[콩가게]]></SellerNick></Product></Products></ProductSearchResponse>";
const UNKNOWN_KEY: &str = "<ErrorResponse><ErrorCode>003</ErrorCode><ErrorMessage>tMall.unregisteredKey</ErrorMessage><ErrorDetail>등록되지 않은 OpenAPI Key입니다.</ErrorDetail></ErrorResponse>";

/// As 11번가 sends it: in EUC-KR, declared.
fn euc_kr(body: &str) -> Response {
    let xml = format!("<?xml version=\"1.0\" encoding=\"EUC-KR\"?>\n{body}");
    reply(200, "text/xml;charset=EUC-KR", EUC_KR.encode(&xml).0.into_owned())
}

async fn elevenst(base: &BaseUrl, keys: &[&str]) -> Elevenst {
    Elevenst::new(base, secrets(keys).await, "key".to_owned(), budget(), patience()).unwrap()
}

#[tokio::test]
async fn the_call_is_the_documented_one() {
    let (base, calls) = server(|_, _| euc_kr(FINE)).await;
    let (answer, failures) = search(
        &elevenst(&base, &["  0123456789abcdef0123456789abcdef\n"]).await,
        "순 두부",
    )
    .await;
    let answer = answer.unwrap();
    let offer = answer.cheapest().unwrap();
    assert_eq!(
        (
            offer.price_krw.get(),
            offer.vendor.as_str(),
            offer.product_name.as_str()
        ),
        (1_500, "콩가게", "두부 300g")
    );
    assert_eq!(failures, [0.0]);
    let calls = calls.lock().unwrap();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].path, "/openapi/OpenApiService.tmall");
    assert_eq!(
        calls[0].raw_query,
        format!(
            "key={KEY}&apiCode=ProductSearch&pageNum=1&pageSize=30&sortCd=CP&keyword=%EC%88%9C+%EB%91%90%EB%B6%80"
        )
    );
}

#[tokio::test]
async fn nothing_found_is_searched_once_more_in_the_other_charset() {
    let in_euc_kr = |call: &Call| call.raw_query.ends_with("&keyword=%B5%CE%BA%CE");
    let (base, calls) = server(move |call, _| euc_kr(if in_euc_kr(call) { FINE } else { EMPTY })).await;
    let (answer, failures) = search(&elevenst(&base, &[KEY]).await, "두부").await;
    assert_eq!(answer.unwrap().offers().len(), 1);
    assert_eq!(failures, [0.0, 0.0]);
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_name_that_reads_the_same_in_both_is_searched_once() {
    for name in ["tofu", "\u{1F96C}"] {
        let (base, calls) = server(|_, _| euc_kr(EMPTY)).await;
        let (answer, _) = search(&elevenst(&base, &[KEY]).await, name).await;
        assert_eq!(answer.unwrap(), Answer::default());
        assert_eq!(calls.lock().unwrap().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn the_first_answer_stands_where_the_second_fails() {
    let (base, calls) = server(|_, nth| {
        if nth == 0 {
            euc_kr(EMPTY)
        } else {
            reply(400, "text/plain", "")
        }
    })
    .await;
    let (answer, _) = search(&elevenst(&base, &[KEY]).await, "두부").await;
    assert_eq!(answer.unwrap(), Answer::default());
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn products_without_a_price_are_an_answer() {
    let (base, calls) = server(|_, _| euc_kr(&FINE.replace("1,500", "10"))).await;
    let answer = search(&elevenst(&base, &[KEY]).await, "두부").await.0.unwrap();
    assert_eq!((answer.offers().len(), answer.without_price()), (0, 1));
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_changed_key_is_read_again_and_one_that_stays_wrong_is_said() {
    let (base, calls) = server(|call, _| {
        euc_kr(if call.value("key") == "new" {
            FINE
        } else {
            UNKNOWN_KEY
        })
    })
    .await;
    let (answer, failures) = search(&elevenst(&base, &["old", "new"]).await, "두부").await;
    assert_eq!(answer.unwrap().offers().len(), 1);
    assert_eq!(failures, [1.0, 0.0]);
    calls.lock().unwrap().clear();

    let unanswered = search(&elevenst(&base, &["old"]).await, "두부")
        .await
        .0
        .unwrap_err();
    let said = said(&unanswered);
    assert!(
        said.starts_with(
            "elevenst gave no answer: credentials refused: status 200, code 003: tMall.unregisteredKey"
        ),
        "{said}"
    );
    assert!(said.contains("hint: write the key"), "{said}");
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn without_a_key_nobody_is_called() {
    let (base, calls) = server(|_, _| euc_kr(FINE)).await;
    let (answer, failures) = search(&elevenst(&base, &[" \n"]).await, "두부").await;
    let said = said(&answer.unwrap_err());
    assert!(
        said.starts_with("elevenst gave no answer: credential is not usable: key is empty; hint: "),
        "{said}"
    );
    assert!(failures.is_empty() && calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let (base, calls) = server(|_, nth| match nth {
        0 => reply(200, "text/xml", "<ProductSearchResponse><Products>"),
        1 => reply(503, "text/html", "<h1>busy</h1>"),
        2 => reply(429, "text/plain", ""),
        _ => euc_kr(FINE),
    })
    .await;
    let (answer, failures) = search(&elevenst(&base, &[KEY]).await, "두부").await;
    assert_eq!(answer.unwrap().offers().len(), 1);
    assert_eq!(failures, [1.0, 1.0, 1.0, 0.0]);
    assert_eq!(calls.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_huge_answer_is_given_up() {
    let (base, _) = server(|_, _| reply(200, "text/xml", " ".repeat(5_000_000) + FINE)).await;
    let unanswered = search(&elevenst(&base, &[KEY]).await, "두부")
        .await
        .0
        .unwrap_err();
    assert_eq!(
        unanswered.why.to_string(),
        "answer is too large: more than 1048576 bytes"
    );
    assert_eq!(unanswered.why.error(), PriceError::PriceFetchFailed);
}

/// The key stands in the address: neither an error nor the adapter itself shows it.
#[tokio::test]
async fn the_key_and_the_name_appear_nowhere() {
    let (base, _) = server(|call, _| reply(400, "text/plain", format!("bad {}", call.raw_query))).await;
    let source = elevenst(&base, &[KEY]).await;
    let unanswered = search(&source, "두부").await.0.unwrap_err();
    let said_by_server = said(&unanswered);
    assert!(
        said_by_server.contains("bad key=(key)&apiCode") && said_by_server.contains("keyword=(name)"),
        "{said_by_server}"
    );

    let (_port, nobody) = nobody();
    let dead = elevenst(&nobody, &[KEY]).await;
    let broken = search(&dead, "두부").await.0.unwrap_err();
    for text in [
        said_by_server,
        format!("{unanswered:?}"),
        said(&broken),
        format!("{broken:?}"),
        format!("{source:?}"),
    ] {
        assert!(
            !text.contains(KEY) && !text.contains("%EB%91%90") && !text.contains("두부"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_key_and_the_name_are_in_no_line_of_the_log() {
    let (base, _) = server(|call, nth| match nth {
        0 => reply(503, "text/html", format!("busy {}", call.raw_query)),
        1 => euc_kr(UNKNOWN_KEY),
        2 => euc_kr(EMPTY),
        _ => reply(400, "text/plain", call.raw_query.clone()),
    })
    .await;
    let source = elevenst(&base, &[KEY]).await;
    let ((answer, _), logged) = logged(search(&source, "두부")).await;
    assert_eq!(answer.unwrap(), Answer::default());
    for line in [
        "search tried again",
        "credentials read again",
        "search in EUC-KR not answered",
    ] {
        assert!(logged.contains(line), "{logged}");
    }
    for private in [KEY, "두부", "%EB%91%90", "%B5%CE"] {
        assert!(!logged.contains(private), "{logged}");
    }
}
