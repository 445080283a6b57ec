//! What the intrinsic functions of a foreign template give, as far as the template says it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    ForeignError, ForeignResource, MAX_BYTES, Resolved,
    globals::with_globals,
    kind::{Reference, Spec, spec},
};

/// Most bytes that all properties together may have: parameters and names repeat in them.
const MAX_RESOLVED: usize = 4 * MAX_BYTES;

/// Longest physical name and parameter; longer ones are not known.
const MAX_TEXT: usize = 4_096;

/// Most resources. Source: CloudFormation's quota for a template.
const MAX_RESOURCES: usize = 500;

/// Deepest nesting, that of names which depend on other names included.
const MAX_NESTING: usize = 160;

/// A name that is no region of AWS and looks like one.
const ANY_REGION: &str = "xx-region-1";
const ACCOUNT: &str = "123456789012";
const STACK: &str = "stack";

pub(super) fn resolve(template: &Map<String, Json>, region: Option<&str>) -> Result<Resolved, ForeignError> {
    let mut filler = Resolver {
        template,
        region: region.unwrap_or(ANY_REGION),
        names: BTreeMap::new(),
        depth: 0,
        spent: 0,
        refers_to: Vec::new(),
    };
    let mut resolved = Resolved::default();
    let entries: BTreeMap<_, _> = section(template, "Resources").into_iter().flatten().collect();
    if entries.len() > MAX_RESOURCES {
        let message = format!("{} resources, where a template has at most {MAX_RESOURCES}", entries.len());
        return Err(ForeignError::new("/Resources", message, "give the template that is deployed"));
    }
    for (id, entry) in entries {
        let type_name = entry.get("Type").and_then(Json::as_str);
        let Some(type_name) = type_name.filter(|_| !id.starts_with("Fn::")) else {
            let reason = if id.starts_with("Fn::") {
                "resources that a transform makes"
            } else {
                "no resource: it has no `Type`"
            };
            resolved.skipped.push((id.clone(), reason.to_owned()));
            continue;
        };
        let none = Map::new();
        let own = entry.get("Properties").and_then(Json::as_object).unwrap_or(&none);
        let own = Json::Object(with_globals(template, type_name, own));
        filler.refers_to.clear();
        let properties = filler.value(&own)?;
        let mut refers_to = std::mem::take(&mut filler.refers_to);
        refers_to.sort();
        refers_to.dedup();
        let spec = spec(type_name);
        let (name, is_named) = filler.name(id)?;
        resolved.resources.push(ForeignResource {
            id: id.clone(),
            type_name: type_name.to_owned(),
            kind: spec.kind,
            arn: filler.arn(&spec, &name),
            reference: filler.reference(id, &spec, &name),
            name,
            is_named,
            properties,
            refers_to,
        });
    }
    Ok(resolved)
}

fn section<'a>(template: &'a Map<String, Json>, name: &str) -> Option<&'a Map<String, Json>> {
    template.get(name)?.as_object()
}

/// A text that is not known before the template is deployed.
fn unknown(what: &str) -> Json {
    Json::String(format!("${{{what}}}"))
}

/// Bytes of texts, and one for each value. The depth is bounded, as that of the template is.
fn size(value: &Json) -> usize {
    match value {
        Json::String(text) => 1 + text.len(),
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(entries) => {
            1 + entries.iter().map(|(key, value)| key.len() + size(value)).sum::<usize>()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => 1,
    }
}

fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::Null => String::new(),
        Json::Array(_) | Json::Object(_) => "${list}".to_owned(),
    }
}

struct Resolver<'a> {
    template: &'a Map<String, Json>,
    region: &'a str,
    /// The physical names, and whether the template says them.
    names: BTreeMap<String, (String, bool)>,
    depth: usize,
    spent: usize,
    refers_to: Vec<String>,
}

impl Resolver<'_> {
    fn value(&mut self, node: &Json) -> Result<Json, ForeignError> {
        if self.depth >= MAX_NESTING {
            return Ok(unknown("nested too deep"));
        }
        self.depth += 1;
        let value = match node {
            Json::Array(items) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?;
                Json::Array(items.into_iter().filter(|item| !item.is_null()).collect())
            }
            Json::Object(object) => match object.iter().next() {
                Some((function, argument))
                    if object.len() == 1 && (function == "Ref" || function.starts_with("Fn::")) =>
                {
                    // What stands in the template is bounded by itself.
                    let value = self.function(function, argument)?;
                    self.spend(size(&value))?;
                    value
                }
                _ => {
                    let mut all = Map::new();
                    for (key, value) in object {
                        let value = self.value(value)?;
                        if !value.is_null() {
                            all.insert(key.clone(), value);
                        }
                    }
                    Json::Object(all)
                }
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => node.clone(),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), ForeignError> {
        self.spent = self.spent.saturating_add(bytes);
        if self.spent <= MAX_RESOLVED {
            return Ok(());
        }
        let message =
            format!("the template grows beyond {MAX_RESOLVED} bytes when parameters and names are filled in");
        Err(ForeignError::new(
            "/Resources",
            message,
            "no template does that: shorten the parameters' defaults",
        ))
    }

    fn function(&mut self, function: &str, argument: &Json) -> Result<Json, ForeignError> {
        let parts = argument.as_array().map(Vec::as_slice);
        Ok(match (function, argument, parts) {
            ("Ref", Json::String(id), _) => self.refer(id)?,
            ("Fn::GetAtt", Json::String(text), _) => {
                let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                self.attribute(id, attribute)?
            }
            ("Fn::GetAtt", _, Some([Json::String(id), Json::String(attribute)])) => {
                self.attribute(id, attribute)?
            }
            ("Fn::Sub", Json::String(text), _) => self.substitute(text, &Map::new())?,
            ("Fn::Sub", _, Some([Json::String(text), Json::Object(variables)])) => {
                self.substitute(text, variables)?
            }
            ("Fn::Join", _, Some([Json::String(delimiter), values])) => match self.value(values)? {
                Json::Array(values) => {
                    self.spend(delimiter.len().saturating_mul(values.len()))?;
                    let values: Vec<_> = values.iter().map(text_of).collect();
                    Json::String(values.join(delimiter))
                }
                _ => unknown(function),
            },
            ("Fn::If", _, Some([_, yes, no])) => match (self.value(yes)?, self.value(no)?) {
                (yes, no) if yes == no || no.is_null() => yes,
                (yes, no) if yes.is_null() => no,
                // Lists of texts, such as actions: whoever is in one of them.
                (Json::Array(yes), Json::Array(no)) if yes.iter().chain(&no).all(Json::is_string) => {
                    Json::Array(yes.into_iter().chain(no).collect())
                }
                _ => unknown(function),
            },
            ("Fn::Select", _, Some([index, values])) => {
                let (index, values) = (self.value(index)?, self.value(values)?);
                let index = text_of(&index).parse::<usize>().ok();
                let chosen = index.and_then(|index| values.get(index));
                chosen.cloned().unwrap_or_else(|| unknown(function))
            }
            ("Fn::Split", _, Some([Json::String(delimiter), text])) => match self.value(text)? {
                Json::String(text) if !delimiter.is_empty() && !text.contains("${") => {
                    Json::Array(text.split(delimiter.as_str()).map(Json::from).collect())
                }
                _ => unknown(function),
            },
            ("Fn::FindInMap", _, Some([map, first, second, ..])) => {
                let keys = [map, first, second].map(|key| self.value(key));
                let [map, first, second] = keys;
                let (map, first, second) = (text_of(&map?), text_of(&first?), text_of(&second?));
                let maps = section(self.template, "Mappings");
                let found = maps.and_then(|maps| maps.get(&map)?.get(&first)?.get(&second));
                found.cloned().unwrap_or_else(|| unknown(function))
            }
            _ => {
                // What it refers to is counted, whatever it gives.
                self.value(argument)?;
                unknown(function)
            }
        })
    }

    fn refer(&mut self, id: &str) -> Result<Json, ForeignError> {
        let parameter = section(self.template, "Parameters").and_then(|all| all.get(id));
        Ok(match id {
            "AWS::Region" => self.region.into(),
            "AWS::AccountId" => ACCOUNT.into(),
            "AWS::Partition" => "aws".into(),
            "AWS::StackName" => STACK.into(),
            "AWS::URLSuffix" => "amazonaws.com".into(),
            "AWS::NoValue" => Json::Null,
            _ => match parameter {
                Some(parameter) => default(parameter).unwrap_or_else(|| unknown(id)),
                None => match self.type_of(id) {
                    Some(spec) => {
                        self.refers_to.push(id.to_owned());
                        let (name, _) = self.name(id)?;
                        Json::String(self.reference(id, &spec, &name))
                    }
                    None => unknown(id),
                },
            },
        })
    }

    fn attribute(&mut self, id: &str, attribute: &str) -> Result<Json, ForeignError> {
        let Some(spec) = self.type_of(id) else { return Ok(unknown(&format!("{id}.{attribute}"))) };
        self.refers_to.push(id.to_owned());
        let (name, _) = self.name(id)?;
        Ok(match attribute {
            "Arn" | "TopicArn" => self.arn(&spec, &name).map(Json::String),
            "Name" | "FunctionName" | "QueueName" | "TableName" | "TopicName" => Some(Json::String(name)),
            _ => None,
        }
        .unwrap_or_else(|| unknown(&format!("{id}.{attribute}"))))
    }

    /// `${id}`, `${id.attribute}` and `${variable}` filled in; `${!text}` stays as `${text}`.
    fn substitute(&mut self, text: &str, variables: &Map<String, Json>) -> Result<Json, ForeignError> {
        let mut all = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            all.push_str(before);
            let Some((inner, end)) = after.split_once('}') else {
                all.push_str("${");
                rest = after;
                continue;
            };
            let value = match (inner.trim(), variables.get(inner.trim())) {
                (_, Some(value)) => self.value(value)?,
                (inner, None) => match (inner.strip_prefix('!'), inner.split_once('.')) {
                    (Some(literal), _) => unknown(literal),
                    (None, Some((id, attribute))) => self.attribute(id, attribute)?,
                    (None, None) => self.refer(inner)?,
                },
            };
            let value = text_of(&value);
            self.spend(value.len())?;
            all.push_str(&value);
            rest = end;
        }
        all.push_str(rest);
        Ok(Json::String(all))
    }

    fn type_of(&self, id: &str) -> Option<Spec> {
        Some(spec(section(self.template, "Resources")?.get(id)?.get("Type")?.as_str()?))
    }

    /// The physical name, and whether the template says it.
    fn name(&mut self, id: &str) -> Result<(String, bool), ForeignError> {
        if let Some(known) = self.names.get(id) {
            return Ok(known.clone());
        }
        let generated = (format!("{STACK}-{id}-generated"), false);
        let property = self.type_of(id).map_or("", |spec| spec.name);
        let resources = section(self.template, "Resources");
        let node = resources.and_then(|all| all.get(id)?.get("Properties")?.get(property));
        let name = match node {
            None => generated,
            Some(node) => {
                // A name that depends on itself is not known.
                self.names.insert(id.to_owned(), (format!("${{{id}}}"), true));
                match self.value(node)? {
                    Json::Null => generated,
                    value => {
                        let text = text_of(&value);
                        (if text.len() > MAX_TEXT { format!("${{{id}}}") } else { text }, true)
                    }
                }
            }
        };
        self.names.insert(id.to_owned(), name.clone());
        Ok(name)
    }

    fn arn(&self, spec: &Spec, name: &str) -> Option<String> {
        let (service, resource) = spec.arn.split_once(' ')?;
        Some(format!("arn:aws:{service}:{}:{ACCOUNT}:{}", self.region, resource.replace("{name}", name)))
    }

    fn reference(&self, id: &str, spec: &Spec, name: &str) -> String {
        let not_known = || format!("${{{id}}}");
        match spec.reference {
            Reference::Name => name.to_owned(),
            Reference::Arn => self.arn(spec, name).unwrap_or_else(not_known),
            Reference::Text(text) => {
                text.replace("{name}", name).replace("{region}", self.region).replace("{account}", ACCOUNT)
            }
            Reference::NotKnown => not_known(),
        }
    }
}

/// A parameter's default. An empty one stands for a value that is not given; that of a parameter of Systems Manager is a name, whose
/// value is not in the template.
fn default(parameter: &Json) -> Option<Json> {
    let kind = parameter.get("Type").and_then(Json::as_str).unwrap_or_default();
    let default = text_of(parameter.get("Default")?);
    if default.is_empty() || default.len() > MAX_TEXT || kind.starts_with("AWS::SSM::") {
        return None;
    }
    let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    let items = || default.split(',').map(|item| Json::from(item.trim())).collect();
    Some(if is_list { Json::Array(items()) } else { Json::String(default) })
}
