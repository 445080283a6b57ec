//! The adapter against servers on this machine that answer as Naver does.

use super::*;
use crate::testing::test_server::{Vault, access, script, search, told};

const FINE: &str =
    r#"{"items":[{"title":"<b>두부</b>","lprice":"1500","mallName":"가게","link":"https://a/b"}]}"#;

async fn naver(base: &BaseUrl, keys: &[&str]) -> Naver {
    Naver::new(base, access(Vault::new(keys), &["id", "secret"]).await).unwrap()
}

#[tokio::test]
async fn the_call_has_ten_products_by_similarity_and_the_keys_in_sensitive_headers() {
    let (base, calls) = script(&[(200, FINE)]).await;
    let (answer, failures) = search(&naver(&base, &[" an-id\n", "a-secret"]).await, "두부").await;
    assert_eq!(answer.unwrap().offers()[0].product_name, "두부");
    assert_eq!(failures, [0.0]);
    let calls = calls.lock().unwrap();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(call.path, "/v1/search/shop.json");
    let query = [("display", "10"), ("query", "두부"), ("sort", "sim"), ("start", "1")];
    assert!(call.query.iter().map(|(name, value)| (&**name, &**value)).eq(query));
    assert_eq!(call.headers["X-Naver-Client-Id"], "an-id");
    assert_eq!(call.headers["X-Naver-Client-Secret"], "a-secret");
    let headers = headers(&Keys::of(["an-id", "a-secret"])).unwrap();
    assert!(!format!("{headers:?}").contains("a-secret"), "{headers:?}");
}

#[tokio::test]
async fn no_other_status_is_an_answer_also_where_the_body_would_read_as_one() {
    for (replies, calls) in
        [(&[(201, FINE)], 1), (&[(206, FINE)], 1), (&[(299, FINE)], 1), (&[(503, FINE)], 4)]
    {
        let (base, _) = script(replies).await;
        let (answer, failures) = search(&naver(&base, &["a", "b"]).await, "두부").await;
        answer.unwrap_err();
        assert_eq!(failures, vec![1.0; calls]);
    }
}

#[tokio::test]
async fn limits_keys_and_the_end_of_the_search_are_told_with_a_hint_and_the_right_number_of_calls() {
    for (status, body, calls, expect) in [
        (
            429,
            r#"{"errorMessage":"Rate limit exceeded.","errorCode":"012"}"#,
            4,
            "too many calls a second: status 429, code 012",
        ),
        (
            429,
            r#"{"errorMessage":"Query limit exceeded.","errorCode":"010"}"#,
            1,
            "too many calls a day: status 429, code 010",
        ),
        (
            401,
            r#"{"errorMessage":"Authentication failed for an-id, 두부","errorCode":"024"}"#,
            2,
            "credentials refused: status 401, code 024: Authentication failed for (key), (name)",
        ),
        (
            404,
            r#"{"errorMessage":"Invalid search api","errorCode":"SE05"}"#,
            1,
            "search has ended: status 404, code SE05",
        ),
    ] {
        let replies = Box::leak(Box::new([(status, body)]));
        let (base, _) = script(replies).await;
        let (answer, failures) = search(&naver(&base, &["an-id"]).await, "두부").await;
        let told = told(&answer.unwrap_err());
        assert!(
            told.starts_with(&format!("naver gave no answer: {expect}")) && told.contains("hint: "),
            "{told}"
        );
        assert_eq!(failures, vec![1.0; calls], "{told}");
    }
}

#[tokio::test]
async fn a_key_that_fits_no_header_calls_nobody_and_is_not_shown() {
    let (base, calls) = script(&[(200, FINE)]).await;
    let error = search(&naver(&base, &["an-id", "two\nlines"]).await, "두부").await.0.unwrap_err();
    let told = told(&error);
    assert_eq!(told, "naver gave no answer: credential cannot be sent in a header: client secret");
    assert!(calls.lock().unwrap().is_empty());
}
