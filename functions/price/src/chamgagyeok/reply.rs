//! What 참가격 sends, from bytes to the rows of its lists and prices. What the gateway before it says is read in `gateway`, how
//! prices become offers in `offers`.

use contract::{PriceSource, text::is_hidden, visible::is_ignorable};
use serde::{Deserialize, Serialize};

use super::unit;
use crate::{
    Unanswered,
    calls::Reply,
    gateway::{self, Verdict},
    matching::Good,
    plain_text::{self, MAX_PRODUCT_NAME_CHARS, MAX_VENDOR_CHARS},
    private::Private,
    search::{Refusal, Why},
    xml::{self, Element},
};

/// Longest number of a store or a good that is kept: the longest seen has ten digits, more than 32 bits hold.
const MAX_ID_BYTES: usize = 20;
/// Most rows of a list: three times what there is.
const MAX_LIST: usize = 2_000;

/// A good of the survey.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) class: String,
    pub(super) detail: String,
    /// Of how much its prices are.
    pub(super) per: String,
}

impl Listed {
    /// What the matching looks at.
    pub(super) fn good(&self) -> Good {
        Good {
            id: self.id.clone(),
            name: self.name.clone(),
            class: self.class.clone(),
            detail: self.detail.clone(),
        }
    }
}

/// A store of the survey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Store {
    pub(super) id: String,
    pub(super) name: String,
}

/// A price of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PriceRow {
    pub(super) store: String,
    /// As it is written.
    pub(super) price: String,
}

/// The elements of an answer's result: none on a day without a survey.
pub(super) fn rows(reply: &Reply, private: Private<'_>) -> Result<Vec<Element>, Unanswered> {
    const SOURCE: PriceSource = PriceSource::Chamgagyeok;
    match gateway::verdict(SOURCE, reply, private) {
        Verdict::Fine => {}
        Verdict::NoData => return Ok(Vec::new()),
        Verdict::No(unanswered) => return Err(unanswered),
    }
    let unanswered = |why| Unanswered::by(SOURCE, why);
    let root = xml::parse(&reply.body, reply.content_type.as_deref())
        .map_err(|error| unanswered(Why::NotXml(error)))?;
    if root.name != "response" {
        return Err(unanswered(Why::Shape("`response`")));
    }
    let said = root.field("resultMsg");
    match root.field("resultCode") {
        "" => {}
        // Its own codes: no such date, no such class, neither store nor good. The same numbers mean other things at the
        // gateway.
        code @ ("01" | "02" | "05") => {
            return Err(unanswered(Why::Refused(Refusal {
                status: reply.status,
                code: Some(code.to_owned()),
                said: private.quoted(said),
            })));
        }
        code => match gateway::judge(SOURCE, reply.status, code, said, private) {
            Verdict::Fine => {}
            Verdict::NoData => return Ok(Vec::new()),
            Verdict::No(unanswered) => return Err(unanswered),
        },
    }
    let result = root
        .children
        .into_iter()
        .find(|child| child.name == "result")
        .ok_or(Why::Shape("`result` in `response`"))
        .map_err(unanswered)?;
    Ok(result.children)
}

/// The list of goods. A row without number or name is left out.
///
/// # Errors
/// None is left: no list of goods is empty.
pub(super) fn goods(rows: &[Element]) -> Result<Vec<Listed>, Why> {
    let goods: Vec<Listed> = rows.iter().take(MAX_LIST).filter_map(listed).collect();
    if goods.is_empty() {
        return Err(Why::Shape("a list of goods"));
    }
    Ok(goods)
}

fn listed(row: &Element) -> Option<Listed> {
    let text = |field| plain_text::clean(row.field(field), MAX_PRODUCT_NAME_CHARS);
    let name = text("goodName");
    let good = Listed {
        id: id(row.field("goodId"))?,
        class: text("goodSmlclsCode"),
        detail: text("detailMean"),
        per: unit::per(row.field("goodTotalCnt"), row.field("goodTotalDivCode"), &name),
        name,
    };
    (!good.name.is_empty()).then_some(good)
}

/// The list of stores. A row without number or name is left out.
///
/// # Errors
/// None is left: no list of stores is empty.
pub(super) fn stores(rows: &[Element]) -> Result<Vec<Store>, Why> {
    let stores: Vec<Store> = rows
        .iter()
        .take(MAX_LIST)
        .filter_map(|row| {
            let name = plain_text::clean(row.field("entpName"), MAX_VENDOR_CHARS);
            let id = id(row.field("entpId"))?;
            (!name.is_empty()).then_some(Store { id, name })
        })
        .collect();
    if stores.is_empty() {
        return Err(Why::Shape("a list of stores"));
    }
    Ok(stores)
}

/// The prices of a good on a day. A row that says another good or another day is not believed.
pub(super) fn prices(rows: &[Element], good: &str, day: &str) -> Vec<PriceRow> {
    let is = |row: &Element, field, value| ["", value].contains(&row.field(field));
    rows.iter()
        .take(MAX_LIST)
        .filter(|row| is(row, "goodId", good) && row.field("goodInspectDay") == day)
        .map(|row| PriceRow {
            store: id(row.field("entpId")).unwrap_or_default(),
            price: row.field("goodPrice").to_owned(),
        })
        .collect()
}

/// Whether a list of goods, as it was kept, could have been read from an answer.
pub(super) fn believes_goods(goods: &[Listed]) -> bool {
    let believes = |good: &Listed| {
        let short = [&good.class, &good.detail, &good.per];
        id(&good.id).is_some()
            && !good.name.is_empty()
            && is_plain(&good.name, MAX_PRODUCT_NAME_CHARS)
            && short.iter().all(|text| is_plain(text, MAX_PRODUCT_NAME_CHARS))
    };
    (1..=MAX_LIST).contains(&goods.len()) && goods.iter().all(believes)
}

/// The same of a list of stores.
pub(super) fn believes_stores(stores: &[Store]) -> bool {
    let believes = |store: &Store| {
        id(&store.id).is_some() && !store.name.is_empty() && is_plain(&store.name, MAX_VENDOR_CHARS)
    };
    (1..=MAX_LIST).contains(&stores.len()) && stores.iter().all(believes)
}

/// One line, and not longer than what is kept of an answer's text.
fn is_plain(text: &str, max_chars: usize) -> bool {
    !text.chars().any(|c| is_hidden(c) || is_ignorable(c)) && text.chars().nth(max_chars).is_none()
}

/// A number of a store or a good, which is only ever compared.
fn id(text: &str) -> Option<String> {
    let fits = (1..=MAX_ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::private::Keys;

    fn read(status: u16, body: &str) -> Result<Vec<Element>, Unanswered> {
        let reply = Reply {
            status,
            content_type: Some("application/xml;charset=UTF-8".to_owned()),
            body: body.as_bytes().to_vec(),
        };
        let keys = &Keys::of(["a-key"]);
        rows(&reply, Private { keys, name: "" })
    }

    fn of(result: &str) -> Vec<Element> {
        read(200, &format!("<response><result>{result}</result><resultCode>00</resultCode><resultMsg>ok</resultMsg></response>")).unwrap()
    }

    fn why(body: &str) -> String {
        read(200, body).unwrap_err().why.to_string()
    }

    #[test]
    fn a_day_without_a_survey_is_an_answer() {
        assert_eq!(of(""), []);
        assert_eq!(read(200, "<response><result/></response>").unwrap(), []);
        assert_eq!(
            read(200, "<response><result/><resultCode>03</resultCode></response>").unwrap(),
            []
        );
    }

    #[test]
    fn its_own_codes_are_refusals_that_stay() {
        for code in ["01", "02", "05"] {
            let body = format!(
                "<response><result/><resultCode>{code}</resultCode><resultMsg>a-key is bad</resultMsg></response>"
            );
            assert_eq!(
                why(&body),
                format!("call refused: status 200, code {code}: (key) is bad")
            );
        }
        assert!(
            why("<response><result/><resultCode>22</resultCode></response>")
                .starts_with("too many calls a day: ")
        );
        assert!(
            why("<response><result/><resultCode>99</resultCode></response>")
                .starts_with("provider out of order: ")
        );
    }

    #[test]
    fn a_quota_inside_of_status_200_is_one() {
        let body = "<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>22</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>";
        assert!(why(body).starts_with("too many calls a day: status 200, code 22"));
        assert!(
            why(r#"{"cmmMsgHeader":{"returnReasonCode":"23"}}"#).starts_with("too many calls a second: ")
        );
    }

    #[test]
    fn what_is_no_answer_is_said() {
        const SHAPE: &str = "answer has not the documented shape: expected";
        assert_eq!(why("<html/>"), format!("{SHAPE} `response`"));
        assert_eq!(why("<response/>"), format!("{SHAPE} `result` in `response`"));
        for not_xml in ["", "{}", "<response><result>", "<!DOCTYPE a><response/>"] {
            assert_eq!(why(not_xml), "answer is not XML");
        }
        assert_eq!(
            goods(&of("<item><goodId>1</goodId></item>"))
                .unwrap_err()
                .to_string(),
            format!("{SHAPE} a list of goods")
        );
        assert_eq!(
            stores(&of("<item><entpName>가</entpName></item>"))
                .unwrap_err()
                .to_string(),
            format!("{SHAPE} a list of stores")
        );
    }

    #[test]
    fn any_field_may_be_absent() {
        let rows = of(
            "<item><goodId>928</goodId><goodName>당근(흙당근, 100g)\n</goodName></item><item><goodName>x</goodName></item><x/>",
        );
        let expect = Listed {
            id: "928".to_owned(),
            name: "당근(흙당근, 100g)".to_owned(),
            per: "흙당근, 100g".to_owned(),
            ..Listed::default()
        };
        assert_eq!(goods(&rows).unwrap(), [expect]);
    }

    #[test]
    fn names_of_control_characters_are_none() {
        let rows = of(
            "<i><goodId>1</goodId><goodName>&#8;&#x202E;</goodName><entpId>1</entpId><entpName>\u{0}\u{7}</entpName></i>\
             <i><goodId>2</goodId><goodName>당&#x202E;근</goodName><entpId>2</entpId><entpName>가&#10;게</entpName></i>",
        );
        let goods: Vec<_> = goods(&rows).unwrap().into_iter().map(|good| good.name).collect();
        let stores: Vec<_> = stores(&rows)
            .unwrap()
            .into_iter()
            .map(|store| store.name)
            .collect();
        assert_eq!(
            (goods, stores),
            (vec!["당 근".to_owned()], vec!["가 게".to_owned()])
        );
    }

    #[test]
    fn rows_of_another_day_or_good_are_not_believed() {
        let row = |day, good, store| {
            format!(
                "<a.b.goodPriceVO><goodInspectDay>{day}</goodInspectDay><goodId>{good}</goodId><entpId>{store}</entpId><goodPrice>300</goodPrice></a.b.goodPriceVO>"
            )
        };
        let rows = of(&[
            row("20260925", "928", "5499000001"),
            row("20260918", "928", "2"),
            row("20990101", "928", "3"),
            row("20260925", "929", "4"),
            row("", "928", "5"),
            row("20260925", "", "x"),
        ]
        .concat());
        let stores: Vec<_> = prices(&rows, "928", "20260925")
            .into_iter()
            .map(|row| row.store)
            .collect();
        assert_eq!(stores, ["5499000001", ""]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(status in 100_u16..600, body in any::<String>()) {
            let _ = read(status, &body);
        }
    }
}
