//! The references of a template, dangling references and circular dependencies.
//!
//! References are read from the rendered template, as CloudFormation reads them.

use serde_json::Value as Json;

use crate::{Attribute, GetAtt, Intrinsic, LogicalId, Target, Template, sub::Part};

/// The kind of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// `Ref`, or `${Name}` in a text.
    Ref,
    /// `Fn::GetAtt`, or `${Name.Attribute}` in a text.
    GetAtt(Attribute),
    /// `DependsOn`.
    DependsOn,
}

/// A reference from one place of a template to a resource, parameter or pseudo parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The place, as a JSON pointer into the template.
    pub path: String,
    /// The resource in which the place is; none in outputs.
    pub from: Option<LogicalId>,
    /// The kind of the reference.
    pub kind: ReferenceKind,
    /// What it refers to.
    pub target: Target,
}

/// A reference that CloudFormation rejects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DanglingReference {
    /// The template has no such resource or parameter.
    #[error("{}: nothing has this name: {}", .0.path, .0.target)]
    NoTarget(Reference),
    /// The target is a parameter, which has no attributes and cannot stand in `DependsOn`.
    #[error("{}: a parameter is not a resource: {}", .0.path, .0.target)]
    Parameter(Reference),
    /// The target's type does not have this attribute.
    #[error("{}: {resource_type} has no such attribute: {attribute}", .reference.path)]
    NoAttribute {
        reference: Reference,
        attribute: Attribute,
        resource_type: &'static str,
        /// What it has.
        known: &'static [Attribute],
    },
}

impl DanglingReference {
    pub const fn reference(&self) -> &Reference {
        match self {
            Self::NoTarget(reference) | Self::Parameter(reference) | Self::NoAttribute { reference, .. } => {
                reference
            }
        }
    }

    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoTarget(_) | Self::Parameter(_) => None,
            Self::NoAttribute { known, .. } => {
                let known: Vec<_> = known.iter().map(|attribute| attribute.name()).collect();
                Some(format!("it has {}", known.join(", ")))
            }
        }
    }
}

impl Template {
    /// Every reference of the template, ordered by place.
    pub fn references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        for (id, resource) in &self.resources {
            for (index, other) in resource.depends_on.iter().enumerate() {
                found.push(Reference {
                    path: format!("/Resources/{id}/DependsOn/{index}"),
                    from: Some(id.clone()),
                    kind: ReferenceKind::DependsOn,
                    target: Target::Logical(other.clone()),
                });
            }
        }
        let rendered = self.to_json();
        for section in ["Resources", "Outputs"] {
            let Some(entries) = rendered.get(section).and_then(Json::as_object) else {
                continue;
            };
            for (id, entry) in entries {
                let from = self.resources.get_key_value(id.as_str()).map(|(id, _)| id.clone());
                let from = from.filter(|_| section == "Resources");
                walk(entry, &format!("/{section}/{}", escaped(id)), &mut |path, kind, target| {
                    found.push(Reference { path: path.to_owned(), from: from.clone(), kind, target });
                });
            }
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        found
    }

    /// The references that CloudFormation rejects.
    pub fn dangling(&self) -> Vec<DanglingReference> {
        self.references().into_iter().filter_map(|reference| self.violation(reference)).collect()
    }

    fn violation(&self, reference: Reference) -> Option<DanglingReference> {
        let Target::Logical(id) = &reference.target else {
            return None;
        };
        let resource = self.resources.get(id);
        let is_parameter = self.parameters.contains_key(id);
        match (reference.kind, resource) {
            (ReferenceKind::Ref, None) if is_parameter => None,
            (ReferenceKind::GetAtt(_) | ReferenceKind::DependsOn, None) if is_parameter => {
                Some(DanglingReference::Parameter(reference))
            }
            (_, None) => Some(DanglingReference::NoTarget(reference)),
            (ReferenceKind::GetAtt(attribute), Some(resource)) => {
                let known = resource.properties.attributes();
                let resource_type = resource.properties.resource_type();
                (!known.contains(&attribute)).then_some(DanglingReference::NoAttribute {
                    reference,
                    attribute,
                    resource_type,
                    known,
                })
            }
            (ReferenceKind::Ref | ReferenceKind::DependsOn, Some(_)) => None,
        }
    }

    /// A circular dependency, if there is one: `A`, `B`, `A`, which starts with the first resource by name.
    pub fn dependency_cycle(&self) -> Option<Vec<LogicalId>> {
        let references = self.references();
        let waits_for = |id: &LogicalId| -> Vec<LogicalId> {
            let own = references.iter().filter(|reference| reference.from.as_ref() == Some(id));
            own.filter_map(|reference| match &reference.target {
                Target::Logical(other) if self.resources.contains_key(other) => Some(other.clone()),
                Target::Logical(_) | Target::Pseudo(_) => None,
            })
            .collect()
        };
        let mut done = std::collections::BTreeSet::new();
        for start in self.resources.keys() {
            // The path from `start`, with the references that are still to follow from each step.
            let mut way = vec![(start.clone(), waits_for(start))];
            while let Some((_, left)) = way.last_mut() {
                let Some(next) = left.pop() else {
                    done.extend(way.pop().map(|(id, _)| id));
                    continue;
                };
                if let Some(at) = way.iter().position(|(id, _)| *id == next) {
                    let mut cycle: Vec<_> = way.into_iter().skip(at).map(|(id, _)| id).collect();
                    let first = cycle.iter().enumerate().min_by_key(|(_, id)| *id).map(|(at, _)| at);
                    cycle.rotate_left(first.unwrap_or_default());
                    cycle.extend(cycle.first().cloned());
                    return Some(cycle);
                }
                if !done.contains(&next) {
                    let further = waits_for(&next);
                    way.push((next, further));
                }
            }
        }
        None
    }
}

/// One step of a JSON pointer.
pub(crate) fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// Calls `found` for every reference below a node of a rendered template.
fn walk(node: &Json, path: &str, found: &mut impl FnMut(&str, ReferenceKind, Target)) {
    // Typed values render to well-formed functions. An object that only looks like one is a literal, which `resolve`
    // rejects with its place.
    if let Some(Ok(intrinsic)) = Intrinsic::from_json(node) {
        intrinsic_references(&intrinsic, path, found);
        return;
    }
    match node {
        Json::Object(fields) => {
            for (key, value) in fields {
                walk(value, &format!("{path}/{}", escaped(key)), found);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{path}/{index}"), found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn intrinsic_references(
    intrinsic: &Intrinsic,
    path: &str,
    found: &mut impl FnMut(&str, ReferenceKind, Target),
) {
    match intrinsic {
        Intrinsic::Join(join) => {
            for nested in join.values.iter().filter_map(crate::Value::intrinsic) {
                intrinsic_references(nested, path, found);
            }
        }
        Intrinsic::Ref(target) => found(path, ReferenceKind::Ref, target.clone()),
        Intrinsic::GetAtt(get_att) => get_att_reference(get_att, path, found),
        Intrinsic::Sub(sub) => {
            for part in sub.parts() {
                match part {
                    Part::Ref(target) => found(path, ReferenceKind::Ref, target),
                    Part::GetAtt(get_att) => get_att_reference(&get_att, path, found),
                    Part::Text(_) | Part::Escaped(_) => {}
                }
            }
        }
    }
}

fn get_att_reference(get_att: &GetAtt, path: &str, found: &mut impl FnMut(&str, ReferenceKind, Target)) {
    found(path, ReferenceKind::GetAtt(get_att.attribute), Target::Logical(get_att.resource.clone()));
}

#[cfg(test)]
mod tests;
