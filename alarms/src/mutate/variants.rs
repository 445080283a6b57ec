//! Expressions and rules with one thing changed.

use cloudwatch::{
    alarm::State,
    composite::Rule,
    math::{Expression, Function, Operator},
};

/// An expression with one term or operator changed.
pub(super) fn expressions(expression: &Expression, metrics: usize) -> Vec<Expression> {
    let expressions = |part: &Expression| expressions(part, metrics);
    let within = |parts: &[Expression], rebuild: &dyn Fn(Vec<Expression>) -> Expression| -> Vec<Expression> {
        let changed = parts.iter().enumerate().flat_map(|(at, part)| {
            expressions(part).into_iter().map(move |variant| {
                let mut parts = parts.to_vec();
                if let Some(part) = parts.get_mut(at) {
                    *part = variant;
                }
                parts
            })
        });
        changed.map(rebuild).collect()
    };
    match expression {
        Expression::Number(number) => {
            vec![Expression::Number(number + 1.0), Expression::Number(number - 1.0)]
        }
        // A metric that is left out.
        Expression::Id(id) => {
            let zero = Expression::Binary(
                Operator::Multiply,
                Box::new(Expression::Id(id.clone())),
                Box::new(Expression::Number(0.0)),
            );
            vec![zero]
        }
        Expression::Metrics(_) | Expression::Filler(_) => Vec::new(),
        Expression::Negative(inner) => {
            expressions(inner).into_iter().map(|inner| Expression::Negative(Box::new(inner))).collect()
        }
        Expression::List(parts) => {
            let mut changed = within(parts, &Expression::List);
            if parts.len() > 1 {
                changed.extend((0..parts.len()).map(|at| {
                    let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                    Expression::List(others.map(|(_, part)| part.clone()).collect())
                }));
            }
            changed
        }
        Expression::Call(function, arguments) => {
            let mut changed = within(arguments, &|arguments| Expression::Call(*function, arguments));
            let members = match arguments.first() {
                Some(Expression::List(parts)) => parts.len(),
                Some(Expression::Metrics(_)) => metrics,
                _ => 0,
            };
            let folds = [Function::Sum, Function::Min, Function::Max, Function::Avg];
            // Of one series they all are the series.
            if members > 1 && folds.contains(function) {
                let others = folds.into_iter().filter(|other| other != function);
                changed.extend(others.map(|other| Expression::Call(other, arguments.clone())));
            }
            // Gaps that are not filled.
            if let (Function::Fill, Some(series)) = (function, arguments.first()) {
                changed.push(series.clone());
            }
            changed
        }
        Expression::Binary(operator, left, right) => {
            let binary =
                |operator, left, right| Expression::Binary(operator, Box::new(left), Box::new(right));
            let swapped = match operator {
                Operator::And => Operator::Or,
                Operator::Or => Operator::And,
                Operator::Add => Operator::Subtract,
                Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Power => Operator::Add,
                Operator::Equal => Operator::NotEqual,
                Operator::NotEqual => Operator::Equal,
                Operator::GreaterOrEqual => Operator::Greater,
                Operator::Greater => Operator::GreaterOrEqual,
                Operator::LessOrEqual => Operator::Less,
                Operator::Less => Operator::LessOrEqual,
            };
            let mut changed = vec![Expression::Binary(swapped, left.clone(), right.clone())];
            changed
                .extend(expressions(left).into_iter().map(|left| binary(*operator, left, (**right).clone())));
            changed.extend(
                expressions(right).into_iter().map(|right| binary(*operator, (**left).clone(), right)),
            );
            changed
        }
    }
}

/// A rule with one operand left out or in another state, or with another operator.
pub(super) fn rules(rule: &Rule) -> Vec<Rule> {
    match rule {
        Rule::Is(_, alarm) => [State::Ok, State::InsufficientData, State::Alarm]
            .into_iter()
            .map(|state| Rule::Is(state, alarm.clone()))
            .filter(|other| other != rule)
            .collect(),
        Rule::All(operands) | Rule::Any(operands) => {
            let is_all = matches!(rule, Rule::All(_));
            let rebuild = |operands| if is_all { Rule::All(operands) } else { Rule::Any(operands) };
            let mut changed =
                vec![if is_all { Rule::Any(operands.clone()) } else { Rule::All(operands.clone()) }];
            for at in 0..operands.len() {
                let mut without = operands.clone();
                let operand = without.remove(at);
                changed.push(rebuild(without));
                changed.extend(rules(&operand).into_iter().map(|variant| {
                    let mut operands = operands.clone();
                    if let Some(operand) = operands.get_mut(at) {
                        *operand = variant;
                    }
                    rebuild(operands)
                }));
            }
            changed
        }
        Rule::Constant(_) | Rule::Not(_) | Rule::AtLeast { .. } => vec![Rule::Not(Box::new(rule.clone()))],
    }
}
