//! The stores of the survey: twenty of our own making, with the faults that the real list has. One id has ten digits, some
//! coordinates are swapped, nonsense or missing.

use crate::standins::xml::element;

/// No good costs less.
pub(super) const LEAST_KRW: u64 = 100;

/// A store.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) id: &'static str,
    name: &'static str,
    kind: &'static str,
    area: &'static str,
    address: &'static str,
    /// Latitude and longitude, as they are given out; empty for none.
    at: [&'static str; 2],
}

const fn store(
    id: &'static str,
    name: &'static str,
    kind: &'static str,
    area: &'static str,
    address: &'static str,
    at: [&'static str; 2],
) -> Store {
    Store {
        id,
        name,
        kind,
        area,
        address,
        at,
    }
}

pub(super) const STORES: [Store; 20] = [
    store(
        "11",
        "한아름마트 서울역점",
        "LM",
        "020100000",
        "서울 중구 봉래동2가",
        ["37.5547", "126.9706"],
    ),
    store(
        "14",
        "한아름마트 부산서면점",
        "LM",
        "020500000",
        "부산 부산진구 부전동",
        ["35.1579", "129.0594"],
    ),
    store(
        "23",
        "다솜백화점 대구점",
        "DP",
        "020300000",
        "대구 중구 동성로2가",
        ["35.8693", "128.5951"],
    ),
    store(
        "31",
        "바른슈퍼 인천논현점",
        "SM",
        "020200000",
        "인천 남동구 논현동",
        ["37.4005", "126.7222"],
    ),
    store(
        "42",
        "들꽃마트 광주상무점",
        "LM",
        "020400000",
        "광주 서구 치평동",
        ["35.1525", "126.8502"],
    ),
    store(
        "58",
        "온가족마트 대전둔산점",
        "LM",
        "020600000",
        "대전 서구 둔산동",
        ["36.3510", "127.3789"],
    ),
    store(
        "67",
        "바른슈퍼 울산삼산점",
        "SM",
        "020700000",
        "울산 남구 삼산동",
        ["129.3358", "35.5384"],
    ),
    store(
        "73",
        "한아름마트 수원영통점",
        "LM",
        "020900000",
        "경기 수원시 영통구",
        ["37.2595", "127.0465"],
    ),
    store(
        "88",
        "들꽃마트 춘천점",
        "LM",
        "021000000",
        "강원 춘천시 온의동",
        ["37.8665", "127.7230"],
    ),
    store(
        "96",
        "온가족마트 청주점",
        "LM",
        "021100000",
        "충북 청주시 흥덕구",
        ["", ""],
    ),
    store(
        "104",
        "바른슈퍼 천안불당점",
        "SM",
        "021200000",
        "충남 천안시 서북구",
        ["36.8065", "127.1080"],
    ),
    store(
        "119",
        "다솜백화점 전주점",
        "DP",
        "021300000",
        "전북 전주시 완산구",
        ["1.0", "1.0"],
    ),
    store(
        "127",
        "들꽃마트 순천점",
        "LM",
        "021400000",
        "전남 순천시 조례동",
        ["34.9506", "127.5200"],
    ),
    store(
        "135",
        "바른슈퍼 포항양덕점",
        "SM",
        "021500000",
        "경북 포항시 북구",
        ["36.0840", "129.4020"],
    ),
    store(
        "146",
        "한아름마트 창원점",
        "LM",
        "021600000",
        "경남 창원시 성산구",
        ["35.2220", "128.6830"],
    ),
    store(
        "158",
        "탐라마트 제주연동점",
        "LM",
        "021700000",
        "제주 제주시 연동",
        ["33.4890", "126.4930"],
    ),
    store(
        "163",
        "하루편의점 세종나성점",
        "CS",
        "021800000",
        "세종 나성동",
        ["36.4875", "127.2580"],
    ),
    store(
        "707",
        "다솜백화점 강남점",
        "DP",
        "020100000",
        "서울 서초구 반포동",
        ["37.5048", "127.0049"],
    ),
    store(
        "1948",
        "온가족마트 & 푸드 목동점",
        "SM",
        "020100000",
        "서울 양천구 목동",
        ["37.5265", "126.8750"],
    ),
    store(
        "5499000001",
        "바른슈퍼 서울길음점",
        "SM",
        "020100000",
        "서울 성북구 길음동",
        ["37.6034", "127.0250"],
    ),
];

/// The elements of all stores, or of one.
pub(super) fn xml(id: &str) -> String {
    let stores = STORES.iter().filter(|store| id.is_empty() || store.id == id);
    stores.map(Store::xml).collect()
}

impl Store {
    fn xml(&self) -> String {
        let [latitude, longitude] = self.at;
        let coordinate = |name, value: &str| {
            if value.is_empty() {
                String::new()
            } else {
                element(name, value)
            }
        };
        let parts = [
            element("entpId", self.id),
            element("entpName", self.name),
            element("entpTypeCode", self.kind),
            element("entpAreaCode", self.area),
            element("plmkAddrBasic", self.address),
            // The names say x and y; x holds the latitude.
            coordinate("xMapCoord", latitude),
            coordinate("yMapCoord", longitude),
        ];
        let name = "iros.openapi.service.vo.entpInfoVO";
        format!("<{name}>{}</{name}>", parts.concat())
    }
}
