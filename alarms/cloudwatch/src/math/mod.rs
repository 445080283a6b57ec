//! Metric math: expressions over series.
//!
//! Supported are arithmetic, comparison, `AND` and `OR`, lists, and the functions of [`Function`]. The other functions of
//! CloudWatch are refused by name.

mod display;
mod evaluate;
mod kind;
mod parse;

pub use evaluate::{Scope, Value, evaluate};
pub use kind::{Kind, KindError, Unsafe};
pub use parse::{MAX_CHARS, ParseError};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// The id of a metric or of another expression.
    Id(String),
    /// `[a, b]`.
    List(Vec<Self>),
    /// `-a`.
    Negative(Box<Self>),
    /// `a + b`.
    Binary(Operator, Box<Self>, Box<Self>),
    /// `SUM(a)`.
    Call(Function, Vec<Self>),
    /// `METRICS("part")`: the metrics whose id contains the text, or all.
    Metrics(Option<String>),
    /// `REPEAT` or `LINEAR` as the second argument of `FILL`.
    Filler(Filler),
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `OR` or `||`.
    Or,
    /// `AND` or `&&`.
    And,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<=`.
    LessOrEqual,
    /// `>=`.
    GreaterOrEqual,
    /// `<`.
    Less,
    /// `>`.
    Greater,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `^`.
    Power,
}

/// A function that is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `IF(condition, then, otherwise)`.
    If,
    /// `FILL(series, value)`.
    Fill,
    /// `SUM`.
    Sum,
    /// `MIN`.
    Min,
    /// `MAX`.
    Max,
    /// `AVG`.
    Avg,
    /// `RATE`: change a second.
    Rate,
    /// `ABS`.
    Abs,
    /// `PERIOD`: the period of a metric in seconds.
    Period,
}

/// How `FILL` fills gaps without a value of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filler {
    /// With the value before the gap.
    Repeat,
    /// On the line between the values around the gap.
    Linear,
}

impl Function {
    const ALL: [(&'static str, Self); 9] = [
        ("IF", Self::If),
        ("FILL", Self::Fill),
        ("SUM", Self::Sum),
        ("MIN", Self::Min),
        ("MAX", Self::Max),
        ("AVG", Self::Avg),
        ("RATE", Self::Rate),
        ("ABS", Self::Abs),
        ("PERIOD", Self::Period),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }

    /// The least and the greatest number of arguments.
    const fn arity(self) -> (usize, usize) {
        match self {
            Self::If => (2, 3),
            Self::Fill => (2, 2),
            Self::Sum | Self::Min | Self::Max | Self::Avg | Self::Rate | Self::Abs | Self::Period => (1, 1),
        }
    }
}

impl Expression {
    /// The ids that the expression names, in order, with repetitions.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        self.visit(&mut |part| {
            if let Self::Id(id) = part {
                ids.push(id.as_str());
            }
        });
        ids
    }

    /// Calls `look` for this expression and each part of it.
    pub fn visit<'a>(&'a self, look: &mut impl FnMut(&'a Self)) {
        look(self);
        match self {
            Self::Number(_) | Self::Id(_) | Self::Metrics(_) | Self::Filler(_) => {}
            Self::List(parts) | Self::Call(_, parts) => parts.iter().for_each(|part| part.visit(look)),
            Self::Negative(inner) => inner.visit(look),
            Self::Binary(_, left, right) => {
                left.visit(look);
                right.visit(look);
            }
        }
    }
}
