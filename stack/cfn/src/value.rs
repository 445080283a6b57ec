//! Values of properties: a literal or an intrinsic function.
//!
//! How they are read back from a rendered template lives in `parse`.

mod parse;

use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use crate::{LogicalId, Sub};

/// A property of type `T`: written out, or computed by CloudFormation. With [`Literal`] in the place of the intrinsic
/// functions it can only be written out, and dereferences to its `T`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Prop<T, I = Intrinsic> {
    /// Written out.
    Literal(T),
    /// Computed from parameters and other resources.
    Intrinsic(I),
}

/// A property that is any text: an ARN, a key's id, a bucket's name.
pub type Value<I = Intrinsic> = Prop<String, I>;

/// No intrinsic function: `Function<Literal>` is a function as [`resolve`](crate::resolve) leaves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Literal {}

impl<T> Deref for Prop<T, Literal> {
    type Target = T;
    fn deref(&self) -> &T {
        match self {
            Self::Literal(literal) => literal,
            Self::Intrinsic(none) => match *none {},
        }
    }
}

/// Reads what is written out. Intrinsic functions are read by `parse`.
impl<'de, T: Deserialize<'de>, I> Deserialize<'de> for Prop<T, I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Literal)
    }
}

impl<T> Prop<T> {
    /// What `Ref` gives for a resource or parameter of the template.
    pub const fn reference(id: LogicalId) -> Self {
        Self::Intrinsic(Intrinsic::Ref(Target::Logical(id)))
    }

    pub const fn pseudo(pseudo: Pseudo) -> Self {
        Self::Intrinsic(Intrinsic::Ref(Target::Pseudo(pseudo)))
    }

    /// An attribute of a resource.
    pub const fn get_att(resource: LogicalId, attribute: Attribute) -> Self {
        Self::Intrinsic(Intrinsic::GetAtt(GetAtt { resource, attribute }))
    }

    /// The ARN of a resource.
    pub const fn arn_of(resource: LogicalId) -> Self {
        Self::get_att(resource, Attribute::Arn)
    }

    /// Values with a delimiter between them.
    pub fn join(delimiter: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self::Intrinsic(Intrinsic::Join(Join {
            delimiter: delimiter.into(),
            values: values.into_iter().collect(),
        }))
    }

    pub const fn literal(&self) -> Option<&T> {
        match self {
            Self::Literal(literal) => Some(literal),
            Self::Intrinsic(_) => None,
        }
    }

    pub const fn intrinsic(&self) -> Option<&Intrinsic> {
        match self {
            Self::Literal(_) => None,
            Self::Intrinsic(intrinsic) => Some(intrinsic),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Literal(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Literal(text)
    }
}

impl<T> From<Intrinsic> for Prop<T> {
    fn from(intrinsic: Intrinsic) -> Self {
        Self::Intrinsic(intrinsic)
    }
}

impl<T> From<Sub> for Prop<T> {
    fn from(sub: Sub) -> Self {
        Self::Intrinsic(Intrinsic::Sub(sub))
    }
}

impl<T> From<GetAtt> for Prop<T> {
    fn from(get_att: GetAtt) -> Self {
        Self::Intrinsic(Intrinsic::GetAtt(get_att))
    }
}

/// An intrinsic function. The others of CloudFormation (conditions, imports, mappings) are not supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intrinsic {
    Ref(Target),
    GetAtt(GetAtt),
    Sub(Sub),
    Join(Join),
}

/// `Fn::GetAtt`: one attribute of one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GetAtt {
    pub resource: LogicalId,
    pub attribute: Attribute,
}

/// `Fn::Join`: values with a delimiter between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    pub delimiter: String,
    pub values: Vec<Value>,
}

/// The target of a `Ref`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A resource or a parameter of the template.
    Logical(LogicalId),
    /// A pseudo parameter, which CloudFormation itself knows.
    Pseudo(Pseudo),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Logical(id) => f.write_str(id),
            Self::Pseudo(pseudo) => f.write_str(pseudo.name()),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $words:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $words {
            $($(#[$each])* $variant,)+
        }

        impl $words {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The one with this word.
            pub(crate) const fn from_bytes(word: &[u8]) -> Option<Self> {
                let mut rest = Self::ALL;
                while let [first, others @ ..] = rest {
                    if same(word, first.name().as_bytes()) {
                        return Some(*first);
                    }
                    rest = others;
                }
                None
            }
        }

        impl fmt::Display for $words {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

words!(
    /// A pseudo parameter. `AWS::NotificationARNs` is a list and therefore not supported.
    Pseudo {
        /// The account's 12 digits.
        AccountId = "AWS::AccountId",
        /// Removes the property or list entry in which it stands.
        NoValue = "AWS::NoValue",
        /// `aws`, `aws-cn`, `aws-us-gov`.
        Partition = "AWS::Partition",
        Region = "AWS::Region",
        StackId = "AWS::StackId",
        StackName = "AWS::StackName",
        /// `amazonaws.com`, in China `amazonaws.com.cn`.
        UrlSuffix = "AWS::URLSuffix",
    }
);

words!(
    /// An attribute that `Fn::GetAtt` returns. Which type has which: [`crate::Schema::ATTRIBUTES`].
    Attribute {
        Arn = "Arn",
        Id = "Id",
        Name = "Name",
        QueueName = "QueueName",
        QueueUrl = "QueueUrl",
        RoleId = "RoleId",
        /// The ARN of a topic.
        TopicArn = "TopicArn",
        /// The name of a topic.
        TopicName = "TopicName",
    }
);

const fn same(mut one: &[u8], mut other: &[u8]) -> bool {
    loop {
        match (one, other) {
            ([], []) => return true,
            ([a, one_rest @ ..], [b, other_rest @ ..]) if *a == *b => {
                one = one_rest;
                other = other_rest;
            }
            _ => return false,
        }
    }
}

impl Serialize for Intrinsic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Ref(target) => map.serialize_entry("Ref", &target.to_string())?,
            Self::GetAtt(GetAtt { resource, attribute }) => {
                map.serialize_entry("Fn::GetAtt", &[resource.as_str(), attribute.name()])?;
            }
            Self::Sub(sub) => map.serialize_entry("Fn::Sub", sub.text())?,
            Self::Join(Join { delimiter, values }) => {
                map.serialize_entry("Fn::Join", &(delimiter, values))?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{parse::value_from_json, *};

    fn id() -> LogicalId {
        LogicalId::new("Table").unwrap()
    }

    #[track_caller]
    fn check(value: &Value, expected: &Json) {
        assert_eq!(&serde_json::to_value(value).unwrap(), expected);
        assert_eq!(value_from_json(expected).as_ref(), Ok(value));
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        check(&"text".into(), &json!("text"));
        check(&Prop::reference(id()), &json!({"Ref": "Table"}));
        check(&Prop::pseudo(Pseudo::StackId), &json!({"Ref": "AWS::StackId"}));
        check(&Prop::arn_of(id()), &json!({"Fn::GetAtt": ["Table", "Arn"]}));
        check(&Sub::parse("a${Table}").unwrap().into(), &json!({"Fn::Sub": "a${Table}"}));
        let joined = Prop::join("/", ["a".into(), Prop::reference(id())]);
        check(&joined, &json!({"Fn::Join": ["/", ["a", {"Ref": "Table"}]]}));
    }
}
