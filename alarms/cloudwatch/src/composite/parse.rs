//! From text to a rule.

use std::str::FromStr;

use super::{Least, MAX_CHILDREN, Rule};
use crate::alarm::State;

/// Longest rule in characters, and most operands and operators. Source: "Create a composite alarm".
const MAX_CHARS: usize = 10_240;
const MAX_ELEMENTS: usize = 500;

/// Deepest nesting, so that hostile text cannot exhaust the stack.
const MAX_DEPTH: usize = 64;

/// A text that is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct RuleError {
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let mut parser = Parser { text, at: 0, elements: 0, depth: 0 };
        if text.chars().count() > MAX_CHARS {
            return Err(parser.error(format!("a rule has at most {MAX_CHARS} characters")));
        }
        let rule = parser.any()?;
        if !parser.rest().is_empty() {
            return Err(parser.error("expected AND, OR or the end"));
        }
        let mut alarms = rule.alarms();
        alarms.sort_unstable();
        alarms.dedup();
        if alarms.len() > MAX_CHILDREN {
            return Err(
                parser.error(format!("{} alarms; hint: a rule names at most {MAX_CHILDREN}", alarms.len()))
            );
        }
        Ok(rule)
    }
}

struct Parser<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
    elements: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn error(&self, message: impl Into<String>) -> RuleError {
        let before = self.text.get(..self.at).unwrap_or_default();
        RuleError { column: before.chars().count() + 1, message: message.into() }
    }

    fn count(&mut self) -> Result<(), RuleError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(self.error(format!("more than {MAX_ELEMENTS} operands and operators")));
        }
        Ok(())
    }

    /// Takes a word of capitals, if it is the next one.
    fn keyword(&mut self, word: &str) -> bool {
        let found = self.rest().strip_prefix(word).is_some_and(|after| {
            !after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
        });
        if found {
            self.at += word.len();
        }
        found
    }

    fn symbol(&mut self, symbol: char) -> bool {
        let found = self.rest().starts_with(symbol);
        if found {
            self.at += symbol.len_utf8();
        }
        found
    }

    fn expect(&mut self, symbol: char) -> Result<(), RuleError> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.error(format!("expected `{symbol}`"))) }
    }

    fn any(&mut self) -> Result<Rule, RuleError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("nested deeper than {MAX_DEPTH}")));
        }
        let mut rules = vec![self.all()?];
        while self.keyword("OR") {
            self.count()?;
            rules.push(self.all()?);
        }
        self.depth -= 1;
        Ok(single_or(rules, Rule::Any))
    }

    fn all(&mut self) -> Result<Rule, RuleError> {
        let mut rules = vec![self.operand()?];
        while self.keyword("AND") {
            self.count()?;
            rules.push(self.operand()?);
        }
        Ok(single_or(rules, Rule::All))
    }

    fn operand(&mut self) -> Result<Rule, RuleError> {
        self.count()?;
        if self.keyword("NOT") {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(self.error(format!("nested deeper than {MAX_DEPTH}")));
            }
            let inner = self.operand()?;
            self.depth -= 1;
            return Ok(Rule::Not(Box::new(inner)));
        }
        if self.symbol('(') {
            let inner = self.any()?;
            self.expect(')')?;
            return Ok(inner);
        }
        if self.keyword("TRUE") {
            return Ok(Rule::Constant(true));
        }
        if self.keyword("FALSE") {
            return Ok(Rule::Constant(false));
        }
        if self.keyword("AT_LEAST") {
            return self.at_least();
        }
        let state = self.state().ok_or_else(|| {
            self.error("expected ALARM, OK, INSUFFICIENT_DATA, AT_LEAST, NOT, TRUE, FALSE or `(`")
        })?;
        self.expect('(')?;
        let alarm = self.name()?;
        self.expect(')')?;
        Ok(Rule::Is(state, alarm))
    }

    fn state(&mut self) -> Option<State> {
        [State::Alarm, State::Ok, State::InsufficientData]
            .into_iter()
            .find(|state| self.keyword(state.as_str()))
    }

    fn at_least(&mut self) -> Result<Rule, RuleError> {
        self.expect('(')?;
        let place = self.error("");
        let amount = self.name()?;
        let percent = amount.strip_suffix('%').and_then(|percent| percent.parse().ok());
        let least = match (percent, amount.parse()) {
            (Some(percent @ 1..=100), _) => Least::Percent(percent),
            (None, Ok(count @ 1..)) => Least::Count(count),
            _ => {
                let message =
                    format!("not a number of alarms: {amount}; hint: 1 and more, or \"1%\" to \"100%\"");
                return Err(RuleError { message, ..place });
            }
        };
        self.expect(',')?;
        let state = self.state().ok_or_else(|| self.error("expected ALARM, OK or INSUFFICIENT_DATA"))?;
        self.expect(',')?;
        self.expect('(')?;
        let mut alarms = Vec::new();
        loop {
            self.count()?;
            alarms.push(self.name()?);
            if !self.symbol(',') {
                break;
            }
        }
        self.expect(')')?;
        self.expect(')')?;
        Ok(Rule::AtLeast { least, state, alarms })
    }

    /// A name as it is or in quotation marks, or an ARN, whose name is taken.
    fn name(&mut self) -> Result<String, RuleError> {
        let rest = self.rest();
        let (name, length) = if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').ok_or_else(|| self.error("the name has no end"))?;
            (quoted.get(..end).unwrap_or_default(), end + 2)
        } else {
            let end = rest.find(['(', ')', ',', ' ', '\n', '\t', '"']).unwrap_or(rest.len());
            (rest.get(..end).unwrap_or_default(), end)
        };
        if name.is_empty() {
            return Err(self.error("expected the name of an alarm"));
        }
        self.at += length;
        let short = name.starts_with("arn:").then(|| name.split_once(":alarm:")).flatten();
        Ok(short.map_or(name, |(_, short)| short).to_owned())
    }
}

fn single_or(mut rules: Vec<Rule>, many: fn(Vec<Rule>) -> Rule) -> Rule {
    if rules.len() > 1 {
        return many(rules);
    }
    rules.pop().unwrap_or(Rule::Constant(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_quoted_or_arns() {
        let expected = Rule::Is(State::Alarm, "a b".to_owned());
        assert_eq!("ALARM(\"a b\")".parse(), Ok(expected.clone()));
        assert_eq!(" ( ALARM( \"arn:aws:cloudwatch:r:1:alarm:a b\" ) ) ".parse(), Ok(expected));
        assert_eq!("OK(arn:aws:cloudwatch:r:1:alarm:x)".parse(), Ok(Rule::Is(State::Ok, "x".to_owned())));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_column() {
        for (text, column, words) in [
            ("", 1, "expected ALARM"),
            ("ALARM(a) ALARM(b)", 10, "expected AND"),
            ("ALARM a", 7, "`(`"),
            ("ALARM()", 7, "the name"),
            ("ALARM(\"a)", 7, "no end"),
            ("ALARM(a) AND", 13, "expected ALARM"),
            ("ALARMED(a)", 1, "expected ALARM"),
            ("AT_LEAST(0, ALARM, (a))", 10, "number of alarms"),
            ("AT_LEAST(\"101%\", ALARM, (a))", 10, "number of alarms"),
            ("AT_LEAST(1, RED, (a))", 13, "expected ALARM"),
        ] {
            let error = text.parse::<Rule>().unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
            assert!(error.message.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn limits_are_kept() {
        let many = |count: usize| (0..count).map(|n| format!("ALARM(a{n})")).collect::<Vec<_>>().join(" OR ");
        many(100).parse::<Rule>().unwrap();
        many(101).parse::<Rule>().unwrap_err();
        for text in
            ["(".repeat(5_000), "NOT ".repeat(2_000), ["ALARM(a)"; 400].join(" AND "), " ".repeat(10_241)]
        {
            text.parse::<Rule>().unwrap_err();
        }
    }

    #[test]
    fn mutated_text_is_read_or_refused() {
        let samples = ["ALARM(a) AND (NOT OK(\"b c\") OR AT_LEAST(\"50%\", ALARM, (d, e)))"];
        mutations::check(&samples, &["AT_LEAST(", "NOT ", "((", "\""], |bytes| {
            if let Ok(text) = std::str::from_utf8(bytes) {
                let _refused = text.parse::<Rule>();
            }
        });
    }
}
