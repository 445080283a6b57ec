//! The servers as a client finds them: address, key, quota, faults.

use std::time::Duration;

use super::{
    super::{Quota, When, gateway},
    *,
};

async fn start(behaviour: impl Fn(PriceSource) -> Behaviour) -> (Keys, Sources) {
    let keys = Keys::new();
    let sources = Sources::start(&PriceSource::ALL, &keys, behaviour).await.unwrap();
    (keys, sources)
}

/// Status and bytes of an answer.
async fn get(url: &str, query: &[(&str, &str)]) -> (u16, Vec<u8>) {
    // The second test to ask finds it installed.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).query(query).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

fn url(sources: &Sources, source: PriceSource, below: &str) -> String {
    format!("{}{below}", sources.base_url(source).unwrap())
}

#[tokio::test]
async fn every_source_answers_below_its_own_path_to_its_own_key() {
    let (keys, sources) = start(|_| Behaviour::default()).await;
    let portal = keys.data_go_kr.as_str();

    let shop = url(&sources, PriceSource::Elevenst, "/openapi/OpenApiService.tmall");
    let search = [("key", keys.elevenst.as_str()), ("apiCode", "ProductSearch"), ("keyword", "버터")];
    let (status, bytes) = get(&shop, &search).await;
    let (text, _, _) = encoding_rs::EUC_KR.decode(&bytes);
    assert!(status == 200 && text.contains("<b>버터</b>"), "{text}");
    let (status, bytes) =
        get(&shop, &[("key", "wrong"), ("apiCode", "ProductSearch"), ("keyword", "버터")]).await;
    assert_eq!((status, bytes), (200, elevenst::unregistered_key().body));

    let goods = url(&sources, PriceSource::Chamgagyeok, "/getProductInfoSvc.do");
    assert!(goods.contains("/B551919/ProductPriceInfoService/"), "{goods}");
    assert_eq!(get(&goods, &[("ServiceKey", portal)]).await.0, 200);
    assert_eq!(get(&goods, &[("ServiceKey", "wrong")]).await.0, 403);
    assert_eq!(get(&goods, &[]).await.0, 404);
    let nowhere = url(&sources, PriceSource::Chamgagyeok, "/getProductInfoSvc");
    assert_eq!(get(&nowhere, &[("ServiceKey", portal)]).await.0, 404);

    let price = url(&sources, PriceSource::Kamis, "/price");
    let item = [("serviceKey", portal), ("returnType", "json"), ("cond[item_cd::EQ]", "245")];
    assert_eq!(get(&price, &item).await.0, 200);
    let calls = sources.get(PriceSource::Kamis).calls();
    assert_eq!(calls[0].subject, "price 245");
}

#[tokio::test]
async fn a_quota_is_refused_in_the_provider_s_own_words() {
    let with_quota = |per_second, per_day| Behaviour::default().with_quota(Quota { per_second, per_day });
    let (keys, sources) = start(|source| match source {
        PriceSource::Kamis => with_quota(None, Some(1)),
        _ => with_quota(Some(2), None),
    })
    .await;
    let key = [("serviceKey", keys.data_go_kr.as_str()), ("returnType", "json")];
    let price = url(&sources, PriceSource::Kamis, "/price");
    assert_eq!(get(&price, &key).await.0, 200);
    let (status, body) = get(&price, &key).await;
    assert!(status == 429 && String::from_utf8(body).unwrap().contains(">22<"));

    let goods = url(&sources, PriceSource::Chamgagyeok, "/getProductInfoSvc.do");
    let mut refused = 0;
    for _ in 0..3 {
        let (status, body) = get(&goods, &key).await;
        refused += usize::from(status == 429 && String::from_utf8(body).unwrap().contains(">23<"));
    }
    let stub = sources.get(PriceSource::Chamgagyeok);
    // On a machine so slow that three calls take a second, none is one too many.
    let most = stub.most_in_a_second();
    assert_eq!(refused, most.saturating_sub(2));
    assert_eq!(stub.count(), 3);
    stub.behave(Behaviour::default());
    assert_eq!(stub.most_in_a_second(), 0);
}

#[tokio::test]
async fn a_fault_applies_to_the_calls_about_its_subject() {
    let faulty = Behaviour::with_latency(Duration::from_millis(1))
        .with_fault(When::About("getProductPriceInfoSvc 5202".to_owned()), gateway::expired_key());
    let (keys, sources) = start(|_| faulty.clone()).await;
    let prices = url(&sources, PriceSource::Chamgagyeok, "/getProductPriceInfoSvc");
    let of =
        |good| [("serviceKey", keys.data_go_kr.as_str()), ("goodId", good), ("goodInspectDay", "20261113")];
    assert_eq!(get(&prices, &of("5202")).await.0, 403);
    assert_eq!(get(&prices, &of("5203")).await.0, 200);
}

#[test]
fn keys_are_new_and_the_portal_s_is_one() {
    let (keys, others) = (Keys::new(), Keys::new());
    for source in PriceSource::ALL {
        assert_ne!(keys.of(source), others.of(source), "{source}");
        assert_eq!(keys.of(source).len(), source.facts().keys.len(), "{source}");
    }
    assert_eq!(keys.of(PriceSource::Kamis), keys.of(PriceSource::Chamgagyeok));
    assert!(keys.data_go_kr.contains(['+', '/', '=']));
}

#[tokio::test]
async fn only_who_is_asked_is_there() {
    let asked = [PriceSource::Kamis];
    let sources = Sources::start(&asked, &Keys::new(), |_| Behaviour::default()).await.unwrap();
    let there = PriceSource::ALL.map(|source| sources.base_url(source).is_some());
    assert_eq!(there, [false, false, false, true]);
    assert_eq!(sources.get(PriceSource::Naver).count(), 0);
}
