//! The rule at work: step by step over few products, and over anything at all.

mod table;

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Goods by name and class; their number is their place.
fn of(names: &[(&str, &str)]) -> Vec<SurveyProduct> {
    let product = |(index, (name, class)): (usize, &(&str, &str))| SurveyProduct {
        id: index.to_string(),
        name: (*name).to_owned(),
        class: (*class).to_owned(),
        ..SurveyProduct::default()
    };
    names.iter().enumerate().map(product).collect()
}

/// A name among products of its own class, each alone in it: which of them it means.
#[track_caller]
fn check(name: &str, among: &[&str], expect: &[&str]) {
    check_in("03020", name, among, expect);
}

#[track_caller]
fn check_in(class: &str, name: &str, among: &[&str], expect: &[&str]) {
    let classes: Vec<_> = (0..among.len()).map(|n| format!("{class}{n:04}")).collect();
    let pairs: Vec<_> = among
        .iter()
        .copied()
        .zip(classes.iter().map(String::as_str))
        .collect();
    check_pairs(name, &pairs, expect);
}

#[track_caller]
fn check_pairs(name: &str, products: &[(&str, &str)], expect: &[&str]) {
    let products = of(products);
    let found: Vec<_> = matches(name, &products)
        .iter()
        .map(|&at| products[at].name.as_str())
        .collect();
    assert_eq!(found, expect, "{name}: {:#?}", explain(name, &products));
}

#[test]
fn a_whole_word_matches_and_a_part_of_one_does_not() {
    check(
        "버터",
        &["서울우유 버터(450g)", "버터롤 클래식", "버터와플 쿠키"],
        &["서울우유 버터(450g)"],
    );
    check("새우", &["농심 새우깡(90g)", "풀무원 통새우 볶음밥"], &[]);
    check_in(
        "03010",
        "무",
        &["무(줄기 없는 무, 1.5kg)", "열무(1단)", "단무지(400g)"],
        &["무(줄기 없는 무, 1.5kg)"],
    );
    check("무", &["알라 무염버터(400g)"], &[]);
    check_in(
        "03010",
        "배",
        &["배추(1.5~2kg)", "배(신고)", "양배추"],
        &["배(신고)"],
    );
    check_in("03010", "콩", &["콩나물(300g)", "행복한콩 콩나물(300g)"], &[]);
    check("마늘", &["의성마늘 한입슬라이스햄(60g)", "마늘햄(60g)"], &[]);
}

#[test]
fn words_in_front_tell_more_or_make_another_thing() {
    check(
        "버터",
        &["알라 무염버터(400g)", "해태 땅콩버터(300g)", "땅콩 버터(300g)"],
        &["알라 무염버터(400g)"],
    );
    check(
        "땅콩버터",
        &["알라 무염버터(400g)", "땅콩 버터(300g)"],
        &["땅콩 버터(300g)"],
    );
    check(
        "두부",
        &[
            "풀무원 찌개용 두부(300g)",
            "국산콩두부 부침용",
            "순두부(350g)",
            "두부과자",
        ],
        &["풀무원 찌개용 두부(300g)", "국산콩두부 부침용"],
    );
    check(
        "순두부",
        &["국산콩 순두부(350g)", "연두부(250g)"],
        &["국산콩 순두부(350g)"],
    );
    check(
        "설탕",
        &["백설 하얀설탕(1kg)", "백설 흑설탕(1kg)"],
        &["백설 하얀설탕(1kg)"],
    );
    check_in(
        "03010",
        "파",
        &["양파(1kg)", "쪽파", "파프리카(1개)", "대파(1단)"],
        &["대파(1단)"],
    );
    check_in("03010", "배추", &["양배추", "알배추(1개)"], &[]);
}

#[test]
fn a_class_speaks_for_a_word_that_nobody_knows() {
    let butter = "030203011";
    let of_butter = [
        ("서울우유 버터(450g)", butter),
        ("상하목장 슬로우버터 무염(100g)", butter),
    ];
    check_pairs(
        "버터",
        &of_butter,
        &["서울우유 버터(450g)", "상하목장 슬로우버터 무염(100g)"],
    );
    check("버터", &["이상한나라 코끼리버터(100g)", "버터 쿠키(80g)"], &[]);
    // A class that is mostly something else, and one that is too coarse to tell.
    let mixed = "030204001";
    check_pairs(
        "버터",
        &[
            ("버터(1g)", mixed),
            ("사탕", mixed),
            ("별사탕", mixed),
            ("엿", mixed),
            ("달버터(2g)", mixed),
        ],
        &["버터(1g)"],
    );
    check_pairs(
        "버터",
        &[("버터(1g)", "0302"), ("슬로우버터(2g)", "0302")],
        &["버터(1g)"],
    );
    // What stands behind, in one class and alike, is the thing.
    let rice_cakes = "030201031";
    check_pairs(
        "쌀",
        &[
            ("풀무원 쌀 국물떡볶이", rice_cakes),
            ("미정당 쌀 국물떡볶이", rice_cakes),
        ],
        &[],
    );
    let fish_cakes = "030202002";
    let of_fish = [
        ("대림선어묵 부산어묵 마당놀이", fish_cakes),
        ("삼호어묵 안심얇은사각", fish_cakes),
        ("삼호어묵 정통어묵탕", fish_cakes),
    ];
    check_pairs(
        "어묵",
        &of_fish,
        &["삼호어묵 안심얇은사각", "대림선어묵 부산어묵 마당놀이"],
    );
}

#[test]
fn a_maker_is_no_good_and_a_taste_is_none() {
    check(
        "우유",
        &[
            "서울우유 버터(450g)",
            "서울우유 흰우유(1L)",
            "매일우유 오리지널(900ml)",
        ],
        &["서울우유 흰우유(1L)", "매일우유 오리지널(900ml)"],
    );
    check(
        "우유",
        &[
            "바나나맛우유(240ml)",
            "딸기 우유(200ml)",
            "덴마크 산양우유(750ml)",
        ],
        &[],
    );
    check_pairs(
        "사과",
        &[
            ("불가리스 사과(4개)", "030203008"),
            ("새콤 사과(1L)", "030206008"),
        ],
        &[],
    );
    check_pairs(
        "오징어",
        &[
            ("버터구이 오징어(120g)", "030205003"),
            ("오리온 오징어땅콩(98g)", "030205003"),
        ],
        &[],
    );
    check(
        "땅콩",
        &["오리온 오징어땅콩(98g)", "머거본 볶음땅콩(300g)"],
        &["머거본 볶음땅콩(300g)"],
    );
    check("양파", &["카레여왕 구운마늘&양파(108g)"], &[]);
}

#[test]
fn what_a_dish_or_a_milk_is_named_after_is_not_the_good() {
    for (name, product) in [
        ("새우", "해태 고향만두 새우(400g)"),
        ("새우", "농심 새우(5개입)"),
        ("멸치", "샘표 국시장국 멸치(800ml)"),
        ("커피", "서울우유 커피(300ml)"),
        ("고추장", "동원 참치 고추장(100g)"),
        ("우유", "푸르밀 검은콩이 들어있는 우유(1L)"),
        ("라면사리", "신라면(5개입)"),
    ] {
        check(name, &[product], &[]);
    }
    let noodles = ["오뚜기 짬뽕 홍합(5개입)", "진라면", "안성탕면"].map(|name| (name, "030201011"));
    check_pairs("홍합", &noodles, &[]);
    check(
        "밀가루",
        &["백설 박력 밀가루", "큐원 강력 밀가루", "곰표 중력 밀가루"],
        &["곰표 중력 밀가루", "백설 박력 밀가루", "큐원 강력 밀가루"],
    );
}

#[test]
fn fresh_before_processed_and_never_household() {
    check_pairs(
        "마늘",
        &[
            ("오뚜기 다진마늘(100g)", "030204030"),
            ("마늘(깐마늘, 100g)", "030102016"),
        ],
        &["마늘(깐마늘, 100g)"],
    );
    check_pairs(
        "마늘",
        &[("오뚜기 다진마늘(100g)", "030204030")],
        &["오뚜기 다진마늘(100g)"],
    );
    check_pairs("레몬", &[("레몬(1개)", "030301021"), ("레몬", "0303")], &[]);
    check_pairs(
        "두부",
        &[("두부(1모)", "9999"), ("두부(2모)", "")],
        &["두부(1모)", "두부(2모)"],
    );
}

#[test]
fn a_name_may_say_how_much_and_how_it_is_prepared() {
    let onion = &["양파(껍질 있는 망포장, 1.5kg)"];
    for name in [
        "양파",
        "양파 1/2개",
        "양파1개",
        "다진 양파",
        "잘게 다진 양파",
        "채 썬 양파",
        "양파(채 썬 것)",
        "양파 약간",
        " 양 파 ",
        "양파 또는 대파",
        "국산 양파",
        "깐양파",
        "1개 양파",
    ] {
        check_in("03010", name, onion, onion);
    }
    for name in [
        "양파즙",
        "적양파",
        "양파가루",
        "",
        " ",
        "()",
        "1/2",
        "약간",
        "다진",
    ] {
        check_in("03010", name, onion, &[]);
    }
}

#[test]
fn decomposed_names_are_composed() {
    let decomposed: String = "양파".nfd().collect();
    check_in("03010", &decomposed, &["양파(1kg)"], &["양파(1kg)"]);
    let products = [("양파(1kg)".nfd().collect::<String>(), "030102002")];
    assert_eq!(matches("양파", &of(&[(&products[0].0, products[0].1)])), [0]);
    assert_eq!(normalised(&decomposed), "양파");
}

#[test]
fn names_of_one_thing_find_each_other() {
    check_in(
        "03010",
        "달걀",
        &["CJ 1등급 깨끗한 계란(15개)"],
        &["CJ 1등급 깨끗한 계란(15개)"],
    );
    check_in(
        "03010",
        "소고기",
        &["쇠고기 등심(1등급, 100g)"],
        &["쇠고기 등심(1등급, 100g)"],
    );
    check_in(
        "03010",
        "돼지 목살",
        &["돼지고기 목살(100g)", "돼지고기 삼겹살(100g)"],
        &["돼지고기 목살(100g)"],
    );
    check_in("03010", "돼지고기 등심", &["쇠고기 등심(100g)"], &[]);
    check(
        "식용유",
        &["백설 콩기름(1.5L)", "해표 식용유(900ml)", "참기름"],
        &["해표 식용유(900ml)", "백설 콩기름(1.5L)"],
    );
}

#[test]
fn what_a_name_says_goods_say_too_where_one_does() {
    let butters = &["서울우유 버터(450g)", "알라 무염버터(400g)"];
    check("무염 버터", butters, &["알라 무염버터(400g)"]);
    check("가염 버터", butters, &["서울우유 버터(450g)"]);
    check("무염 버터", &["서울우유 버터(450g)"], &["서울우유 버터(450g)"]);
    check("찌개용 두부", &["찌개두부", "부침두부"], &["찌개두부"]);
    check_in(
        "03010",
        "밤고구마",
        &[
            "고구마(껍질 있는 밤고구마, 100g)",
            "고구마(껍질 있는 호박고구마, 100g)",
        ],
        &["고구마(껍질 있는 밤고구마, 100g)"],
    );
    check_in("03010", "고등어 통조림", &["고등어(생물)"], &[]);
}

#[test]
fn the_way_is_explained() {
    let products = of(&[
        ("알라 무염버터(400g)", "030203011"),
        ("땅콩버터(300g)", "030204015"),
        ("버터롤(3개)", "030201001"),
        ("버터 세제", "030302001"),
    ]);
    insta::assert_json_snapshot!(explain("녹인 무염 버터(실온) 20g", &products));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_matched_without_harm(
        name in any::<String>(),
        titles in prop::collection::vec((any::<String>(), "030[1-4][0-9]{0,5}"), 0..8),
    ) {
        let pairs: Vec<_> = titles.iter().map(|(name, class)| (name.as_str(), class.as_str())).collect();
        let products = of(&pairs);
        let found = matches(&name, &products);
        let once: BTreeSet<_> = found.iter().collect();
        prop_assert_eq!(once.len(), found.len());
        prop_assert!(found.iter().all(|&at| products.get(at).is_some_and(|product| !product.class.starts_with("0303"))));
        prop_assert!(normalised(&name).chars().count() <= MAX_NAME_CHARS);
        prop_assert_eq!(normalised(&name).is_empty(), name.is_empty());
    }

    #[test]
    fn words_of_the_rule_in_any_order_do_no_harm(
        name in prop::collection::vec(prop::sample::select(vec!["다진", "무염", "버터", "땅콩", "파", "(", ")", "2개", "김", "통", "통조림", "돼지", "목살", "또는"]), 0..6),
        titles in prop::collection::vec(prop::collection::vec(prop::sample::select(vec!["버터", "땅콩", "무염", "(", ")", "파", "&", "돼지고기", "목살", "용", "1L", "GT"]), 0..6), 0..8),
    ) {
        let titles: Vec<_> = titles.iter().map(|words| words.concat()).collect();
        let pairs: Vec<_> = titles.iter().map(|name| (name.as_str(), "030203011")).collect();
        let products = of(&pairs);
        let found = matches(&name.join(" "), &products);
        prop_assert_eq!(&found, &matches(&name.join("  "), &products));
        prop_assert!(found.iter().all(|&at| at < products.len()));
    }
}
