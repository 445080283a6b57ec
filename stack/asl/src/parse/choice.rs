//! The rules of a Choice state.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{
    fields::{ErrorList, Fields},
    node::Node,
    words,
};
use crate::{
    jsonpath::Path,
    model::{ChoiceRule, Comparison, Operand, Pattern, Rule, Test, Timestamp, TypeTest},
};

/// What an operator's name says.
#[derive(Clone, Copy)]
enum Operator {
    String(Comparison),
    Numeric(Comparison),
    Timestamp(Comparison),
    Boolean,
    Matches,
    Type(TypeTest),
}

/// Every operator by name, with whether it compares with a path.
static OPERATORS: LazyLock<HashMap<String, (Operator, bool)>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    let mut compare = |name: String, operator| {
        all.insert(format!("{name}Path"), (operator, true));
        all.insert(name, (operator, false));
    };
    for (comparison, word) in Comparison::ALL {
        compare(format!("String{word}"), Operator::String(comparison));
        compare(format!("Numeric{word}"), Operator::Numeric(comparison));
        compare(format!("Timestamp{word}"), Operator::Timestamp(comparison));
    }
    compare("BooleanEquals".to_owned(), Operator::Boolean);
    all.insert("StringMatches".to_owned(), (Operator::Matches, false));
    all.extend(TypeTest::ALL.map(|(is, word)| (word.to_owned(), (Operator::Type(is), false))));
    all
});

/// `Choices` of a Choice state.
pub(super) fn rules(fields: &mut Fields, errors: &mut ErrorList) -> Option<Vec<ChoiceRule>> {
    fields.require("Choices", errors);
    let at = fields.at("Choices");
    let items = fields.list("Choices", errors)?;
    if items.is_empty() {
        errors.add(at.clone(), "a Choice state needs a rule".to_owned(), None);
    }
    let mut rules = Vec::with_capacity(items.len());
    for (i, node) in items.into_iter().enumerate() {
        let Some(mut fields) = Fields::open(node, format!("{at}/{i}"), errors) else {
            continue;
        };
        let comment = fields.text("Comment", errors);
        let next = fields.required_text("Next", errors);
        let rule = rule(fields, errors);
        rules.extend(rule.zip(next).map(|(rule, next)| ChoiceRule { comment, rule, next }));
    }
    Some(rules)
}

/// What is left of a rule's fields: one of And, Or, Not, or a Variable with one operator.
fn rule(mut fields: Fields, errors: &mut ErrorList) -> Option<Rule> {
    const OWNER: &str = "a choice rule";
    for (name, build) in [("And", Rule::And as fn(Vec<Rule>) -> Rule), ("Or", Rule::Or)] {
        if fields.has(name) {
            let rules = nested(&mut fields, name, errors);
            fields.close(OWNER, errors);
            return rules.map(build);
        }
    }
    if fields.has("Not") {
        let at = fields.at("Not");
        let inner = fields.take("Not").and_then(|node| Fields::open(node, at, errors));
        fields.close(OWNER, errors);
        return rule(inner?, errors).map(|rule| Rule::Not(Box::new(rule)));
    }
    fields.require("Variable", errors);
    let variable = fields.json_path("Variable", errors);
    let test = test(&mut fields, errors);
    fields.close(OWNER, errors);
    Some(Rule::Test { variable: variable?, test: test? })
}

fn nested(fields: &mut Fields, name: &'static str, errors: &mut ErrorList) -> Option<Vec<Rule>> {
    let at = fields.at(name);
    let items = fields.list(name, errors)?;
    if items.is_empty() {
        errors.add(at.clone(), format!("{name} needs a rule"), None);
    }
    let read = |(i, node)| rule(Fields::open(node, format!("{at}/{i}"), errors)?, errors);
    Some(items.into_iter().enumerate().filter_map(read).collect())
}

fn test(fields: &mut Fields, errors: &mut ErrorList) -> Option<Test> {
    let path = fields.path().to_owned();
    let (mut operators, others): (Vec<_>, Vec<_>) =
        fields.take_rest().into_iter().partition(|(name, _)| OPERATORS.contains_key(name));
    for (name, _) in others {
        if words::unsupported(&name).is_some() {
            errors.add(fields.at(&name), format!("field is not supported (JSONata): {name}"), None);
        } else {
            let hint = words::nearest(&name, OPERATORS.keys().map(String::as_str));
            errors.add(fields.at(&name), format!("unknown operator: {name}"), hint);
        }
    }
    let Some((name, node)) = operators.pop() else {
        errors.add(path, "a choice rule needs an operator".to_owned(), None);
        return None;
    };
    for (other, _) in operators {
        errors.add(
            fields.at(&other),
            format!("a choice rule takes one operator, and has {name} too: {other}"),
            None,
        );
    }
    let (operator, by_path) = *OPERATORS.get(&name)?;
    operand(&name, operator, by_path, node)
        .map_err(|message| errors.add(fields.at(&name), message, None))
        .ok()
}

fn operand(name: &str, operator: Operator, by_path: bool, node: Node) -> Result<Test, String> {
    let expected = |what: &str, node: &Node| Err(format!("{name} takes {what}, found {}", node.kind()));
    let path = if by_path {
        let Node::Text(text) = &node else {
            return expected("a path", &node);
        };
        Some(Path::parse(text).map_err(|error| error.to_string())?)
    } else {
        None
    };
    Ok(match (operator, path, node) {
        (Operator::String(comparison), Some(path), _) => Test::String(comparison, Operand::Path(path)),
        (Operator::Numeric(comparison), Some(path), _) => Test::Numeric(comparison, Operand::Path(path)),
        (Operator::Timestamp(comparison), Some(path), _) => Test::Timestamp(comparison, Operand::Path(path)),
        (Operator::Boolean, Some(path), _) => Test::Boolean(Operand::Path(path)),
        (Operator::String(comparison), None, Node::Text(text)) => {
            Test::String(comparison, Operand::Literal(text))
        }
        (Operator::Numeric(comparison), None, Node::Number(n)) => {
            Test::Numeric(comparison, Operand::Literal(n))
        }
        (Operator::Timestamp(comparison), None, Node::Text(text)) => {
            let at = Timestamp::parse(&text).map_err(|error| error.to_string())?;
            Test::Timestamp(comparison, Operand::Literal(at))
        }
        (Operator::Boolean, None, Node::Bool(b)) => Test::Boolean(Operand::Literal(b)),
        (Operator::Matches, _, Node::Text(text)) => Test::Matches(Pattern::new(text)),
        (Operator::Type(is), _, Node::Bool(b)) => Test::Type(is, b),
        (Operator::String(_) | Operator::Matches, _, node) => return expected("text", &node),
        (Operator::Numeric(_), _, node) => return expected("a number", &node),
        (Operator::Timestamp(_), _, node) => return expected("a timestamp", &node),
        (Operator::Boolean | Operator::Type(_), _, node) => return expected("true or false", &node),
    })
}
