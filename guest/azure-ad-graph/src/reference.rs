//! The table of properties, as a page: `docs/azure-ad-graph-properties.md`.

use std::fmt::Write;

use crate::complex::Edm;
use crate::entity::Kind;
use crate::properties::{Access, Filtered, Place, Property};
use protocol::azure_ad_graph::version::Version;

const HEAD: &str = "# Properties of the Azure AD Graph API

Generated from the table in `guest/src/frontends/azure_ad_graph/properties.rs` by `make docs`; `make test` checks that it is current.

*Microsoft Graph* says where a property is read from and written to. *Since* is the first `api-version` that has it. *Filter* says who
filters by it: Microsoft Graph, or the connector itself, which then reads the whole collection page by page.
";

/// The page.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for kind in Kind::NAMED {
        // Writing to a String does not fail.
        let _ = write!(
            page,
            "\n## {}\n\n| name | type | Microsoft Graph | access | filter | since |\n|---|---|---|---|---|---|\n",
            kind.name()
        );
        for property in kind.properties(Version::Beta) {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} | {} |",
                names(property),
                edm(property.edm),
                place(property.place),
                access(property),
                filtered(property.filtered),
                property.since.name()
            );
        }
    }
    page
}

fn names(property: &Property) -> String {
    let (name, old) = (property.name(Version::Beta), property.name(Version::V2013April));
    if name == old { format!("`{name}`") } else { format!("`{name}`; `{old}` in 2013-04-05") }
}

fn edm(edm: Edm) -> String {
    match edm {
        Edm::Text => "Edm.String".to_owned(),
        Edm::Truth => "Edm.Boolean".to_owned(),
        Edm::Moment => "Edm.DateTime".to_owned(),
        Edm::Stream => "Edm.Stream".to_owned(),
        Edm::Texts => "Collection(Edm.String)".to_owned(),
        Edm::Structure(complex) => complex.name.to_owned(),
        Edm::Structures(complex) => format!("Collection({})", complex.name),
    }
}

fn place(place: Place) -> String {
    match place {
        Place::ObjectType => "`@odata.type`".to_owned(),
        Place::Property(name) => format!("`{name}`"),
        Place::FirstOf(name) => format!("the first of `{name}`"),
        Place::Address(member) => format!("`addresses`, `{member}`"),
        Place::Phone(kind) => format!("`phones`, the number of type `{kind}`"),
        Place::Photo => "`photo/$value`".to_owned(),
        Place::Identities { federated: true } => "`identities` of other providers".to_owned(),
        Place::Identities { federated: false } => "`identities` of local accounts".to_owned(),
        Place::Nowhere => "nowhere: null, or empty".to_owned(),
    }
}

fn access(property: &Property) -> &'static str {
    match property.access {
        Access::Written => "read, write",
        Access::WriteOnly => "write; null when read",
        Access::ReadOnly => "read",
    }
}

fn filtered(filtered: Filtered) -> &'static str {
    match filtered {
        Filtered::There => "Microsoft Graph",
        Filtered::Advanced => "Microsoft Graph, as an advanced query",
        Filtered::Here => "the connector",
        Filtered::No => "",
    }
}
