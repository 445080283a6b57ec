//! The two keys of a call: read again when they were changed, once for many calls, and never sent where they do not fit.

use super::*;

#[tokio::test]
async fn changed_credentials_are_read_again() {
    let (base, calls) = script(&[(401, UNKNOWN_KEYS), (200, FINE)]).await;
    let (answer, failures) = search(&naver(&base).await).await;
    check_fine(answer);
    assert_eq!(failures, [1.0, 0.0]);
    let sent: Vec<_> = calls
        .lock()
        .unwrap()
        .iter()
        .map(|call| call.keys.clone())
        .collect();
    assert_eq!(sent, [keys(1), keys(2)]);
}

#[tokio::test]
async fn credentials_that_stay_wrong_fail_after_one_more_try() {
    let (base, calls) = server(async |_| {
        let body =
            r#"{"error":{"errorCode":"200","message":"Authentication Failed for id-2 with secret-2"}}"#;
        json_reply(401, body)
    })
    .await;
    let message = "credentials refused: status 401, code 200: Authentication Failed for (key) with (key)";
    check_unanswered(&naver(&base).await, PriceError::PriceFetchFailed, message, 2).await;
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_burst_of_401_reads_the_credentials_once() {
    let barrier = Arc::new(Barrier::new(10));
    let (base, calls) = server(move |nth| {
        let barrier = Arc::clone(&barrier);
        async move {
            if nth >= 10 {
                return json_reply(200, FINE);
            }
            barrier.wait().await;
            json_reply(401, UNKNOWN_KEYS)
        }
    })
    .await;
    let vault = Vault::default();
    let naver = naver_with(&base, vault.clone(), Duration::from_secs(10)).await;
    join_all((0..10).map(|_| search(&naver)))
        .await
        .into_iter()
        .for_each(|(answer, _)| check_fine(answer));
    assert_eq!(vault.readings(), [2, 2]);
    assert_eq!(calls.lock().unwrap().len(), 20);
}

#[tokio::test]
async fn a_key_that_fits_no_header_calls_nobody() {
    struct Broken;
    impl SecretSource for Broken {
        fn read<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Secret, SecretError>> {
            Box::pin(async { Ok(Secret::new("two\nlines")) })
        }
    }
    let (base, calls) = script(&[(200, FINE)]).await;
    let mut naver = naver(&base).await;
    let secrets = Secrets::read(Broken, ["id".to_owned(), "secret".to_owned()]);
    naver.caller.secrets = secrets.await.unwrap().into();
    check_unanswered(
        &naver,
        PriceError::PriceFetchFailed,
        "credential cannot be sent in a header: client id",
        0,
    )
    .await;
    assert!(calls.lock().unwrap().is_empty());
}
