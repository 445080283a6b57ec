//! The goods of the survey: some sixty of our own making, fresh food (class 0301), processed food (0302) and what is
//! not food (0303), with names that mislead on purpose.

use crate::stubs::{tsv, xml::element};

pub(super) const FRESH: &str = "0301";
pub(super) const PROCESSED: &str = "0302";
/// Goods that are listed and were found nowhere.
pub(super) const WITHOUT_ROWS: [&str; 1] = ["5103"];

#[derive(Debug)]
pub(super) struct SurveyProduct {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    detail: &'static str,
    /// How much of it the price is of, with the unit's code.
    total: [&'static str; 2],
    pub(super) usual_krw: u64,
}

pub(super) fn goods() -> impl Iterator<Item = SurveyProduct> {
    let rows = tsv::rows(include_str!("goods.tsv"));
    rows.filter_map(|[id, class, count, unit, usual_krw, name, detail]| {
        let usual_krw = usual_krw.parse().ok()?;
        Some(SurveyProduct { id, name, class, detail, total: [count, unit], usual_krw })
    })
}

/// The elements of all goods, or of one.
pub(super) fn xml(id: &str) -> String {
    let goods = goods().filter(|good| id.is_empty() || good.id == id);
    goods.map(|good| good.xml()).collect()
}

impl SurveyProduct {
    fn xml(&self) -> String {
        let [count, unit] = self.total;
        let detail = if self.detail.is_empty() { String::new() } else { element("detailMean", self.detail) };
        let parts = [
            element("goodId", self.id),
            element("goodName", self.name),
            element("goodUnitDivCode", unit),
            element("goodBaseCnt", if count == "100" { "100" } else { "1" }),
            element("goodSmlclsCode", self.class),
            detail,
            element("goodTotalCnt", count),
            element("goodTotalDivCode", unit),
        ];
        format!("<item>{}</item>", parts.concat())
    }
}

/// The words behind the codes of a class; nothing for a class that does not exist.
pub(super) fn standards(class: &str) -> Option<String> {
    let words: &[[&str; 3]] = match class {
        "AL" => &[
            ["030000000", "생필품", ""],
            ["030100000", "신선식품", "030000000"],
            ["030200000", "가공식품", "030000000"],
            ["030300000", "생활용품", "030000000"],
        ],
        "UT" => &[
            ["G", "g", ""],
            ["KG", "kg", ""],
            ["ML", "ml", ""],
            ["L", "L", ""],
            ["EA", "개", ""],
            ["MA", "망", ""],
            ["DA", "단", ""],
            ["PO", "포기", ""],
        ],
        "AR" => &[
            ["020100000", "서울특별시", "020000000"],
            ["020500000", "부산광역시", "020000000"],
            ["021700000", "제주특별자치도", "020000000"],
        ],
        "BU" => &[
            ["LM", "대형마트", ""],
            ["SM", "슈퍼마켓", ""],
            ["DP", "백화점", ""],
            ["CS", "편의점", ""],
            ["TM", "전통시장", ""],
        ],
        _ => return None,
    };
    let name = "iros.openapi.service.vo.stdInfoVO";
    let rows = words.iter().map(|[code, word, high]| {
        let parts = [element("code", code), element("codeName", word), element("highCode", high)];
        format!("<{name}>{}</{name}>", parts.concat())
    });
    Some(rows.collect())
}
