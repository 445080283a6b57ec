//! How good the rule is: a table of ingredient names, each with the products that it means or none, over a list of products. Half
//! of the table was written before the rule was tuned and is kept out of the tuning.
//!
//! Precision and recall are of pairs of a name and a product; a name is right when its best product is one of the table's (or
//! none is found where the table has none).

use std::collections::BTreeSet;

use serde::Serialize;

use super::{matches, product::SurveyProduct};
use crate::text::xml::Element;

/// The products of the table. 출처: 한국소비자원 참가격 (KOGL type 1).
const GOODS: &str = include_str!("goods.tsv");
/// The names with their products.
const TABLE: &str = include_str!("table.tsv");

/// Which part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// The names that the rule was tuned on.
    Tuned,
    /// The names that were kept out.
    HeldOut,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its part.
    pub half: Split,
    /// An ingredient's name, as a person or a model writes it.
    pub name: &'static str,
    /// The numbers of its products; empty for none.
    pub products: BTreeSet<&'static str>,
}

/// How good the rule is over some rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// Names that were looked up.
    pub names: usize,
    /// Names whose best product is right, or which rightly have none.
    pub names_right: usize,
    /// Pairs that were found.
    pub found: usize,
    /// Pairs that were found and are right.
    pub right: usize,
    /// Pairs that are right.
    pub expected: usize,
}

impl Score {
    /// Of what was found, the share that is right; 1 when nothing was found.
    pub fn precision(&self) -> f64 {
        share(self.right, self.found)
    }

    /// Of what is right, the share that was found; 1 when there was nothing to find.
    pub fn recall(&self) -> f64 {
        share(self.right, self.expected)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    let number = |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 1.0 } else { number(part) / number(whole) }
}

/// The list of products.
pub fn products() -> Vec<SurveyProduct> {
    parse_products(GOODS)
}

/// Products as this crate writes them down: number, name, class and detail, tabs between them. Lines that begin with `#`, and
/// lines without a name, are passed over.
pub fn parse_products(text: &str) -> Vec<SurveyProduct> {
    let product = |line: &str| {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default().trim().to_owned();
        let product =
            SurveyProduct { id: field(), name: field(), class: field(), detail: field(), per: String::new() };
        (!product.id.is_empty() && !product.name.is_empty()).then_some(product)
    };
    lines(text).filter_map(product).collect()
}

/// Products as the survey's service answers with them (`getProductInfoSvc`): every `item` with a number and a name, wherever
/// it stands.
pub fn products_of_answer(answer: &Element) -> Vec<SurveyProduct> {
    let mut products = Vec::new();
    let mut open = vec![answer];
    while let Some(element) = open.pop() {
        let field = |name| element.field(name).to_owned();
        if !element.field("goodId").is_empty() && !element.field("goodName").is_empty() {
            products.push(SurveyProduct {
                id: field("goodId"),
                name: field("goodName"),
                class: field("goodSmlclsCode"),
                detail: field("detailMean"),
                per: String::new(),
            });
        }
        open.extend(element.children.iter().rev());
    }
    products
}

/// The table.
pub fn table() -> Vec<Row> {
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let half = match fields.next()? {
            "dev" => Split::Tuned,
            "held" => Split::HeldOut,
            _ => return None,
        };
        let name = fields.next()?;
        let products = fields.next()?.split(',').filter(|id| *id != "-");
        Some(Row { half, name, products: products.collect() })
    };
    lines(TABLE).filter_map(row).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// The rule over the whole table.
pub fn score() -> Score {
    score_of(&products(), table().iter())
}

/// The rule over one half of the table.
pub fn score_of_half(half: Split) -> Score {
    score_of(&products(), table().iter().filter(|row| row.half == half))
}

fn score_of<'a>(products: &[SurveyProduct], rows: impl Iterator<Item = &'a Row>) -> Score {
    let mut score = Score { names: 0, names_right: 0, found: 0, right: 0, expected: 0 };
    for row in rows {
        let found: Vec<&str> = matches(row.name, products)
            .iter()
            .filter_map(|&index| products.get(index))
            .map(|product| product.id.as_str())
            .collect();
        score.names += 1;
        score.names_right += usize::from(match found.first() {
            Some(best) => row.products.contains(best),
            None => row.products.is_empty(),
        });
        score.found += found.len();
        score.right += found.iter().filter(|id| row.products.contains(*id)).count();
        score.expected += row.products.len();
    }
    score
}
