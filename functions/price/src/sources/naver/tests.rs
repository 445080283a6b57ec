//! The adapter against a server on loopback that answers as Naver does.

use super::*;
use crate::testing::test_server::{ChangingKeys, access, script, search};

const FINE: &str =
    r#"{"items":[{"title":"<b>두부</b>","lprice":"1500","mallName":"가게","link":"https://a/b"}]}"#;

async fn naver(base: &BaseUrl, keys: &[&str]) -> Naver {
    Naver::new(base, access(ChangingKeys::new(keys), &["id", "secret"]).await).unwrap()
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
