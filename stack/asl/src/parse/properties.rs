//! Properties of parsing and writing, on random machines.

use proptest::prelude::*;
use serde_json::json;

use crate::{
    StateMachine,
    model::{
        Branch, Catcher, Choice, ChoiceRule, Fail, FailText, Field, Is, Jitter, Operand, Order, Parallel,
        Pass, Path, Pattern, Placement, ReferencePath, Resource, Retrier, Rule, Selection, State, Succeed,
        Task, TaskTimeout, Template, Test, Timestamp, Transition, Wait, WaitFor,
    },
};

fn name() -> impl Strategy<Value = String> {
    "[A-Z][a-z]{0,5}"
}

fn path() -> impl Strategy<Value = Path> {
    (any::<bool>(), prop::collection::vec(("[a-z가-힣 ]{1,4}", prop::option::of(0..9_u32)), 0..3)).prop_map(
        |(context, steps)| {
            let root = if context { Path::context().field("Execution") } else { Path::root() };
            steps.into_iter().fold(root, |path, (name, index)| {
                let path = path.field(&name);
                index.map_or(path.clone(), |index| path.index(index))
            })
        },
    )
}

fn reference() -> impl Strategy<Value = ReferencePath> {
    prop::collection::vec("[a-z ]{1,4}", 0..3)
        .prop_map(|names| names.iter().fold(ReferencePath::root(), |path, name| path.field(name)))
}

fn selection() -> impl Strategy<Value = Selection> {
    prop_oneof![Just(Selection::Discard), path().prop_map(Selection::Path)]
}

fn placement() -> impl Strategy<Value = Placement> {
    prop_oneof![Just(Placement::Discard), reference().prop_map(Placement::At)]
}

fn template() -> impl Strategy<Value = Template> {
    let leaf = prop_oneof![
        Just(Template::Null),
        any::<bool>().prop_map(Template::Bool),
        any::<i64>().prop_map(|n| Template::Number(n.into())),
        ".{0,6}".prop_map(Template::Text),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let field = prop_oneof![path().prop_map(Field::Path), inner.clone().prop_map(Field::Value)];
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(Template::Array),
            prop::collection::vec(("[a-z ]{0,4}", field), 0..3).prop_map(Template::object),
        ]
    })
}

fn retrier() -> impl Strategy<Value = Retrier> {
    let errors = prop::collection::vec(name(), 1..3);
    // Halves are read exactly; the JSON library may be off by one unit in the last place for others.
    let rate = (2..18_u8).prop_map(|halves| f64::from(halves) / 2.0);
    let jitter = prop::option::of(prop_oneof![Just(Jitter::Full), Just(Jitter::None)]);
    (errors, prop::option::of(1..9_u64), prop::option::of(0..9_u32), prop::option::of(rate), jitter).prop_map(
        |(errors, interval_seconds, max_attempts, backoff_rate, jitter_strategy)| Retrier {
            interval_seconds,
            max_attempts,
            backoff_rate,
            jitter_strategy,
            max_delay_seconds: interval_seconds.map(|s| s + 1),
            ..Retrier::new(errors.iter().map(String::as_str))
        },
    )
}

fn catcher() -> impl Strategy<Value = Catcher> {
    (name(), placement(), name()).prop_map(|(error, result_path, next)| Catcher {
        result_path,
        ..Catcher::new([error.as_str()], next)
    })
}

fn transition() -> impl Strategy<Value = Transition> {
    prop_oneof![Just(Transition::End), name().prop_map(Transition::Next)]
}

fn rule() -> impl Strategy<Value = Rule> {
    let number = || serde_json::Number::from(3);
    let orders: Vec<Order> = Order::ALL.iter().map(|(order, _)| *order).collect();
    let at = || Timestamp::parse("2026-11-23T09:00:00+09:00").unwrap();
    let test = (prop::sample::select(orders), path(), any::<bool>(), 0..6_u8).prop_map(
        move |(order, path, b, kind)| match kind {
            0 => Test::String(order, if b { Operand::Path(path) } else { Operand::Literal("x".to_owned()) }),
            1 => Test::Numeric(order, if b { Operand::Path(path) } else { Operand::Literal(number()) }),
            2 => Test::Timestamp(order, if b { Operand::Path(path) } else { Operand::Literal(at()) }),
            3 => Test::Boolean(if b { Operand::Path(path) } else { Operand::Literal(true) }),
            4 => Test::Matches(Pattern::new("a*")),
            _ => Test::Is(Is::Present, b),
        },
    );
    let leaf = (path(), test).prop_map(|(variable, test)| Rule::Test { variable, test });
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Rule::And),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Rule::Or),
            inner.prop_map(|rule| Rule::Not(Box::new(rule))),
        ]
    })
}

fn state() -> impl Strategy<Value = State> {
    let wait_for = prop_oneof![
        (0..9_u64).prop_map(WaitFor::Seconds),
        path().prop_map(WaitFor::SecondsPath),
        path().prop_map(WaitFor::TimestampPath),
    ];
    let timeout = prop::option::of(prop_oneof![
        (1..9_u64).prop_map(TaskTimeout::Seconds),
        reference().prop_map(TaskTimeout::Path)
    ]);
    let fail_text = || {
        prop::option::of(prop_oneof![".{0,4}".prop_map(FailText::Literal), path().prop_map(FailText::Path)])
    };
    let lists = (prop::collection::vec(retrier(), 0..2), prop::collection::vec(catcher(), 0..2));
    let task = (selection(), prop::option::of(template()), placement(), timeout, lists, transition())
        .prop_map(|(input_path, parameters, result_path, timeout, (retry, catch), transition)| {
            let task = Task::new(Resource::parse("arn:f").unwrap(), transition);
            State::Task(Task { input_path, parameters, result_path, timeout, retry, catch, ..task })
        });
    let pass = (prop::option::of(template()), prop::option::of(Just(json!({"b": [1, null]}))), transition())
        .prop_map(|(parameters, result, next)| State::Pass(Pass { parameters, result, ..Pass::new(next) }));
    let choice = (rule(), prop::option::of(name())).prop_map(|(rule, default)| {
        let rule = ChoiceRule { comment: Some("why".to_owned()), rule, next: "A".to_owned() };
        State::Choice(Choice::new(vec![rule], default))
    });
    let leaf = prop_oneof![
        task,
        pass,
        choice,
        (wait_for, transition()).prop_map(|(wait_for, next)| State::Wait(Wait::new(wait_for, next))),
        selection().prop_map(|output_path| State::Succeed(Succeed { output_path, ..Succeed::default() })),
        (fail_text(), fail_text()).prop_map(|(error, cause)| State::Fail(Fail {
            comment: None,
            error,
            cause
        })),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        (prop::collection::vec((name(), inner), 1..3), transition()).prop_map(|(states, next)| {
            let branch = Branch::new("A", states.into_iter().collect());
            State::Parallel(Parallel::new(vec![branch], next))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// What is written is read back as the same machine, and written again as the same text.
    #[test]
    fn written_is_read_back(states in prop::collection::vec((name(), state()), 0..4), timeout in prop::option::of(1..9_u64)) {
        let machine = StateMachine { timeout_seconds: timeout, ..StateMachine::new("A", states.into_iter().collect()) };
        let text = machine.to_json_string();
        let read = text.parse::<StateMachine>().unwrap();
        prop_assert_eq!(&read, &machine);
        prop_assert_eq!(read.to_json_string(), text);
    }

    /// No text makes the parser panic.
    #[test]
    fn any_text_is_answered(text in ".{0,64}") {
        let _ = text.parse::<StateMachine>();
        let _ = Path::parse(&text);
    }
}
