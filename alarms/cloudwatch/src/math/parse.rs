//! From text to an expression.

use std::str::FromStr;

use super::{Expression, Filler, Function, Operator};

/// Longest expression in characters. Source: `MetricDataQuery`.
pub const MAX_CHARS: usize = 2_048;

/// Deepest nesting: more is no expression that a person wrote, and would exhaust the stack.
const MAX_DEPTH: usize = 64;

/// Functions of CloudWatch that are not supported here.
const OTHER_FUNCTIONS: [&str; 29] = [
    "ANOMALY_DETECTION_BAND",
    "CEIL",
    "DATAPOINT_COUNT",
    "DATE",
    "DAY",
    "DB_PERF_INSIGHTS",
    "DIFF",
    "DIFF_TIME",
    "EPOCH",
    "FIRST",
    "FLOOR",
    "HOUR",
    "INSIGHT_RULE_METRIC",
    "LAMBDA",
    "LAST",
    "LOG",
    "LOG10",
    "METRIC_COUNT",
    "MINUTE",
    "MONTH",
    "REMOVE_EMPTY",
    "RUNNING_SUM",
    "SEARCH",
    "SERVICE_QUOTA",
    "SLICE",
    "SORT",
    "STDDEV",
    "TIME_SERIES",
    "YEAR",
];

/// A text that is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct ParseError {
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// Whether it is an expression of CloudWatch that is only not supported here.
    pub unsupported: bool,
}

impl FromStr for Expression {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text.chars().count() > MAX_CHARS {
            let message = format!("an expression has at most {MAX_CHARS} characters");
            return Err(ParseError { column: MAX_CHARS + 1, message, unsupported: false });
        }
        let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
        let expression = parser.binary(0)?;
        match parser.peek() {
            Token::End => Ok(expression),
            _ => Err(parser.unexpected("an operator or the end")),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Text(String),
    Operator(Operator),
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    End,
}

fn error(column: usize, message: impl Into<String>) -> ParseError {
    ParseError { column, message: message.into(), unsupported: false }
}

/// The tokens with their columns; the last is `End`.
fn tokens(text: &str) -> Result<Vec<(Token, usize)>, ParseError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let column = |rest: &str| text.chars().count() - rest.chars().count() + 1;
    loop {
        rest = rest.trim_start();
        let at = column(rest);
        let Some(first) = rest.chars().next() else {
            tokens.push((Token::End, at));
            return Ok(tokens);
        };
        let (token, bytes) = if first.is_ascii_digit() || first == '.' {
            number(rest).ok_or_else(|| error(at, "not a number"))?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, _) = rest.split_at(end);
            let token = match word {
                "AND" => Token::Operator(Operator::And),
                "OR" => Token::Operator(Operator::Or),
                _ => Token::Word(word.to_owned()),
            };
            (token, end)
        } else if first == '"' || first == '\'' {
            let inner = rest.get(1..).unwrap_or_default();
            let end = inner.find(first).ok_or_else(|| error(at, "the text has no end"))?;
            (Token::Text(inner.get(..end).unwrap_or_default().to_owned()), end + 2)
        } else {
            SYMBOLS
                .iter()
                .find(|(symbol, _)| rest.starts_with(symbol))
                .map(|(symbol, token)| (token.clone(), symbol.len()))
                .ok_or_else(|| error(at, format!("unexpected character {first:?}")))?
        };
        tokens.push((token, at));
        rest = rest.get(bytes..).unwrap_or_default();
    }
}

/// Longer ones first.
const SYMBOLS: [(&str, Token); 18] = [
    ("||", Token::Operator(Operator::Or)),
    ("&&", Token::Operator(Operator::And)),
    ("==", Token::Operator(Operator::Equal)),
    ("!=", Token::Operator(Operator::NotEqual)),
    ("<=", Token::Operator(Operator::LessOrEqual)),
    (">=", Token::Operator(Operator::GreaterOrEqual)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::Greater)),
    ("+", Token::Operator(Operator::Add)),
    ("-", Token::Operator(Operator::Subtract)),
    ("*", Token::Operator(Operator::Multiply)),
    ("/", Token::Operator(Operator::Divide)),
    ("^", Token::Operator(Operator::Power)),
    ("(", Token::Open),
    (")", Token::Close),
    ("[", Token::OpenList),
    ("]", Token::CloseList),
    (",", Token::Comma),
];

/// The number at the start of a text, and its length.
fn number(text: &str) -> Option<(Token, usize)> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
    };
    let mut end = digits(0);
    if text.get(end..)?.starts_with('.') {
        end = digits(end + 1);
    }
    if let Some(exponent) = text.get(end..)?.strip_prefix(['e', 'E']) {
        let start = text.len() - exponent.strip_prefix(['+', '-']).unwrap_or(exponent).len();
        if digits(start) > start {
            end = digits(start);
        }
    }
    let number: f64 = text.get(..end)?.parse().ok()?;
    number.is_finite().then_some((Token::Number(number), end))
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
}

/// From loose to tight. The unary minus binds tighter than `*`, and `^` tighter than that.
pub(super) const fn binding(operator: Operator) -> usize {
    match operator {
        Operator::Or => 1,
        Operator::And => 2,
        Operator::Equal
        | Operator::NotEqual
        | Operator::LessOrEqual
        | Operator::GreaterOrEqual
        | Operator::Less
        | Operator::Greater => 3,
        Operator::Add | Operator::Subtract => 4,
        Operator::Multiply | Operator::Divide => 5,
        Operator::Power => 7,
    }
}

pub(super) const NEGATIVE_BINDING: usize = 6;

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).or_else(|| self.tokens.last()).map_or(1, |(_, column)| *column)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn unexpected(&self, wanted: &str) -> ParseError {
        error(self.column(), format!("expected {wanted}"))
    }

    fn expect(&mut self, token: &Token, wanted: &str) -> Result<(), ParseError> {
        if self.peek() != token {
            return Err(self.unexpected(wanted));
        }
        self.at += 1;
        Ok(())
    }

    /// An operand, and the operators after it that bind at least as tight as `least`.
    fn binary(&mut self, least: usize) -> Result<Expression, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(error(self.column(), format!("nested deeper than {MAX_DEPTH}")));
        }
        let mut left = self.operand()?;
        while let &Token::Operator(operator) = self.peek() {
            let binds = binding(operator);
            if binds < least {
                break;
            }
            self.at += 1;
            let right = self.binary(binds + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, ParseError> {
        let column = self.column();
        match self.next() {
            Token::Number(number) => Ok(Expression::Number(number)),
            Token::Operator(Operator::Subtract) => {
                Ok(Expression::Negative(Box::new(self.binary(NEGATIVE_BINDING)?)))
            }
            Token::Open => {
                let inner = self.binary(0)?;
                self.expect(&Token::Close, "`)`")?;
                Ok(inner)
            }
            Token::OpenList => Ok(Expression::List(self.arguments(&Token::CloseList, "`]`")?)),
            Token::Word(word) if *self.peek() == Token::Open => self.call(&word, column),
            Token::Word(word) if word == "REPEAT" => Ok(Expression::Filler(Filler::Repeat)),
            Token::Word(word) if word == "LINEAR" => Ok(Expression::Filler(Filler::Linear)),
            Token::Word(word) if word.starts_with(|c: char| c.is_ascii_lowercase()) => {
                Ok(Expression::Id(word))
            }
            Token::Word(word) => {
                Err(error(column, format!("not an id: {word}; hint: an id begins with a lowercase letter")))
            }
            _ => Err(error(column, "expected a number, an id, a function or `(`")),
        }
    }

    fn call(&mut self, word: &str, column: usize) -> Result<Expression, ParseError> {
        self.at += 1;
        if word == "METRICS" {
            let part = match self.peek().clone() {
                Token::Text(part) => {
                    self.at += 1;
                    Some(part)
                }
                _ => None,
            };
            self.expect(&Token::Close, "a text or `)`")?;
            return Ok(Expression::Metrics(part));
        }
        let Some(&(_, function)) = Function::ALL.iter().find(|(name, _)| *name == word) else {
            let unsupported = OTHER_FUNCTIONS.contains(&word);
            let message = if unsupported {
                format!("the function {word} is not supported here")
            } else {
                format!("CloudWatch has no function {word}; hint: functions are written in capital letters")
            };
            return Err(ParseError { column, message, unsupported });
        };
        let arguments = self.arguments(&Token::Close, "`)`")?;
        let (least, most) = function.arity();
        if !(least..=most).contains(&arguments.len()) {
            return Err(error(
                column,
                format!("{word} takes {least} to {most} arguments, not {}", arguments.len()),
            ));
        }
        Ok(Expression::Call(function, arguments))
    }

    fn arguments(&mut self, end: &Token, wanted: &str) -> Result<Vec<Expression>, ParseError> {
        let mut arguments = vec![self.binary(0)?];
        while *self.peek() == Token::Comma {
            self.at += 1;
            arguments.push(self.binary(0)?);
        }
        self.expect(end, wanted)?;
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(one: &str, other: &str) {
        assert_eq!(one.parse::<Expression>().unwrap(), other.parse::<Expression>().unwrap());
    }

    #[test]
    fn operators_bind_as_in_arithmetic() {
        same("a+b*c", "a+(b*c)");
        same("a-b-c", "(a-b)-c");
        same("-a^2", "-(a^2)");
        same("-a*b", "(-a)*b");
        same("a>1 AND b>1 || c==0", "((a>1) && (b>1)) OR (c==0)");
        same("100*(f/c)", "100 * ( f / c )");
        same("1.5e2*a", "150*a");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_column() {
        for (text, column, words) in [
            ("", 1, "expected a number"),
            ("a +", 4, "expected a number"),
            ("a b", 3, "an operator or the end"),
            ("(a", 3, "`)`"),
            ("[a, ]", 5, "expected a number"),
            ("SUM()", 5, "expected a number"),
            ("IF(a)", 1, "IF takes 2 to 3 arguments, not 1"),
            ("FILL(m, 0, 1)", 1, "FILL takes 2 to 2"),
            ("a + sum(b)", 5, "no function sum"),
            ("1 + SEARCH(a)", 5, "SEARCH is not supported"),
            ("A + 1", 1, "lowercase"),
            ("가", 1, "unexpected character"),
            ("a + \"가", 5, "no end"),
            ("1e999", 1, "not a number"),
        ] {
            let error = text.parse::<Expression>().unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
            assert!(error.message.contains(words), "{text}: {error}");
            assert_eq!(error.unsupported, text.contains("SEARCH"), "{text}");
        }
    }

    #[test]
    fn deep_and_long_text_is_refused() {
        for text in ["(".repeat(1_000), "-".repeat(1_000), "[".repeat(2_000), "a+".repeat(2_000)] {
            text.parse::<Expression>().unwrap_err();
        }
    }

    #[test]
    fn mutated_text_is_read_or_refused() {
        let samples = ["100*FILL(f,0)/(c+[a,b]) > 5 AND IF(c<1, 0, m)", "SUM(METRICS(\"x\"))^-1.5e3"];
        mutations::check(&samples, &["METRICS(", "REPEAT", "((", "&&"], |bytes| {
            if let Ok(text) = std::str::from_utf8(bytes) {
                let _refused = text.parse::<Expression>();
            }
        });
    }
}
