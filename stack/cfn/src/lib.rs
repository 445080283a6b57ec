//! CloudFormation templates from typed structs: their JSON, their references, and their resolution in one account.
//!
//! Here live the template's parts ([`Template`], [`Parameter`], [`Output`], [`Resource`] and the resource types in
//! [`resource`]), values and intrinsic functions ([`Prop`], [`Value`], [`Sub`]), policies ([`policy`]), the references
//! of a template ([`references`]) and [`resolve`], which replaces every intrinsic function by its value.
//! The crate knows no application and makes no call to AWS.
//!
//! Required properties are not `Option`, ranges and patterns are types with checked constructors, closed sets are
//! enums. The same definitions give the same bytes.

#![expect(missing_docs, reason = "nobody outside of the workspace uses this crate")]

pub mod bounded;
pub mod foreign;
#[cfg(test)]
mod mutation_tests;
pub mod name;
pub mod parameter;
pub mod policy;
pub mod references;
pub mod resolve;
pub mod resource;
pub mod sub;
pub mod template;
pub mod value;

#[cfg(test)]
mod sample;

pub use bounded::{List, RangeError, Text, Whole};
pub use name::{LogicalId, PatternError};
pub use parameter::{Output, Parameter};
pub use references::{DanglingReference, Reference, ReferenceKind};
pub use resource::{Properties, RemovalPolicy, ReplacePolicy, Resource, ResourceType, Schema};
pub use sub::{Sub, SubError};
pub use template::{DuplicateId, Grant, Granted, Template};
pub use value::{Attribute, GetAtt, Intrinsic, Join, Literal, Prop, Pseudo, Target, Value};

/// A checked value from constants, checked while compiling: `checked!(LogicalId, "Results")`,
/// `checked!(MemoryMb, 512)`. Out of bounds does not compile.
///
/// ```
/// use cfn::{LogicalId, checked, resource::MemoryMb};
/// assert_eq!(checked!(LogicalId, "Results").as_str(), "Results");
/// assert_eq!(checked!(MemoryMb, 512).get(), 512);
/// ```
/// ```compile_fail
/// let _ = cfn::checked!(cfn::LogicalId, "has-a-dash");
/// ```
#[macro_export]
macro_rules! checked {
    ($checked:ty, $value:expr) => {
        const { <$checked>::from_const($value) }
    };
}

/// A [`Sub`] from a constant, checked while compiling.
///
/// ```
/// let arn = cfn::sub!("arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/claude");
/// assert!(arn.text().starts_with("arn:${"));
/// ```
/// ```compile_fail
/// let _ = cfn::sub!("${AWS::Regoin}");
/// ```
#[macro_export]
macro_rules! sub {
    ($text:expr) => {
        const { $crate::Sub::from_const($text) }
    };
}
