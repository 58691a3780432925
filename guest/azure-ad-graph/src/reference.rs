//! The table of properties as a page: `docs/azure-ad-graph-properties.md`.

use std::fmt::Write;

use protocol::azure_ad_graph::version::ApiVersion;

use crate::edm::EdmType;
use crate::entity_type::EntityType;
use crate::properties::{Access, EntityProperty, FilterSupport, GraphSource};

const HEAD: &str = "# Properties of the Azure AD Graph API

`make docs` writes this page from the table in `guest/azure-ad-graph/src/properties.rs`. `make test` checks that it is current.

| column | meaning |
|---|---|
| *Microsoft Graph* | the source of the property: where the gateway reads it from and writes it to |
| *access* | whether programs may read it, write it, or both |
| *filter* | who evaluates `$filter` on it; the connector reads the whole collection for that, page by page; empty: refused |
| *since* | the first `api-version` that has it |
";

/// Returns the page.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for entity_type in EntityType::KNOWN {
        // Writing to a String does not fail.
        let _ = write!(
            page,
            "\n## {}\n\n| name | type | Microsoft Graph | access | filter | since |\n|---|---|---|---|---|---|\n",
            entity_type.name()
        );
        for property in entity_type.properties(ApiVersion::Beta) {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} | {} |",
                write_names(property),
                write_type(property.edm_type),
                write_source(property.source),
                write_access(property.access),
                write_filter_support(property.filter_support),
                property.since.name()
            );
        }
    }
    page
}

fn write_names(property: &EntityProperty) -> String {
    let (name, old) = (property.name(ApiVersion::Beta), property.name(ApiVersion::V2013_04));
    if name == old { format!("`{name}`") } else { format!("`{name}`; `{old}` in 2013-04-05") }
}

fn write_type(edm_type: EdmType) -> String {
    match edm_type {
        EdmType::String => "Edm.String".to_owned(),
        EdmType::Boolean => "Edm.Boolean".to_owned(),
        EdmType::DateTime => "Edm.DateTime".to_owned(),
        EdmType::Stream => "Edm.Stream".to_owned(),
        EdmType::Strings => "Collection(Edm.String)".to_owned(),
        EdmType::Complex(complex) => complex.name.to_owned(),
        EdmType::ComplexCollection(complex) => format!("Collection({})", complex.name),
    }
}

fn write_source(source: GraphSource) -> String {
    match source {
        GraphSource::ObjectType => "`@odata.type`".to_owned(),
        GraphSource::Property(name) => format!("`{name}`"),
        GraphSource::FirstOf(name) => format!("the first of `{name}`"),
        GraphSource::Address(member) => format!("`addresses`, `{member}`"),
        GraphSource::Phone(phone_type) => format!("`phones`, the number of type `{phone_type}`"),
        GraphSource::Photo => "`photo/$value`".to_owned(),
        GraphSource::Identities { federated: true } => "`identities` of other providers".to_owned(),
        GraphSource::Identities { federated: false } => "`identities` of local accounts".to_owned(),
        GraphSource::Absent => "none: null, or an empty collection".to_owned(),
    }
}

fn write_access(access: Access) -> &'static str {
    match access {
        Access::Writable => "read, write",
        Access::WriteOnly => "write; null when read",
        Access::ReadOnly => "read",
    }
}

fn write_filter_support(filter_support: FilterSupport) -> &'static str {
    match filter_support {
        FilterSupport::Server => "Microsoft Graph",
        FilterSupport::AdvancedQuery => "Microsoft Graph, as an advanced query",
        FilterSupport::Client => "the connector",
        FilterSupport::None => "",
    }
}
