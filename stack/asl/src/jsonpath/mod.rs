//! The paths of the States Language: Jayway's dialect of `JSONPath`, rooted in the state's data (`$`) or in the context
//! object (`$$`).
//!
//! Names, indexes (negative ones too), wildcards, slices, unions and `..` are supported; filters and functions are
//! errors. Intrinsic functions are not paths.

mod eval;
mod reference;
mod text;

use std::fmt;

use serde::{Serialize, Serializer};

pub use eval::Missing;
pub use reference::{NoPlace, ReferencePath};

/// What a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// `$`: the data of the state.
    State,
    /// `$$`: the context object.
    Context,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Field(String),
    /// Negative counts from the end.
    Index(i64),
    Wildcard,
    Slice {
        start: Option<i64>,
        end: Option<i64>,
    },
    Fields(Vec<String>),
    Indexes(Vec<i64>),
    /// `..`: everything below, the place itself included.
    Descend,
}

/// A path that reads: `$.profile.months`, `$$.Execution.Id`, `$.items[*].price`.
///
/// It keeps its spelling, so that a definition is written as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    root: Root,
    steps: Vec<Step>,
}

/// Why a text is not a supported path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The text starts neither with `$` nor with `$$`.
    #[error("a path starts with `$`: {0}")]
    Start(String),
    /// An intrinsic function stands where a path should.
    #[error("intrinsic function is not supported: {0}")]
    Intrinsic(String),
    /// A filter expression, `[?(..)]`.
    #[error("JSONPath filter is not supported: {0}")]
    Filter(String),
    /// A function of the path, `.length()`, or a script, `[(@.length-1)]`.
    #[error("JSONPath function is not supported: {0}")]
    Function(String),
    /// A variable, `$name`: they come with `Assign`.
    #[error("variable is not supported: {0}")]
    Variable(String),
    /// A field of the context object that no state here has.
    #[error("context object has no such field here: {0}")]
    Context(String),
    /// Two `..`, or a union that names a place twice: the result could outgrow any data.
    #[error("path that may match a place twice is not supported: {0}")]
    Repeats(String),
    /// More steps than data is deep.
    #[error("path has more than 100 steps: {0}")]
    Long(usize),
    /// Brackets, quotes, names or numbers that do not make a path.
    #[error("not a JSONPath: {0}")]
    Syntax(String),
    /// A reference path names exactly one place.
    #[error("not a reference path, it must name one place in the state's data: {0}")]
    NotOnePlace(String),
}

impl Path {
    /// `$`: all of the state's data.
    #[must_use]
    pub fn root() -> Self {
        Self { text: "$".to_owned(), root: Root::State, steps: Vec::new() }
    }

    /// `$$`: the context object.
    #[must_use]
    pub fn context() -> Self {
        Self { text: "$$".to_owned(), root: Root::Context, steps: Vec::new() }
    }

    /// This path with one more name behind it. The dialect has no spelling for a name with both kinds of quotes; what
    /// is written for one does not parse.
    #[must_use]
    pub fn field(mut self, name: &str) -> Self {
        text::push_field(&mut self.text, name);
        self.steps.push(Step::Field(name.to_owned()));
        self
    }

    /// This path with an index behind it.
    #[must_use]
    pub fn index(mut self, index: u32) -> Self {
        self.text = format!("{}[{index}]", self.text);
        self.steps.push(Step::Index(index.into()));
        self
    }

    /// Reads a path.
    ///
    /// # Errors
    /// If the text is no path, or one of a kind that is not evaluated here.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        text::parse(text)
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it starts from.
    pub const fn starts(&self) -> Root {
        self.root
    }

    /// `$` itself.
    pub fn is_root(&self) -> bool {
        self.root == Root::State && self.steps.is_empty()
    }

    /// Whether it can match at most one place. Others give an array, an empty one where nothing matches.
    pub fn is_definite(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Field(_) | Step::Index(_)))
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
