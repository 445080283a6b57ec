//! The program as a process: keys from a pipe, sources on loopback.

#![expect(clippy::unwrap_used, reason = "a test's helper is a test")]

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    process::{Command, Stdio},
    thread,
};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_prices");
const KEY: &str = "s3cret+key/with==";

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn prices(args: &[&str], stdin: &[u8]) -> Ended {
    let mut child = Command::new(PROGRAM)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // After bad arguments it reads nothing.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server with (part of the call's first line, status, content type, body) by priority. `{call}` in a body is the call.
fn server(script: &'static [(&'static str, u16, &'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let line = head.lines().next().unwrap_or_default();
            let Some((_, status, kind, body)) = script.iter().find(|(part, ..)| line.contains(part)) else {
                continue;
            };
            if *status == 0 {
                // No reply.
                thread::spawn(move || stream.read(&mut [0; 64]));
                continue;
            }
            let body = body.replace("{call}", &head.replace('&', "&amp;"));
            let (bytes, _, _) = if kind.contains("euc-kr") {
                encoding_rs::EUC_KR.encode(&body)
            } else {
                encoding_rs::UTF_8.encode(&body)
            };
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                bytes.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes));
        }
    });
    base
}

fn probe(source: &str, base: &str, more: &[&str], stdin: &str) -> Ended {
    let asked = ["probe", "--source", source, "--ingredient", "두부", "--base-url", base];
    let ended = prices(&[&asked, more].concat(), stdin.as_bytes());
    for text in [&ended.stdout, &ended.stderr] {
        for spelling in [KEY, "s3cret%2Bkey%2Fwith%3D%3D", "s3cret%2bkey", "s3cret"] {
            assert!(!text.contains(spelling), "the key is shown: {text}");
        }
    }
    ended
}

const JSON: &str = "application/json;charset=UTF-8";
const XML: &str = "text/xml;charset=UTF-8";
const FINE: &str = r#"{"items":[{"title":"<b>두부</b> 300g","link":"https://shop.example/1","lprice":"1500","mallName":"두부 가게"}]}"#;
const ELEVENST: &str = "<?xml version='1.0' encoding='euc-kr'?><ProductSearchResponse><Products><TotalCount>1</TotalCount><Product><ProductCode>1</ProductCode><ProductName><![CDATA[찌개용 두부 300g]]></ProductName><ProductPrice>2100</ProductPrice><SalePrice>1900</SalePrice><SellerNick>두부나라</SellerNick><DetailPageUrl>http://www.11st.co.kr/1</DetailPageUrl></Product></Products></ProductSearchResponse>";

#[track_caller]
fn check_shows(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part}: {text}");
    }
}

#[test]
fn a_call_of_naver_is_shown_without_its_two_keys() {
    let base = server(&[("shop.json", 200, JSON, FINE)]);
    let ended = probe("naver", &base, &[], &format!("an-id-that-is-secret\n{KEY}\n"));
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    assert!(!ended.stdout.contains("an-id-that-is-secret"), "{}", ended.stdout);
    let shown =
        ["call 1  GET", "> x-naver-client-secret: (key)", "status 200", "두부 가게", "cheapest  1500 KRW"];
    check_shows(&ended.stdout, &shown);
}

#[test]
fn a_call_of_elevenst_is_shown_decoded_without_its_key() {
    let base = server(&[("ProductSearch", 200, "text/xml;charset=euc-kr", ELEVENST)]);
    let ended = probe("elevenst", &base, &["--output", "json"], KEY);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let call = &report["calls"][0];
    assert!(call["url"].as_str().unwrap().contains("key=(key)"), "{call}");
    assert_eq!(call["answer"]["charset"], "EUC-KR");
    assert!(call["answer"]["body"].as_str().unwrap().contains("찌개용 두부"));
    assert_eq!(report["found"]["offers"][0]["priceKrw"], 1_900);
    assert_eq!(report["error"], Value::Null);
}

/// The last Friday in Korea: a day on which there may have been a survey.
#[expect(clippy::disallowed_methods, reason = "the program that is started has a clock of its own")]
fn last_friday() -> String {
    let korea = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let today = jiff::Timestamp::now().to_zoned(korea).date();
    let since = today.weekday().since(jiff::civil::Weekday::Friday);
    let friday = today.checked_sub(jiff::Span::new().days(i64::from(since))).unwrap();
    friday.strftime("%Y%m%d").to_string()
}

#[test]
fn every_call_of_chamgagyeok_is_shown() {
    // The server outlives the test.
    let prices: &str = Box::leak(format!(
                "<response><result><iros.openapi.service.vo.goodPriceVO><goodInspectDay>{}</goodInspectDay><entpId>7</entpId><goodId>966</goodId><goodPrice>1980</goodPrice></iros.openapi.service.vo.goodPriceVO></result><resultCode>00</resultCode></response>",
                last_friday()
            ).into_boxed_str());
    let base = server(Box::leak(Box::new([
        (
            "getProductInfoSvc",
            200,
            XML,
            "<response><result><item><goodId>966</goodId><goodName>행복한콩 찌개두부(300g)</goodName><goodSmlclsCode>030201008</goodSmlclsCode><goodTotalCnt>300</goodTotalCnt><goodTotalDivCode>G</goodTotalDivCode><goodBaseCnt>100</goodBaseCnt><goodUnitDivCode>G</goodUnitDivCode></item></result><resultCode>00</resultCode></response>",
        ),
        (
            "getStoreInfoSvc",
            200,
            XML,
            "<response><result><iros.openapi.service.vo.entpInfoVO><entpId>7</entpId><entpName>두부마트</entpName></iros.openapi.service.vo.entpInfoVO></result><resultCode>00</resultCode></response>",
        ),
        ("getProductPriceInfoSvc", 200, XML, prices),
    ])));
    let ended = probe("chamgagyeok", &base, &["--output", "json"], KEY);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let calls = report["calls"].as_array().unwrap();
    for part in ["getProductInfoSvc", "getProductPriceInfoSvc"] {
        assert!(calls.iter().any(|call| call["url"].as_str().unwrap().contains(part)), "{calls:?}");
    }
    assert_eq!(ended.code, Some(0), "{report:#}");
    assert_eq!(report["found"]["offers"][0]["vendor"], "두부마트");
}

#[test]
fn an_echo_of_the_key_is_not_shown() {
    let base = server(&[(
        "",
        200,
        XML,
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR {call}</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>",
    )]);
    for more in [&[][..], &["--output", "json"]] {
        // A name that the source knows, so that it is asked.
        let ended = probe("kamis", &base, &[&["--seconds", "5"], more].concat(), KEY);
        assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
        check_shows(&ended.stdout, &["(key)"]);
    }
}

#[test]
fn a_source_that_is_unreachable_or_slow_is_no_answer() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = probe("elevenst", &format!("http://{unused}"), &[], KEY);
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    check_shows(&ended.stdout, &["no answer: "]);
    let slow = server(&[("", 0, "", "")]);
    let ended = probe("elevenst", &slow, &["--seconds", "1"], KEY);
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    check_shows(&ended.stdout, &["no complete answer in time"]);
}

#[test]
fn bad_input_is_refused_with_a_hint() {
    let fine = "http://127.0.0.1:1";
    for (source, base, stdin, message) in [
        ("elevenst", fine, "", "no key was given: Open API key"),
        ("naver", fine, "only-an-id\n", "no key was given: client secret"),
        ("elevenst", fine, "two words\n", "invalid characters in the key: "),
        ("elevenst", "http://example.com", KEY, "invalid base URL of a source: http://example.com"),
    ] {
        let ended = probe(source, base, &["--output", "json"], stdin);
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains(message) && ended.stderr.contains("hint"), "{}", ended.stderr);
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(report["error"]["exitCode"], 2);
    }
    let ended = prices(&["probe", "--source", "danawa", "--ingredient", "두부"], b"");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
}

#[test]
fn names_are_matched_step_by_step() {
    let ended = prices(&["match", "무염 버터", "아보카도"], b"");
    assert_eq!(ended.code, Some(0));
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn goods_are_read_from_an_answer_or_from_lines() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let xml = "<response><result><item><goodId>1</goodId><goodName>두부(1모)</goodName><goodSmlclsCode>030201008</goodSmlclsCode></item></result></response>";
    for path in
        [write("goods.xml", xml.as_bytes()), write("goods.tsv", "1\t두부(1모)\t030201008\t\n".as_bytes())]
    {
        let ended = prices(&["match", "두부", "--goods", &path, "--output", "json"], b"");
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!((ended.code, &report["goods"]["count"]), (Some(0), &Value::from(1)));
        assert_eq!(report["names"][0]["chosen"][0]["id"], "1");
    }
    for path in [
        write("half.xml", b"<response><result>"),
        write("empty", b""),
        write("bytes", b"\xff\xfe1\t2"),
        "/no/such/file".to_owned(),
    ] {
        let ended = prices(&["match", "두부", "--goods", &path], b"");
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{path}");
        assert!(ended.stderr.contains("hint"), "{}", ended.stderr);
    }
}

#[test]
fn the_score_is_printed_as_json() {
    let ended = prices(&["score", "--output", "json"], b"");
    let scores: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(scores["all"]["names"].as_u64().unwrap() >= 140);
    assert!(scores["all"]["precision"].as_f64().unwrap() >= 0.98);
}
