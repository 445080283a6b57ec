//! Tests of templates: their bytes, and the ways to walk them.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    Pseudo, Value, checked,
    sample::{self, id},
};

#[test]
fn the_whole_sample() {
    insta::assert_snapshot!(sample::template().to_json_string());
}

#[test]
fn text_and_json_say_the_same() {
    let template = sample::template();
    let text = template.to_json_string();
    assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), template.to_json());
    assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
}

#[test]
fn a_name_is_taken_once() {
    let mut template = sample::template();
    let (_, resource) = sample::resources().remove(0);
    assert_eq!(template.add(id("Greeter"), resource.clone()), Err(DuplicateId(id("Greeter"))));
    let error = template.add(id("Bucket"), resource).unwrap_err();
    assert_eq!(error.to_string(), "the template has this name already: Bucket");
    let parameter = template.parameters.values().next().unwrap().clone();
    assert!(template.add_parameter(id("Greeter"), parameter).is_err());
    let output = Output::new(checked!(Text<1_024>, ""), Value::pseudo(Pseudo::Region));
    assert!(template.add_output(id("MachineArn"), output.clone()).is_err());
    // Outputs have names of their own.
    assert!(template.add_output(id("Greeter"), output).is_ok());
}

#[test]
fn metadata_is_ordered_by_name() {
    let mut template = Template::default();
    template.metadata.insert("tool".to_owned(), json!({"b": [{"d": 1, "c": 2}], "a": null}));
    let text = template.to_json_string();
    let places: Vec<_> = ["\"a\"", "\"b\"", "\"c\"", "\"d\""].map(|key| text.find(key).unwrap()).into();
    assert!(places.is_sorted(), "{text}");
}

proptest! {
    #[test]
    fn the_order_of_adding_does_not_show(
        resources in Just(sample::resources()).prop_shuffle(),
        taken in 0_usize..=12,
    ) {
        let build = |resources: &[(LogicalId, Resource)]| {
            let mut template = Template::default();
            for (id, resource) in resources {
                template.add(id.clone(), resource.clone()).unwrap();
            }
            template.to_json_string()
        };
        let mut some: Vec<_> = resources.into_iter().take(taken).collect();
        let shuffled = build(&some);
        some.sort_by(|(one, _), (other, _)| one.cmp(other));
        prop_assert_eq!(shuffled, build(&some));
    }
}
