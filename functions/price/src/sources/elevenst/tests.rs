//! The adapter against servers on loopback that answer as 11번가 does.

use axum::response::Response;

use super::*;
use crate::testing::test_server::{Call, ChangingKeys, access, reply, search, server};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const EMPTY: &str =
    "<ProductSearchResponse><Products><TotalCount>0</TotalCount></Products></ProductSearchResponse>";
const FINE: &str = "<ProductSearchResponse><Products><TotalCount>1</TotalCount><Product><ProductName><![CDATA[<b>두부</b> 300g]]></ProductName><SalePrice>1,500</SalePrice><SellerNick><![CDATA[콩가게]]></SellerNick></Product></Products></ProductSearchResponse>";

/// As 11번가 sends it: in EUC-KR, declared.
fn euc_kr(body: &str) -> Response {
    let xml = format!("<?xml version=\"1.0\" encoding=\"EUC-KR\"?>\n{body}");
    reply(200, "text/xml;charset=EUC-KR", EUC_KR.encode(&xml).0.into_owned())
}

async fn elevenst(base: &BaseUrl, keys: &[&str]) -> Elevenst {
    Elevenst::new(base, access(ChangingKeys::new(keys), &["key"]).await).unwrap()
}

#[tokio::test]
async fn the_call_is_the_documented_one() {
    let (base, calls) = server(|_, _| euc_kr(FINE)).await;
    let elevenst = elevenst(&base, &["  0123456789abcdef0123456789abcdef\n"]).await;
    let (answer, failures) = search(&elevenst, "순 두부").await;
    let answer = answer.unwrap();
    let offer = answer.cheapest().unwrap();
    let found = (offer.price_krw.get(), &*offer.vendor, &*offer.product_name);
    assert_eq!((found, failures), ((1_500, "콩가게", "두부 300g"), vec![0.0]));
    let calls = calls.lock().unwrap();
    assert_eq!((calls.len(), &*calls[0].path), (1, "/openapi/OpenApiService.tmall"));
    let query = "&apiCode=ProductSearch&pageNum=1&pageSize=30&sortCd=CP&keyword=%EC%88%9C+%EB%91%90%EB%B6%80";
    assert_eq!(calls[0].raw_query, format!("key={KEY}{query}"));
}

#[tokio::test]
async fn nothing_found_is_searched_once_more_in_the_other_charset_where_that_makes_a_difference() {
    let in_euc_kr = |call: &Call| call.raw_query.ends_with("&keyword=%B5%CE%BA%CE");
    let fails = |_: &Call, nth| {
        if nth == 0 { euc_kr(EMPTY) } else { reply(400, "text/plain", "") }
    };
    let (found, _) = server(move |call, _| euc_kr(if in_euc_kr(call) { FINE } else { EMPTY })).await;
    let (refused, _) = server(fails).await;
    let (unpriced, _) = server(|_, _| euc_kr(&FINE.replace("1,500", "10"))).await;
    let (empty, _) = server(|_, _| euc_kr(EMPTY)).await;
    for (base, name, counts, failures) in [
        (&found, "두부", (1, 0), vec![0.0, 0.0]),
        // The second call failed.
        (&refused, "두부", (0, 0), vec![0.0, 1.0]),
        // Products without a price are an answer.
        (&unpriced, "두부", (0, 1), vec![0.0]),
        (&empty, "tofu", (0, 0), vec![0.0]),
        (&empty, "\u{1F96C}", (0, 0), vec![0.0]),
    ] {
        let (answer, failed) = search(&elevenst(base, &[KEY]).await, name).await;
        let answer = answer.unwrap();
        assert_eq!((answer.offers().len(), answer.without_price()), counts, "{name}");
        assert_eq!(failed, failures, "{name}");
    }
}
