//! The score of the rule over a table of ingredient names with their products. Half of the table was written before the rule was
//! tuned and is held out of the tuning.
//!
//! Precision and recall count pairs of a name and a product. A name is right if its best product is one of the table's, or if
//! neither has one.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{matches, product::SurveyProduct};
use crate::text::xml::Element;

/// The products of the table. 출처: 한국소비자원 참가격 (KOGL type 1).
const GOODS: &str = include_str!("goods.tsv");
/// The names with their products.
const TABLE: &str = include_str!("table.tsv");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    Tuned,
    HeldOut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub half: Split,
    /// As a person or a model writes it.
    pub name: &'static str,
    /// The numbers of the products that it means.
    pub products: BTreeSet<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    pub names: usize,
    pub names_right: usize,
    /// Pairs that the rule found.
    pub found: usize,
    /// Found pairs that the table has.
    pub right: usize,
    /// Pairs of the table.
    pub expected: usize,
}

impl Score {
    /// The right share of the found pairs; 1 without any.
    pub fn precision(&self) -> f64 {
        share(self.right, self.found)
    }

    /// The found share of the table's pairs; 1 without any.
    pub fn recall(&self) -> f64 {
        share(self.right, self.expected)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    let number = |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 1.0 } else { number(part) / number(whole) }
}

pub fn products() -> Vec<SurveyProduct> {
    parse_products(GOODS)
}

/// Products as lines of number, name, class and detail, with tabs between them. Comments (`#`) and lines without a name are
/// ignored.
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

/// The products in an answer of the survey's service (`getProductInfoSvc`): every element with a number and a name.
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

/// The rule over a part of the table, or over all of it.
pub fn score(part: Option<Split>) -> Score {
    let products = products();
    let mut score = Score { names: 0, names_right: 0, found: 0, right: 0, expected: 0 };
    for row in table().iter().filter(|row| part.is_none_or(|part| row.half == part)) {
        let found: Vec<&str> = matches(row.name, &products)
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
