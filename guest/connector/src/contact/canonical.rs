//! The canonical contact.

use serde_json::{Map, Value};

use super::field_types;
use crate::contact_properties;

macro_rules! declare_contact {
    ($($field:ident: $type:ident $(, clear($case:ident))? { $($properties:tt)+ })*) => {
        /// A personal contact, whole or in part: each property is unset, null, or has a value.
        ///
        /// The fields are Graph's properties of the same name, in Rust's spelling.
        /// <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-beta>
        #[derive(Clone, Debug, Default, PartialEq)]
        #[allow(missing_docs, reason = "wit/types.wit describes every property for its readers")]
        pub struct Contact {
            $(pub $field: field_types::$type,)*
            /// The properties that Graph returned and this connector does not know, `@odata` annotations among them, unchanged.
            pub unknown: Map<String, Value>,
        }
    };
}

contact_properties!(declare_contact);
