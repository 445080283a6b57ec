//! How good the rule is: a table of ingredient names, each with the goods that it means or none, over a list of goods. Half
//! of the table was written before the rule was tuned and is kept out of the tuning.
//!
//! Precision and recall are of pairs of a name and a good; a name is right when its best good is one of the table's (or
//! none is found where the table has none).

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Good, matches};
use crate::xml::Element;

/// The goods of the table. 출처: 한국소비자원 참가격 (KOGL type 1).
const GOODS: &str = include_str!("goods.tsv");
/// The names with their goods.
const TABLE: &str = include_str!("table.tsv");

/// Which part of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The names that the rule was tuned on.
    Tuned,
    /// The names that were kept out.
    HeldOut,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its part.
    pub half: Half,
    /// An ingredient's name, as a person or a model writes it.
    pub name: &'static str,
    /// The numbers of its goods; empty for none.
    pub goods: BTreeSet<&'static str>,
}

/// How good the rule is over some rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// Names that were looked up.
    pub names: usize,
    /// Names whose best good is right, or which rightly have none.
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
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.right, self.found)
    }

    /// Of what is right, the share that was found; 1 when there was nothing to find.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.right, self.expected)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    let number = |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 {
        1.0
    } else {
        number(part) / number(whole)
    }
}

/// The list of goods.
#[must_use]
pub fn goods() -> Vec<Good> {
    parse_goods(GOODS)
}

/// Goods as this crate writes them down: number, name, class and detail, tabs between them. Lines that begin with `#`, and
/// lines without a name, are passed over.
#[must_use]
pub fn parse_goods(text: &str) -> Vec<Good> {
    let good = |line: &str| {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default().trim().to_owned();
        let good = Good {
            id: field(),
            name: field(),
            class: field(),
            detail: field(),
        };
        (!good.id.is_empty() && !good.name.is_empty()).then_some(good)
    };
    lines(text).filter_map(good).collect()
}

/// Goods as the survey's service answers with them (`getProductInfoSvc`): every `item` with a number and a name, wherever
/// it stands.
#[must_use]
pub fn goods_of_answer(answer: &Element) -> Vec<Good> {
    let mut goods = Vec::new();
    let mut open = vec![answer];
    while let Some(element) = open.pop() {
        let field = |name| element.field(name).to_owned();
        if !element.field("goodId").is_empty() && !element.field("goodName").is_empty() {
            goods.push(Good {
                id: field("goodId"),
                name: field("goodName"),
                class: field("goodSmlclsCode"),
                detail: field("detailMean"),
            });
        }
        open.extend(element.children.iter().rev());
    }
    goods
}

/// The table.
#[must_use]
pub fn table() -> Vec<Row> {
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let half = match fields.next()? {
            "dev" => Half::Tuned,
            "held" => Half::HeldOut,
            _ => return None,
        };
        let name = fields.next()?;
        let goods = fields.next()?.split(',').filter(|id| *id != "-");
        Some(Row {
            half,
            name,
            goods: goods.collect(),
        })
    };
    lines(TABLE).filter_map(row).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// The rule over the whole table.
#[must_use]
pub fn score() -> Score {
    score_of(&goods(), table().iter())
}

/// The rule over one half of the table.
#[must_use]
pub fn score_of_half(half: Half) -> Score {
    score_of(&goods(), table().iter().filter(|row| row.half == half))
}

fn score_of<'a>(goods: &[Good], rows: impl Iterator<Item = &'a Row>) -> Score {
    let mut score = Score {
        names: 0,
        names_right: 0,
        found: 0,
        right: 0,
        expected: 0,
    };
    for row in rows {
        let found: Vec<&str> = matches(row.name, goods)
            .iter()
            .filter_map(|&index| goods.get(index))
            .map(|good| good.id.as_str())
            .collect();
        score.names += 1;
        score.names_right += usize::from(match found.first() {
            Some(best) => row.goods.contains(best),
            None => row.goods.is_empty(),
        });
        score.found += found.len();
        score.right += found.iter().filter(|id| row.goods.contains(*id)).count();
        score.expected += row.goods.len();
    }
    score
}
