//! What the living price sources send: 11번가, the gateway of data.go.kr, 참가격 and KAMIS, and the XML under some of them.

use price::{Answer, Unanswered, chamgagyeok, elevenst, kamis, offer::MAX_PRICE_KRW, xml};

use super::json::texts;
use crate::Parser;

const MARKUP: [&str; 14] = [
    "<?xml version=\"1.0\" encoding=\"EUC-KR\"?>",
    "encoding=\"utf-16\"",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b \"&c;\">]>",
    "&amp;",
    "&#x1F35C;",
    "&#xD800;",
    "&b;",
    "</",
    "/>",
    "<!--",
    "0",
    "1,234",
];

pub(super) const PARSERS: &[Parser] = &[
    Parser {
        name: "xml",
        reads: "a document in the charset that it declares",
        feed: |bytes| {
            for content_type in [
                None,
                Some("text/xml;charset=EUC-KR"),
                Some("text/xml; charset=\""),
            ] {
                if let Err(error) = xml::parse(bytes, content_type) {
                    assert!(!error.to_string().is_empty(), "refused without a word");
                }
            }
        },
        seeds: || {
            texts([
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<r a=\"b\"><c>두부 &amp; <![CDATA[<b>콩</b>]]></c><d/></r>",
                "<!-- a --><n:r><c>&#44032;</c></n:r>",
            ])
        },
        words: &MARKUP,
    },
    Parser {
        name: "elevenst-reply",
        reads: "what 11번가 answers, the status first",
        feed: |bytes| {
            let (status, body) = with_status(bytes);
            judge(&elevenst::fuzz::reply(status, None, body, NAME));
        },
        seeds: || {
            texts([
                "200 <?xml version=\"1.0\" encoding=\"UTF-8\"?><ProductSearchResponse><Products><TotalCount>2</TotalCount><Product><ProductName><![CDATA[<b>두부</b> 300g]]></ProductName><ProductPrice>2,300</ProductPrice><SalePrice>1980</SalePrice><SellerNick><![CDATA[콩가게]]></SellerNick><DetailPageUrl><![CDATA[http://www.11st.co.kr/products/1]]></DetailPageUrl></Product><Product><SalePrice>10</SalePrice></Product></Products></ProductSearchResponse>",
                "200 <ErrorResponse><ErrorCode>003</ErrorCode><ErrorMessage>tMall.unregisteredKey</ErrorMessage><ErrorDetail>순 두부 a-key-of-the-fuzzer</ErrorDetail></ErrorResponse>",
                "500 <Error><Code>1</Code><Message>%EC%88%9C+%EB%91%90%EB%B6%80 %BC%F8+%B5%CE%BA%CE</Message></Error>",
            ])
        },
        words: &[
            "ErrorResponse",
            "ProductSearchResponse",
            "Products",
            "Product",
            "SalePrice",
            "ProductPrice",
            "Seller",
            "<![CDATA[",
            "a-key-of-the-fuzzer",
            "순 두부",
            "초과",
            "일일",
            "1,234",
            "1000000000000",
        ],
    },
    Parser {
        name: "chamgagyeok-reply",
        reads: "what 참가격 or the gateway before it answers, the status first",
        feed: |bytes| {
            let (status, body) = with_status(bytes);
            judge(&chamgagyeok::fuzz::reply(status, None, body));
        },
        seeds: || {
            texts([
                "200 <response><result><a.vo.goodPriceVO><goodInspectDay>20260925</goodInspectDay><entpId>5499000001</entpId><entpName>가게</entpName><goodId>928</goodId><goodName>당근(흙당근, 100g)</goodName><goodTotalCnt>100</goodTotalCnt><goodTotalDivCode>G</goodTotalDivCode><goodPrice>291</goodPrice></a.vo.goodPriceVO></result><resultCode>00</resultCode><resultMsg>ok</resultMsg></response>",
                "200 <response><result/><resultCode>05</resultCode><resultMsg>a-key-of-the-fuzzer</resultMsg></response>",
                "429 <OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR</returnAuthMsg><returnReasonCode>22</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>",
                r#"403 {"OpenAPI_ServiceResponse":{"cmmMsgHeader":{"errMsg":"SERVICE ERROR","returnAuthMsg":"SERVICE_KEY_IS_NOT_REGISTERED_ERROR","returnReasonCode":"30"}}}"#,
                "200 Unexpected errors",
            ])
        },
        words: &[
            "resultCode",
            "result",
            "goodId",
            "goodPrice",
            "goodInspectDay",
            "20260925",
            "20991231",
            "entpId",
            "goodTotalDivCode",
            "returnReasonCode",
            "99",
            "a-key-of-the-fuzzer",
            "18446744073709551616",
        ],
    },
    Parser {
        name: "kamis-reply",
        reads: "what KAMIS answers, in the new shape or the old, the status first",
        feed: |bytes| {
            let (status, body) = with_status(bytes);
            match kamis::fuzz::reply(status, None, body, "양파") {
                Ok(Some(reference)) => {
                    assert!(
                        (1..=u64::from(MAX_PRICE_KRW)).contains(&reference.price_krw),
                        "no price"
                    );
                    assert!(
                        !reference.per.is_empty() && !reference.product_name.is_empty(),
                        "of nothing"
                    );
                    assert!(reference.as_of.0.as_str() <= "2026-10-01", "of a day to come");
                }
                Ok(None) => {}
                Err(unanswered) => told(&unanswered),
            }
        },
        seeds: || {
            texts([
                r#"200 {"response":{"header":{"resultCode":"0","resultMsg":"OK"},"body":{"totalCount":1,"items":{"item":[{"exmn_ymd":"20261001","se_cd":"01","item_cd":"245","item_nm":"양파","vrty_nm":"양파","grd_cd":"04","grd_nm":"상품","unit":"kg","unit_sz":"1","exmn_dd_prc":"2841"}]}}}}"#,
                r#"200 {"response":{"header":{"resultCode":"22","resultMsg":"a-key-of-the-fuzzer"},"body":{"items":""}}}"#,
                r#"200 {"condition":[{"p_regday":"2026-09-29"}],"data":{"error_code":"000","item":[{"item_name":"양파","kind_name":"양파(1kg)","unit":"1kg","rank_code":"04","dpr1":"1,847"}]}}"#,
                r#"200 {"data":{"error_code":"000","item":[{"itemname":null,"countyname":"평균","yyyy":"2026","regday":"09/29","price":"2,841"}]}}"#,
                r#"200 {"data":["001"]}"#,
            ])
        },
        words: &[
            "items",
            "item",
            "exmn_ymd",
            "exmn_dd_prc",
            "20261002",
            "totalCount",
            "data",
            "error_code",
            "regday",
            "평균",
            "-",
            "null",
            "a-key-of-the-fuzzer",
        ],
    },
];

/// A name that no error may repeat.
const NAME: &str = "순 두부";

fn with_status(bytes: &[u8]) -> (u16, &[u8]) {
    let digits = bytes.get(..3).unwrap_or_default();
    let status = std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok());
    (status.unwrap_or(200), bytes.get(4..).unwrap_or_default())
}

fn judge(answer: &Result<Answer, Unanswered>) {
    match answer {
        Ok(answer) => {
            for offer in answer.offers() {
                assert!(offer.price_krw.get() <= MAX_PRICE_KRW, "no price");
                assert!(!offer.vendor.is_empty(), "of nobody");
                let texts = [&offer.vendor, &offer.product_name]
                    .into_iter()
                    .chain(&offer.link);
                assert!(
                    !texts.flat_map(|text| text.chars()).any(contract::text::is_hidden),
                    "hidden characters"
                );
            }
        }
        Err(unanswered) => told(unanswered),
    }
}

fn told(unanswered: &Unanswered) {
    let said = format!("{} {unanswered:?}", unanswered.why);
    for private in ["a-key-of-the-fuzzer", NAME] {
        assert!(!said.contains(private), "it is told: {private}");
    }
}
