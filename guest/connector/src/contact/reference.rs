//! The attribute reference for readers, `docs/attributes.md`, out of the table.

use std::fmt::Write;

use super::parts::{Complex, Part};
use super::properties::{PROPERTIES, Place};
use super::{Address, AddressKind, EmailAddress, EmailKind, FlagStatus, Folder, PhoneKind, Version, Website, WebsiteKind};

/// The page, as Markdown.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Attributes

Generated from the table in `guest/src/contact/properties.rs` by `make docs`; `make test` checks that it is current.

## Contact

The names are Microsoft Graph's, and the same in ICF and OpenIDM. *Graph* says which version has the property: what the version
that is spoken (`GRAPH_API_VERSION`) has no place for is refused by name. *At most* is the number of values that the service stores.
Every property but those that the service assigns can be created, updated, and cleared with null.

Where beta is spoken, callers use v1.0's names all the same, and beta's besides: `businessPhones` has the business numbers, and
`phones` those of the kinds that have no property of their own, and the second of a kind that has one. The two together are what
Graph stores; `mobilePhone`, `businessAddress`, `homeAddress`, `otherAddress` and `businessHomePage` speak of all entries of their kind.

| name | type | Graph | at most | ICF flags | meaning |
|---|---|---|---|---|---|
",
    );
    for property in PROPERTIES {
        // Writing to a String does not fail.
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} |",
            property.name,
            type_name(&property.place),
            property.only.map_or("v1.0, beta", Version::name),
            property.limit.map_or_else(String::new, |limit| limit.to_string()),
            property.flags().join(", "),
            property.about,
        );
    }
    page.push_str("\n## Parts of a contact\n\n| structure | part | Graph |\n|---|---|---|\n");
    parts(&mut page, "address", Address::PARTS);
    parts(&mut page, "e-mail address", EmailAddress::PARTS);
    parts(&mut page, "website", Website::PARTS);
    page.push_str("\n| enumeration | members |\n|---|---|\n");
    for (name, members) in [
        ("type of a phone", names(PhoneKind::ALL, PhoneKind::name)),
        ("type of an address (beta)", names(AddressKind::ALL, AddressKind::name)),
        ("type of a website", names(WebsiteKind::ALL, WebsiteKind::name)),
        ("type of an e-mail address (beta)", names(EmailKind::ALL, EmailKind::name)),
        ("flagStatus of a flag", names(FlagStatus::ALL, FlagStatus::name)),
    ] {
        let _ = writeln!(page, "| {name} | {members} |");
    }
    page.push_str("\n## Contact folder\n\n| name | Graph |\n|---|---|\n");
    for part in Folder::PARTS {
        let _ = writeln!(page, "| `{}` | {} |", part.name, part.only.map_or("v1.0, beta", Version::name));
    }
    page
}

fn parts<S>(page: &mut String, structure: &str, parts: &[Part<S>]) {
    for part in parts {
        let _ = writeln!(page, "| {structure} | `{}` | {} |", part.name, part.only.map_or("v1.0, beta", Version::name));
    }
}

fn names<K: Copy>(all: &[K], name: impl Fn(K) -> &'static str) -> String {
    all.iter().map(|member| format!("`{}`", name(*member))).collect::<Vec<_>>().join(", ")
}

fn type_name(place: &Place) -> &'static str {
    match place {
        Place::Text(_) | Place::PhoneOf(_) | Place::WebsiteOf(_) => "text",
        Place::Texts(_) | Place::PhonesOf(_) => "texts",
        Place::DateTime(_) | Place::Date(_) => "date",
        Place::Bool(_) => "true or false",
        Place::Flag(_) => "flag",
        Place::Email(_) => "e-mail address",
        Place::Emails(_) => "e-mail addresses",
        Place::Phones => "phones: `type`, `number`",
        Place::AddressOf(_) => "address",
        Place::Addresses => "addresses with `type`",
        Place::Websites => "websites with `type`",
        Place::Extensions(_) => "objects with `extensionName`",
        Place::Photo(_) => "object",
        Place::SingleValueExtended(_) => "`id` and `value`, a text",
        Place::MultiValueExtended(_) => "`id` and `value`, texts",
    }
}
