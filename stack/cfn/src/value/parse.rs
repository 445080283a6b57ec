//! Parses intrinsic functions of a rendered template. Types and serialisation are in the parent module.

use serde_json::Value as Json;

use super::{Attribute, GetAtt, Intrinsic, Join, Prop, Pseudo, Target, Value};
use crate::{LogicalId, Sub, SubError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IntrinsicError {
    #[error("not the shape of an intrinsic function: {0}")]
    Shape(String),
    #[error("not a name that can be referred to: {0}")]
    Name(String),
    #[error("unknown attribute: {0}")]
    Attribute(String),
    #[error(transparent)]
    Sub(#[from] SubError),
}

impl Target {
    fn parse(text: &str) -> Result<Self, IntrinsicError> {
        Pseudo::from_bytes(text.as_bytes())
            .map(Self::Pseudo)
            .or_else(|| LogicalId::new(text).ok().map(Self::Logical))
            .ok_or_else(|| IntrinsicError::Name(text.to_owned()))
    }
}

impl Intrinsic {
    /// The intrinsic function that a node of a rendered template is, or nothing if it is not one.
    pub(crate) fn from_json(node: &Json) -> Option<Result<Self, IntrinsicError>> {
        let object = node.as_object().filter(|object| object.len() == 1)?;
        let (function, argument) = object.iter().next()?;
        let parsed = match (function.as_str(), argument) {
            ("Ref", Json::String(target)) => Target::parse(target).map(Self::Ref),
            ("Fn::GetAtt", Json::Array(parts)) => match parts.as_slice() {
                [Json::String(resource), Json::String(attribute)] => get_att(resource, attribute),
                _ => Err(IntrinsicError::Shape(function.clone())),
            },
            ("Fn::Sub", Json::String(text)) => Sub::parse(text.clone()).map(Self::Sub).map_err(Into::into),
            ("Fn::Join", Json::Array(parts)) => match parts.as_slice() {
                [Json::String(delimiter), Json::Array(values)] => values
                    .iter()
                    .map(value_from_json)
                    .collect::<Result<Vec<_>, _>>()
                    .map(|values| Self::Join(Join { delimiter: delimiter.clone(), values })),
                _ => Err(IntrinsicError::Shape(function.clone())),
            },
            (other, _) if other == "Ref" || other.starts_with("Fn::") => {
                Err(IntrinsicError::Shape(other.to_owned()))
            }
            _ => return None,
        };
        Some(parsed)
    }
}

fn get_att(resource: &str, attribute: &str) -> Result<Intrinsic, IntrinsicError> {
    Ok(Intrinsic::GetAtt(GetAtt {
        resource: LogicalId::new(resource).map_err(|_| IntrinsicError::Name(resource.to_owned()))?,
        attribute: Attribute::from_bytes(attribute.as_bytes())
            .ok_or_else(|| IntrinsicError::Attribute(attribute.to_owned()))?,
    }))
}

pub(super) fn value_from_json(node: &Json) -> Result<Value, IntrinsicError> {
    match (node, Intrinsic::from_json(node)) {
        (_, Some(intrinsic)) => intrinsic.map(Prop::Intrinsic),
        (Json::String(text), None) => Ok(Prop::Literal(text.clone())),
        (other, None) => Err(IntrinsicError::Shape(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn refused(node: &Json, error: &str) {
        assert_eq!(Intrinsic::from_json(node).unwrap().unwrap_err().to_string(), error);
    }

    #[test]
    fn what_only_looks_like_an_intrinsic_function_is_refused() {
        refused(&json!({"Ref": 1}), "not the shape of an intrinsic function: Ref");
        refused(&json!({"Fn::GetAtt": "Table.Arn"}), "not the shape of an intrinsic function: Fn::GetAtt");
        refused(&json!({"Fn::ImportValue": "x"}), "not the shape of an intrinsic function: Fn::ImportValue");
        refused(
            &json!({"Ref": "AWS::NotificationARNs"}),
            "not a name that can be referred to: AWS::NotificationARNs",
        );
        refused(&json!({"Fn::GetAtt": ["Table", "StreamArn"]}), "unknown attribute: StreamArn");
        refused(&json!({"Fn::Sub": ["${a}", {}]}), "not the shape of an intrinsic function: Fn::Sub");
        refused(&json!({"Fn::Sub": "${"}), "a placeholder is not closed: ${");
    }

    #[test]
    fn other_objects_are_none() {
        for node in
            [json!({}), json!({"Ref": "A", "B": 1}), json!({"Reference": "A"}), json!(["Ref"]), json!(null)]
        {
            assert!(Intrinsic::from_json(&node).is_none(), "{node}");
        }
    }
}
