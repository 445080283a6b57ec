//! `Fn::Sub`: a text with placeholders, checked when it is made.
//!
//! `${Name}` is a parameter or a resource's `Ref`, `${Name.Attribute}` an attribute, `${AWS::Region}` a pseudo parameter,
//! and `${!Name}` the literal text `${Name}`. CloudFormation's second form, with variables of its own, is not supported.

use std::{borrow::Cow, str};

use crate::{
    LogicalId,
    value::{Attribute, GetAtt, Pseudo, Target},
};

/// A checked text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sub {
    text: Cow<'static, str>,
}

/// A text that `Fn::Sub` cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubError {
    #[error("a placeholder is not closed: {0}")]
    Open(String),
    /// A placeholder that is neither a name, a known attribute nor a known pseudo parameter.
    #[error("not a placeholder: {0}")]
    Placeholder(String),
}

/// A piece of a text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// As it stands.
    Text(&'a str),
    /// `${!..}`: what stands between the braces, to be written as `${..}`.
    Escaped(&'a str),
    /// A parameter, a resource's `Ref` or a pseudo parameter.
    Ref(Target),
    GetAtt(GetAtt),
}

impl Sub {
    pub fn parse(text: impl Into<String>) -> Result<Self, SubError> {
        let text = text.into();
        for token in tokens(text.as_bytes()) {
            match token {
                Token::Open(rest) => return Err(SubError::Open(shortened(rest))),
                Token::Unknown(name) => {
                    return Err(SubError::Placeholder(format!("${{{}}}", shortened(name))));
                }
                Token::Text(_)
                | Token::Escaped(_)
                | Token::Name(_)
                | Token::Attribute { .. }
                | Token::Pseudo(_) => {}
            }
        }
        Ok(Self { text: Cow::Owned(text) })
    }

    /// For [`sub!`](crate::sub!), which runs it while compiling.
    ///
    /// # Panics
    /// The text holds something like a placeholder that is none: then the caller does not compile.
    pub const fn from_const(text: &'static str) -> Self {
        let mut rest = text.as_bytes();
        while let Some((token, after)) = next(rest) {
            assert!(!matches!(token, Token::Open(_)), "a placeholder is not closed");
            assert!(!matches!(token, Token::Unknown(_)), "not a placeholder");
            rest = after;
        }
        Self { text: Cow::Borrowed(text) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pieces in their order.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        tokens(self.text.as_bytes()).filter_map(|token| {
            let logical = |name| LogicalId::new(lossless(name)).ok();
            Some(match token {
                Token::Text(text) => Part::Text(lossless(text)),
                Token::Escaped(text) => Part::Escaped(lossless(text)),
                Token::Pseudo(pseudo) => Part::Ref(Target::Pseudo(pseudo)),
                Token::Name(name) => Part::Ref(Target::Logical(logical(name)?)),
                Token::Attribute { resource, attribute } => {
                    Part::GetAtt(GetAtt { resource: logical(resource)?, attribute })
                }
                // Both constructors refuse them.
                Token::Open(_) | Token::Unknown(_) => return None,
            })
        })
    }
}

/// Pieces are cut at ASCII bytes only, so that each is whole UTF-8.
fn lossless(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap_or_default()
}

/// A definition may be long: an error shows where it goes wrong, not all of it.
fn shortened(bytes: &[u8]) -> String {
    lossless(bytes).chars().take(40).collect()
}

enum Token<'a> {
    Text(&'a [u8]),
    Escaped(&'a [u8]),
    Pseudo(Pseudo),
    Name(&'a [u8]),
    Attribute { resource: &'a [u8], attribute: Attribute },
    Open(&'a [u8]),
    Unknown(&'a [u8]),
}

fn tokens(text: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (token, after) = next(rest)?;
        rest = after;
        Some(token)
    })
}

/// The first token and what comes after it. It is const, so that one reader serves constants and run time.
const fn next(text: &[u8]) -> Option<(Token<'_>, &[u8])> {
    let (before, from) = text.split_at(until_dollar_brace(text));
    if !before.is_empty() {
        return Some((Token::Text(before), from));
    }
    let [_, _, inside @ ..] = from else {
        return None;
    };
    let (name, end) = inside.split_at(until_brace(inside));
    let [_, after @ ..] = end else {
        return Some((Token::Open(from), end));
    };
    let token = match name {
        [b'!', literal @ ..] if until_dollar_brace(literal) == literal.len() => Token::Escaped(literal),
        _ => placeholder(name),
    };
    Some((token, after))
}

const fn placeholder(name: &[u8]) -> Token<'_> {
    if let Some(pseudo) = Pseudo::from_bytes(name) {
        return Token::Pseudo(pseudo);
    }
    let (resource, dotted) = name.split_at(alphanumeric_prefix(name));
    if resource.is_empty() || resource.len() > 255 {
        return Token::Unknown(name);
    }
    match dotted {
        [] => Token::Name(resource),
        [b'.', word @ ..] => match Attribute::from_bytes(word) {
            Some(attribute) => Token::Attribute { resource, attribute },
            None => Token::Unknown(name),
        },
        _ => Token::Unknown(name),
    }
}

const fn until_dollar_brace(text: &[u8]) -> usize {
    let mut rest = text;
    while let [_, after @ ..] = rest {
        if let [b'$', b'{', ..] = rest {
            break;
        }
        rest = after;
    }
    text.len() - rest.len()
}

const fn until_brace(text: &[u8]) -> usize {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if *first == b'}' {
            break;
        }
        rest = after;
    }
    text.len() - rest.len()
}

const fn alphanumeric_prefix(text: &[u8]) -> usize {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        if !first.is_ascii_alphanumeric() {
            break;
        }
        rest = after;
    }
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, error: &str) {
        assert_eq!(Sub::parse(text).unwrap_err().to_string(), error);
    }

    #[test]
    fn every_kind_of_part_is_read() {
        let sub = Sub::parse("된장 ${AWS::Region}-${Results}-${Results.Arn}-${!Left}$").unwrap();
        let id = || LogicalId::new("Results").unwrap();
        assert_eq!(
            sub.parts().collect::<Vec<_>>(),
            [
                Part::Text("된장 "),
                Part::Ref(Target::Pseudo(Pseudo::Region)),
                Part::Text("-"),
                Part::Ref(Target::Logical(id())),
                Part::Text("-"),
                Part::GetAtt(GetAtt { resource: id(), attribute: Attribute::Arn }),
                Part::Text("-"),
                Part::Escaped("Left"),
                Part::Text("$"),
            ]
        );
    }

    #[test]
    fn a_dollar_or_a_brace_alone_is_text() {
        for text in ["", "$", "{}", "$.path", "$$.Execution.Id", "}{", "$ {A}"] {
            let sub = Sub::parse(text).unwrap();
            assert!(sub.parts().all(|part| matches!(part, Part::Text(_))), "{text}");
        }
    }

    #[test]
    fn what_looks_like_a_placeholder_has_to_be_one() {
        refused("a ${Open", "a placeholder is not closed: ${Open");
        refused("${}", "not a placeholder: ${}");
        refused("${ A }", "not a placeholder: ${ A }");
        refused("${AWS::Regoin}", "not a placeholder: ${AWS::Regoin}");
        refused("${Results.ARN}", "not a placeholder: ${Results.ARN}");
        refused("${!a${B}", "not a placeholder: ${!a${B}");
        refused("${가}", "not a placeholder: ${가}");
        refused("${a${b}}", "not a placeholder: ${a${b}");
        refused("${my-table}", "not a placeholder: ${my-table}");
        refused("${.Arn}", "not a placeholder: ${.Arn}");
        refused("${a\0}", "not a placeholder: ${a\0}");
        // A logical id has at most 255 characters; an error quotes 40 of them.
        refused(&format!("${{{}}}", "n".repeat(256)), &format!("not a placeholder: ${{{}}}", "n".repeat(40)));
        assert!(Sub::parse(format!("${{{}}}", "n".repeat(255))).is_ok());
    }

    #[test]
    fn a_text_may_have_many_placeholders() {
        let unclosed = format!("a placeholder is not closed: {}", "${".repeat(20));
        refused(&"${".repeat(100_000), &unclosed);
        assert_eq!(Sub::parse("${A}".repeat(100_000)).unwrap().parts().count(), 100_000);
    }

    #[test]
    fn constants_are_checked_by_the_same_reader() {
        assert_eq!(crate::sub!("x${AWS::AccountId}${Results.Arn}${!A}").parts().count(), 4);
        assert!(std::panic::catch_unwind(|| Sub::from_const("${")).is_err());
        assert!(std::panic::catch_unwind(|| Sub::from_const("${A.Nothing}")).is_err());
    }

    /// Writes the pieces again.
    fn written(sub: &Sub) -> String {
        let write = |part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Escaped(text) => format!("${{!{text}}}"),
            Part::Ref(target) => format!("${{{target}}}"),
            Part::GetAtt(GetAtt { resource, attribute }) => format!("${{{resource}.{attribute}}}"),
        };
        sub.parts().map(write).collect()
    }

    proptest::proptest! {
        #[test]
        fn nothing_gets_lost_and_nothing_panics(
            pieces in proptest::collection::vec("[$]?[{]?[!]?(A|A[.]Arn|AWS::Region|가)?[}]?", 0..8)
        ) {
            let text = pieces.concat();
            if let Ok(sub) = Sub::parse(text.as_str()) {
                proptest::prop_assert_eq!(written(&sub), text);
            }
        }
    }
}
