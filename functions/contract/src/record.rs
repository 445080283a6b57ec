//! Field by field wiring: the type and the wire name of a struct's field as one value, so that a state machine can be
//! wired from typed fields and a wrong wiring does not compile.

use std::marker::PhantomData;

/// One field of the struct `S`, of type `T`, with its name on the wire.
pub struct Field<S, T> {
    name: &'static str,
    types: PhantomData<fn(S) -> T>,
}

impl<S, T> Field<S, T> {
    /// Used by [`record!`](crate::record!) alone.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }

    /// The field's name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<S, T> Clone for Field<S, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, T> Copy for Field<S, T> {}

/// A struct whose fields can be selected one by one in the workflow.
pub trait Record {
    /// The types of the fields as a tuple, in the order of [`Record::FIELDS`].
    type Fields;
    /// The names of the fields on the wire.
    const FIELDS: &'static [&'static str];
}

/// Lists the fields of a struct. A field with another type than the struct's does not compile; tests compare the wire names
/// with serde's.
#[macro_export]
macro_rules! record {
    ($record:ident { $($(#[$doc:meta])* $constant:ident = $field:ident: $type:ty as $name:literal),+ $(,)? }) => {
        impl $record {
            $(
                #[doc = concat!("The field `", $name, "`.")]
                pub const $constant: $crate::Field<$record, $type> = $crate::Field::new($name);
            )+
        }
        impl $crate::Record for $record {
            type Fields = ($($type,)+);
            const FIELDS: &'static [&'static str] = &[$($name),+];
        }
        $(const _: fn(&$record) -> &$type = |record| &record.$field;)+
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use schemars::JsonSchema;

    use super::Record;
    use crate::{Order, schema, task};

    /// The schema comes from serde's own names, so a record that spells one otherwise is found here.
    fn same_names<R: Record + JsonSchema>() {
        let schema = schema::of::<R>();
        let serde: BTreeSet<_> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(R::FIELDS.iter().copied().collect::<BTreeSet<_>>(), serde);
    }

    #[test]
    fn the_names_of_a_record_are_those_on_the_wire() {
        same_names::<Order>();
        same_names::<task::RecipeInput>();
        same_names::<task::PriceInput>();
        same_names::<task::RecipePriceInput>();
        same_names::<crate::Recipe>();
        same_names::<task::CombineInput>();
    }
}
