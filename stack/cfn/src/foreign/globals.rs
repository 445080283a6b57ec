//! `Globals`: what a serverless template says once for all its functions.

use serde_json::{Map, Value as Json};

/// The sections of `Globals`, and the types that take them.
const SECTIONS: [(&str, &str); 2] =
    [("Function", "AWS::Serverless::Function"), ("StateMachine", "AWS::Serverless::StateMachine")];

/// The properties with those of `Globals`, mappings put together; the resource's own win.
pub(super) fn with_globals(
    template: &Map<String, Json>,
    type_name: &str,
    own: &Map<String, Json>,
) -> Map<String, Json> {
    let section = SECTIONS.iter().find(|(_, kind)| *kind == type_name).map(|(section, _)| *section);
    let globals = template.get("Globals").and_then(|globals| globals.get(section?)?.as_object());
    globals.map_or_else(|| own.clone(), |globals| merged(globals, own))
}

/// The depth is that of the template, which is bounded.
fn merged(globals: &Map<String, Json>, own: &Map<String, Json>) -> Map<String, Json> {
    let mut all = globals.clone();
    for (key, value) in own {
        let value = match (all.get(key), value) {
            (Some(Json::Object(global)), Json::Object(own)) if !is_function(own) => {
                Json::Object(merged(global, own))
            }
            _ => value.clone(),
        };
        all.insert(key.clone(), value);
    }
    all
}

fn is_function(object: &Map<String, Json>) -> bool {
    object.keys().any(|key| key == "Ref" || key.starts_with("Fn::"))
}
