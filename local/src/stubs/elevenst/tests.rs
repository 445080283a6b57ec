//! The protocol: what is asked, what is refused, what an answer looks like.

use axum::http::Uri;

use super::{
    products::{DECOY_KRW, Product},
    *,
};

fn asked(query: &str) -> Result<Answer, Answer> {
    let uri: Uri = format!("http://a/?{query}").parse().unwrap();
    answer(&Parameters::of(&uri))
}

fn text(answer: &Answer) -> String {
    let (text, _, malformed) = encoding_rs::EUC_KR.decode(&answer.body);
    assert!(!malformed);
    text.into_owned()
}

#[test]
fn an_answer_is_euc_kr_and_says_so() {
    let found = asked("apiCode=ProductSearch&keyword=%EB%B2%84%ED%84%B0&pageSize=20").unwrap();
    let text = text(&found);
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"EUC-KR\"?>"), "{text}");
    assert!(std::str::from_utf8(&found.body).is_err());
    assert_eq!(text.matches("<Product>").count(), 20.min(products("버터", SortOrder::Recommended).len()));
    assert!(text.contains("<b>버터</b>"), "{text}");
    let in_cp949 = asked("apiCode=ProductSearch&keyword=%B9%F6%C5%CD&pageSize=20").unwrap();
    assert_eq!(found, in_cp949);
}

#[test]
fn what_is_asked_is_checked() {
    for (query, code) in [
        ("keyword=a", "900"),
        ("apiCode=productsearch&keyword=a", "900"),
        ("apiCode=ProductSearch", "901"),
        ("apiCode=ProductSearch&keyword=%20", "901"),
        ("apiCode=ProductSearch&keyword=%FF%FF", "901"),
        ("apiCode=ProductSearch&keyword=a&pageSize=0", "901"),
        ("apiCode=ProductSearch&keyword=a&pageSize=201", "901"),
        ("apiCode=ProductSearch&keyword=a&pageNum=0", "901"),
        ("apiCode=ProductSearch&keyword=a&sortCd=X", "901"),
    ] {
        let refused = asked(query).unwrap_err();
        assert_eq!(refused.status, 200, "{query}");
        assert!(text(&refused).contains(&format!("<ErrorCode>{code}</ErrorCode>")), "{query}");
    }
}

#[test]
fn some_names_have_no_offer() {
    for name in UNKNOWN {
        assert!(is_unknown(name) && is_unknown(&format!(" {name} ")), "{name}");
    }
    assert!(is_unknown("유니콘고기") && !is_unknown("유니콘") && !is_unknown("양파"));
    assert!(text(&no_products()).contains("<TotalCount>0</TotalCount></Products>"));
}

#[test]
fn popular_is_not_cheap_and_the_cheapest_is_a_decoy() {
    let popular = products("버터", SortOrder::Recommended);
    let prices: Vec<_> = popular.iter().map(Product::price_krw).collect();
    assert!(!prices.is_sorted());
    assert_eq!(prices.iter().filter(|&&krw| krw == DECOY_KRW).count(), 1);
    let cheapest: Vec<_> = products("버터", SortOrder::Cheapest).iter().map(Product::price_krw).collect();
    assert!(cheapest.is_sorted());
    assert_eq!(cheapest[0], DECOY_KRW);
    let dearest = products("버터", SortOrder::Dearest);
    assert!(dearest.iter().rev().map(Product::price_krw).is_sorted());
}

#[test]
fn every_shape_of_a_product_is_there() {
    let all: String = products("버터", SortOrder::Recommended).iter().map(Product::xml).collect();
    for shape in [
        "<SalePrice>0</SalePrice>",
        "<SalePrice></SalePrice>",
        "]]></DetailPageUrl><Delivery>",
        "<![CDATA[http://",
        "<![CDATA[https://",
        "</ProductImage300><Text1><![CDATA[]]></Text1><SellerGrd>",
        "<Text1><![CDATA[]]></Text1><Seller>",
        "<SellerNick>",
    ] {
        assert!(all.contains(shape), "{shape}: {all}");
    }
    let priced = |tag: &str| {
        all.split(tag).skip(1).any(|rest| rest.split('<').next().is_some_and(|text| text.contains(',')))
    };
    assert!(priced("<ProductPrice>") && priced("<SalePrice>"));
}

#[test]
fn pages_follow_each_other() {
    let page = |number: usize| {
        text(&asked(&format!("apiCode=ProductSearch&keyword=a&pageSize=5&pageNum={number}")).unwrap())
    };
    assert_ne!(page(1), page(2));
    assert_eq!(page(1).matches("<Product>").count(), 5);
    assert_eq!(page(1_000).matches("<Product>").count(), 0);
}

#[test]
fn a_name_outside_of_the_charset_is_still_a_name() {
    let found = asked("apiCode=ProductSearch&keyword=%F0%9F%A5%9A%3Cb%3E").unwrap();
    assert!(text(&found).contains("<b>&#129370;&lt;b&gt;</b>"), "{}", text(&found));
}
