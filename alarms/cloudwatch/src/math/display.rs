//! An expression as CloudWatch takes it.

use std::fmt;

use super::{
    Expression, Filler, Operator,
    parse::{NEGATIVE_BINDING, binding},
};

impl Operator {
    /// As it is written.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::LessOrEqual => "<=",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Expression {
    /// Writes the expression where only operators that bind at least as tight as `least` go without parentheses.
    fn write(&self, f: &mut fmt::Formatter<'_>, least: usize) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Self]| {
            parts.iter().enumerate().try_for_each(|(at, part)| {
                if at > 0 {
                    f.write_str(", ")?;
                }
                part.write(f, 0)
            })
        };
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Id(id) => f.write_str(id),
            Self::List(parts) => {
                f.write_str("[")?;
                list(f, parts)?;
                f.write_str("]")
            }
            Self::Negative(inner) => {
                let parentheses = NEGATIVE_BINDING < least;
                f.write_str(if parentheses { "(-" } else { "-" })?;
                inner.write(f, NEGATIVE_BINDING + 1)?;
                f.write_str(if parentheses { ")" } else { "" })
            }
            Self::Binary(operator, left, right) => {
                let binds = binding(*operator);
                let parentheses = binds < least;
                if parentheses {
                    f.write_str("(")?;
                }
                left.write(f, binds)?;
                write!(f, " {} ", operator.symbol())?;
                right.write(f, binds + 1)?;
                if parentheses {
                    f.write_str(")")?;
                }
                Ok(())
            }
            Self::Call(function, arguments) => {
                write!(f, "{}(", function.name())?;
                list(f, arguments)?;
                f.write_str(")")
            }
            Self::Metrics(None) => f.write_str("METRICS()"),
            Self::Metrics(Some(part)) => write!(f, "METRICS(\"{part}\")"),
            Self::Filler(Filler::Repeat) => f.write_str("REPEAT"),
            Self::Filler(Filler::Linear) => f.write_str("LINEAR"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for text in [
            "IF(a >= 3, 100 * a / c, 0)",
            "(a + b) * c - (d - (e - f))",
            "a > 1 AND (b > 1 OR c == 0)",
            "-(a ^ 2) + (-b) ^ 2",
            "MAX([FILL(a, REPEAT), METRICS(\"x\") / 2])",
            "(-a) * b ^ (c ^ d)",
            "0 - -a",
        ] {
            let expression: Expression = text.parse().unwrap();
            assert_eq!(expression.to_string().parse::<Expression>().unwrap(), expression, "{expression}");
        }
        let shortest = "100 * (failed + timed_out) / (failed + succeeded)";
        assert_eq!(shortest.parse::<Expression>().unwrap().to_string(), shortest);
    }
}
