//! The words that the rule knows of: what says nothing about what is bought, what makes another thing of it, and which
//! names mean the same. Lists only; what is done with them does not live here.
//!
//! Korean compounds end in what they are (`무염버터` is butter, `버터롤` is a roll), so a word in front either only tells
//! more (`무염`), or makes something else (`땅콩버터`). The lists say which; a word in none of them tells nothing.

use std::sync::LazyLock;

/// Words, in no order.
pub(super) type Words = LazyLock<Vec<&'static str>>;

/// A list of the words of a text.
macro_rules! words {
    ($text:literal) => {
        LazyLock::new(|| $text.split_whitespace().collect())
    };
}

/// Cutting and washing: what is bought stays the same. Cut from the front of an ingredient's name.
pub(super) static PREPARATIONS: Words = words!(
    "
잘
다진 다져놓은 잘게 곱게 굵게 얇게 두껍게 큼직하게 먹기좋게 송송 어슷 어슷하게 채 썬 썰은 썰어둔 채썬
채친 깍둑 깍둑썬 편 편썬 나박 반달 깐 껍질벗긴 껍질깐 씻은 깨끗이 손질한 손질된 손질 데친 삶은 찐 불린
해동한 으깬 갈은 곱게간 슬라이스한 잘익은 익은 신선한 싱싱한 남은 시판 실온 차가운 녹인 부드러운
"
);

/// Words behind an ingredient's name that are no part of it.
pub(super) static SUFFIX_WORDS: Words = words!(
    "
노른자 흰자
약간 조금 소량 적당량 적당히 한줌 한 두 세 네 반 개 모 쪽 톨 알 대 줄기 장 마리 포기 봉 봉지 팩 캔 병 컵
큰술 작은술 스푼 티스푼 숟갈 꼬집 줌 덩이 조각 줄 단 근 g kg ml l cc t ts tbsp tsp cup 흰 흰부분 초록
푸른 부분 다진 다진것 썬 썬것 채썬 채썬것 것 정도 선택 등
"
);

/// Tells more about a thing and makes no other of it: in front of a product's word, and cut from an ingredient's name (products
/// that say it come first then).
pub(super) static QUALIFIERS: Words = words!(
    "
무가당 무첨가 빨간 노란 주황 주황색 초록 빨강 노랑
국산 국내산 수입 외국산 유기농 무농약 친환경 동물복지 무항생제 냉동 냉장 생물 생 햇 통 깐 흙 흰 하얀 백
무염 가염 저지방 무지방 찌개용 부침용 찌개 부침 구이용 국거리용 조림용 볶음용 김밥용 샐러드용 국산콩
우리콩 우리밀 우리쌀 자른 썬 다진 간 절단 손질 옛날 재래 재래식 전통 정통 진한 순 순수 고소한 매운 순한
달콤한 맑은 신선한 깨끗한 건강한 맛있는 두툼한 안심 특 왕 프리미엄 한입 국민 대용량 양조 진 찰 꽃 구운
볶음 볶은 양념 포기 배추 도시락 흰다리 블랙타이거 중력 박력 강력 중력분 박력분 강력분 요리 태양초 100%
노르웨이 제주 부산 전주 의성 이천 여주 철원 당진 해남 강원도 전라도 남해안 서해안
"
);

/// Those of [`QUALIFIERS`] that are cut only where they stand alone: attached they are a part of too many other words.
pub(super) static STANDALONE_QUALIFIERS: Words = words!(
    "
생 햇 통 흰 백 순 특 왕 진 찰 꽃 간 배추 포기 볶음 양념 안심 요리 구운 볶은 도시락 채 편 대 흙 찐
"
);

/// Makers, as they stand in front of their products.
pub(super) static BRANDS: Words = words!(
    "
오뚜기 청정원 백설 해표 동원 사조 풀무원 샘표 해찬들 순창 비비고 하선정 종가 종가집 대림 대림선 삼호
서울 매일 남양 파스퇴르 덴마크 상하 상하목장 연세 건국 부산 빙그레 농심 삼양 팔도 큐원 곰표 롯데 해태
크라운 오리온 하림 목우촌 코스트코 노브랜드 피코크 초립동이 햇님마을 아름찬 양반 폰타나 델몬트 롯데푸드
오설록 동서
"
);

/// Makers of noodles and snacks: what is sold fresh only gives their products a name (`농심 새우`).
pub(super) static SNACK_MAKERS: Words = words!("농심 삼양 팔도 오리온 크라운");

/// What a dairy makes, so that its name in front says the maker; before another food it says a milk with that taste
/// (`서울우유 커피`).
pub(super) static DAIRY: Words = words!("우유 버터 치즈 크림 요거트 요구르트");

/// Sorts that a plain name means last: `밀가루` is the plain one.
pub(super) static SPECIAL: Words = words!("박력 강력");

/// Makers whose names end in a food that their products are not.
pub(super) static MAKERS: Words = words!(
    "
서울우유 매일우유 남양우유 부산우유 연세우유 건국우유 파스퇴르우유 빙그레우유 서울두유 정식품두유
행복한콩 자연은콩 바른콩 행복담은콩
"
);

/// Words behind a product's thing that only tell more. `~용` and `~맛` of a manner are told by their endings.
pub(super) static TRAILING: Words = words!(
    "
오리지널 오리지날 후레쉬 프레쉬 프레시 플레인 골드 클래식 마일드 라이트 스탠다드 라이트스탠다드 더마일드
슬라이스 필렛 필레 무염 가염 저지방 무지방 고칼슘 특등급 상등급 실속 살코기 안심따개 중력분 박력분
강력분 중력 박력 강력 다목적용 블랙 프리미엄 대용량 기획 국산 국내산 냉동 냉장 생물 손질 절단 중 대 소
특 제로 캔 팩 봉지 스틱 분말 액상 백다다기 다다기 망 봉 단 포기 통 세트 모음 묶음 골드라벨 크리미 크런치
무첨가 엑스트라버진
"
);

/// Cuts of meat, and what a cut is sold for. Behind its animal's name they only tell more; alone they are what is meant.
pub(super) static CUTS: Words = words!(
    "
등심 안심 채끝 목살 목심 삼겹살 오겹살 앞다리 앞다리살 뒷다리 뒷다리살 갈비 갈비살 등갈비 사태 양지
차돌박이 우둔 우둔살 설도 홍두깨 홍두깨살 항정살 가브리살 다짐육 불고기 국거리 잡채 가슴살 다리살 날개
다리 봉 닭봉 정육 백숙 볶음탕 수육 스테이크
"
);

/// Animals, as meat is named after them.
pub(super) static MEATS: Words = words!(
    "
토종닭 쇠고기 소고기 돼지고기 닭고기 닭 오리고기 양고기 한우 한돈
"
);

/// Behind these a product is made *of* or *like* what follows: a snack, a ready meal, a taste.
pub(super) static DISH_WORDS: Words = words!(
    "
구이 튀김 조림 무침 훈제 절임 젓 3분 즉석 컵밥 컵 요거트 요구르트 불가리스 요플레 주스 드링크 에이드
탄산수 캔디 젤리 껌 스낵 과자 칩 쿠키 아이스 초코 초콜릿 그라브락스 이유식 퓨레 스무디 브라운 가당 향미
게토레이 미닛메이드 맛밤 컵라면 떠먹는 마시는 바디 샴푸 세제 비누 치약 콤부차 에너지바 시리얼 그래놀라
라떼 만두 교자 장국 떡갈비 젓갈 카레 카레여왕 참치 음료 들어있는 들어간 넣은
"
);

/// Compounds that are things of their own, though they end in another one's name.
pub(super) static DISTINCT_PRODUCTS: Words = words!(
    "
알배기배추 절임배추 얼갈이 봄동 자숙새우 냉동새우살 훈제굴
땅콩버터 아몬드버터 코코아버터 카카오버터 마늘버터 갈릭버터 허니버터 캐슈버터 사과버터 순두부 연두부
유부 건두부 포두부 언두부 튀김두부 훈제두부 콩나물 숙주나물 취나물 참나물 돌나물 시래기나물 양파 쪽파
실파 대파 적양파 열무 총각무 단무 무순 순무 콜라비무 양배추 적양배추 알배추 쌈배추 얼갈이배추 방울양배추
봄동배추 방울토마토 대추방울토마토 홀토마토 건토마토 썬드라이토마토 단호박 늙은호박 애호박 주키니호박
청양고추 홍고추 청고추 건고추 마른고추 꽈리고추 오이고추 아삭이고추 풋고추 베트남고추 흑설탕 황설탕
갈색설탕 흑당 맛소금 허브솔트 천일염 히말라야소금 국간장 조선간장 맛간장 어간장 쯔유 초고추장 볶음고추장
비빔고추장 떡볶이고추장 강된장 청국장 춘장 딸기우유 초코우유 바나나우유 커피우유 산양우유 산양유
아몬드우유 귀리우유 오트우유 코코넛우유 멸균우유 락토프리우유 분유 연유 두유 코코넛밀크 탈지분유
검은콩우유 요구르트우유 참기름 들기름 콩기름 고추기름 파기름 라드기름 올리브기름 현미유 찹쌀 보리쌀 멥쌀
흑미 맵쌀 햅찹쌀 찹쌀가루 쌀가루 멥쌀가루 찹쌀고추장 메밀가루 통밀가루 쌀밀가루 아몬드가루 콩가루 빵가루
튀김가루 부침가루 카레가루 총각김치 열무김치 파김치 갓김치 백김치 물김치 나박김치 동치미 깍두기 볶음김치
씻은김치 부추김치 오이김치 훈제오리 훈제연어 훈제닭 훈제닭가슴살 건새우 마른새우 말린새우 보리새우
칵테일새우 새우살 건오징어 마른오징어 반건조오징어 갑오징어 한치 통오징어튀김 오징어튀김 새우튀김
고구마튀김 김말이튀김 건미역 미역줄기 건표고버섯 건표고 국물멸치 잔멸치 완두콩 강낭콩 병아리콩 렌틸콩
검은콩 서리태 흰콩 메주콩 작두콩 줄기콩 커피콩 껍질콩 밤콩 풋콩 초코크림 생크림 휘핑크림 사워크림
아이스크림 커스터드크림 선크림 크림치즈 모짜렐라치즈 모차렐라치즈 파마산치즈 파르메산치즈 리코타치즈
고다치즈 까망베르치즈 브리치즈 부라타치즈 페타치즈 스트링치즈 체다치즈 황태포 북어포 쥐포 육포 생수 생강
생선 통조림 통밀 통깨 통후추 햇반 흰살생선 자몽 귤감 단감 곶감 홍시 군밤 맛밤 깐밤 배즙 사과즙 양파즙
대추 청포도 샤인머스캣 건포도 딸기잼 포도잼 사과잼 발사믹식초 감식초 홍초 레몬식초 와인식초 흑식초
쌀국수 메밀국수 도토리국수 콩국수 칼국수 잔치국수 비빔라면 컵라면 라면사리 떡라면 가루녹차 밤고구마
호박고구마 꿀고구마 자색고구마 자색감자 알감자 통감자튀김 메추리알 계란말이 맥반석계란 구운계란 훈제계란
반숙계란 게맛살 크래미 닭가슴살 연근조림 우엉조림 콩고기
"
);

/// Made things that are named after what is in them: a food in front only tells more (`토마토 케찹`, `사과식초`).
pub(super) static COMPOSED_FOODS: Words = words!(
    "
케찹 케첩 식초 잼 소스 드레싱 마가린 두부 만두 면 국수 김치 고추장 된장 쌈장 간장 액젓 젓 젓갈 당 엿 유
기름 가루 죽 떡 빵 햄 소시지 맛살 스프 수프 샐러드 어묵 파스타 스파게티 베이컨 마요네즈 식빵 다시다 차
술 돈까스
"
);

/// What is sold fresh: in a processed product of another kind it is a taste (`불가리스 사과`).
pub(super) static FRESH: Words = words!(
    "
사과 배 오렌지 레몬 라임 자몽 귤 감귤 딸기 포도 복숭아 자두 망고 바나나 키위 참다래 수박 참외 멜론 파인애플
블루베리 체리 석류 아보카도 감 밤 대추 토마토 방울토마토 양파 대파 쪽파 마늘 생강 감자 고구마 당근 무
배추 양배추 상추 적상추 깻잎 시금치 오이 애호박 호박 단호박 가지 피망 파프리카 브로콜리 콜리플라워
셀러리 부추 미나리 쑥갓 고추 풋고추 청양고추 홍고추 옥수수 콩 버섯 양송이버섯 느타리버섯 표고버섯
팽이버섯 새송이버섯 연근 우엉 도라지 고사리 케일 아스파라거스 숙주 쇠고기 소고기 돼지고기 닭고기 닭 오리
오리고기 양고기 고등어 갈치 오징어 낙지 문어 주꾸미 조기 참조기 연어 광어 대구 동태 명태 꽁치 삼치 새우
흰다리새우 대하 멸치 게 꽃게 바지락 홍합 굴 전복 조개 가리비
"
);

/// Foods that make another thing of what they stand in front of (`버터 오징어`, `딸기 우유`), beside [`FRESH`].
pub(super) static FOODS: Words = words!(
    "
버터 버터구이 치즈 우유 초코 초콜릿 땅콩 아몬드 호두 캐슈넛 피스타치오 코코넛 커피 녹차 말차 꿀 허니
참깨 깨 검은콩 김치 김 카레 짜장 고추장 간장 케찹 마요 마요네즈 햄 스팸 참치 베이컨 두부 쌀 현미 보리
인절미 갈릭 어니언 콘 포테토 쉬림프 비프 치킨 크림 바닐라 요거트 요구르트 와사비 카라멜 민트 귀리 오트
"
);

/// Names of one thing. Every name of a line finds the products of all of them.
pub(super) static SYNONYMS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let lines = "
무 무우 조선무
귤 감귤
홍고추 붉은고추 빨간고추
비엔나소시지 비엔나
계란 달걀 유정란 특란 대란 왕란 목초란 무정란
쇠고기 소고기
돼지고기 돈육
닭고기 닭 생닭 통닭 영계 토종닭
오리고기 오리
케첩 케찹 토마토케첩 토마토케찹
고춧가루 고추가루
참깨 통깨 깨 볶음참깨 볶은깨 깨소금
꿀 벌꿀
김치 배추김치 포기김치 포기배추김치 신김치 익은김치
요거트 요구르트 플레인요거트 플레인요구르트
백설탕 흰설탕 하얀설탕
흑설탕 흑갈색설탕
황설탕 갈색설탕 브라운설탕
스파게티 스파게티면 파스타 파스타면
와사비 고추냉이 생와사비 연와사비
어묵 오뎅
맛살 게맛살
풋고추 청고추
팽이버섯 팽이
새송이버섯 새송이
양송이버섯 양송이
느타리버섯 느타리
표고버섯 표고
카레 카레가루 카레분말
까나리액젓 까나리액
멸치액젓 멸치액
멸치 마른멸치 국물용멸치
소시지 소세지
돈까스 돈가스 돈카츠
모짜렐라치즈 모차렐라치즈 피자치즈
생크림 휘핑크림
단무지 김밥단무지
박력분 박력밀가루 박력분밀가루
중력분 중력밀가루 중력분밀가루
강력분 강력밀가루 강력분밀가루
마요네즈 마요네스
숙주 숙주나물
진간장 양조간장
식용유 콩기름 콩식용유
포도씨유 포도씨오일
카놀라유 카놀라오일
올리브유 올리브오일
물엿 옥수수물엿
삼겹살 돼지고기삼겹살
막걸리 생막걸리
두유 베지밀
슬라이스치즈 체다슬라이스치즈 체다치즈
훈제오리 오리훈제
현미 현미쌀
후추 후춧가루 후추가루
";
    let names = |line: &'static str| line.split_whitespace().collect::<Vec<_>>();
    lines
        .lines()
        .map(names)
        .filter(|names| !names.is_empty())
        .collect()
});

/// What a short or general name means in a recipe, beside itself. The other way round it does not hold.
pub(super) static ALIASES: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let lines = "
소시지: 비엔나소시지 비엔나 프랑크소시지 후랑크 그릴후랑크
맛살: 크래미
게맛살: 크래미
파: 대파
호박: 애호박
고추: 풋고추
조기: 참조기
상추: 적상추 청상추
기름: 식용유 콩기름
참치캔: 참치
참치통조림: 참치
캔참치: 참치
통조림참치: 참치
국수: 소면
국수면: 소면
밥: 햇반 오뚜기밥
즉석밥: 햇반 오뚜기밥
즉석밥햇반: 햇반
간장: 진간장 양조간장
치즈: 슬라이스치즈 체다슬라이스치즈
슬라이스체다치즈: 체다슬라이스치즈
설탕: 백설탕 하얀설탕
굵은소금: 천일염
생수: 삼다수 아이시스
소주: 참이슬 처음처럼
사이다: 칠성사이다 스프라이트
콜라: 코카콜라 펩시콜라
밀가루: 중력분 중력밀가루
쌀: 진상미 수향미 당찬진미 백미
백미: 쌀
멥쌀: 쌀
돼지: 돼지고기
소: 쇠고기
한우: 쇠고기
다시다: 쇠고기다시다
소고기다시다: 쇠고기다시다
스팸: 스팸클래식
액젓: 멸치액젓 까나리액젓
달걀노른자: 계란 달걀 유정란 목초란
달걀흰자: 계란 달걀 유정란 목초란
계란노른자: 계란 달걀 유정란 목초란
계란흰자: 계란 달걀 유정란 목초란
피쉬소스: 까나리액젓 멸치액젓
";
    let pair = |line: &'static str| {
        let (short, names) = line.split_once(':')?;
        Some((short, names.split_whitespace().collect()))
    };
    lines.lines().filter_map(pair).collect()
});

/// Names of one syllable that shops put behind a place or a sort (`이천쌀`, `도시락김`).
pub(super) static SHORT_HEADS: Words = words!("쌀 김 햄");

/// Words of one syllable that are foods: what is left may be one of these when a word in front is cut.
pub(super) static SHORT_FOODS: Words = words!("파 무 김 쌀 배 콩 깨 꿀 닭 귤 감 밤 잣 게 굴 팥 물 떡 햄 밥");

/// Words that say the opposite of each other: a product that says another one than the name does not match.
pub(super) static OPPOSITES: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let lines = "무염 가염\n냉동 생물\n박력 중력 강력\n저지방 무지방";
    lines
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect()
});
