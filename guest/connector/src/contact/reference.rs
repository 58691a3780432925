//! The attribute reference for readers, `docs/attributes.md`, out of the table.

use std::fmt::Write;

use super::parts::{ComplexType, Part};
use super::properties::{Accessor, PROPERTIES};
use super::{Address, AddressKind, EmailAddress, EmailKind, FlagStatus, Folder, PhoneKind, Version, Website, WebsiteKind};

/// The page, as Markdown.
pub fn render_markdown() -> String {
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
            type_name(&property.accessor),
            property.only_in.map_or("v1.0, beta", Version::name),
            property.limit.map_or_else(String::new, |limit| limit.to_string()),
            property.flags().join(", "),
            property.description,
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
        let _ = writeln!(page, "| `{}` | {} |", part.name, part.only_in.map_or("v1.0, beta", Version::name));
    }
    page
}

fn parts<S>(page: &mut String, structure: &str, parts: &[Part<S>]) {
    for part in parts {
        let _ = writeln!(page, "| {structure} | `{}` | {} |", part.name, part.only_in.map_or("v1.0, beta", Version::name));
    }
}

fn names<K: Copy>(all: &[K], name: impl Fn(K) -> &'static str) -> String {
    all.iter().map(|member| format!("`{}`", name(*member))).collect::<Vec<_>>().join(", ")
}

fn type_name(place: &Accessor) -> &'static str {
    match place {
        Accessor::String(_) | Accessor::PhoneOfKind(_) | Accessor::WebsiteOfKind(_) => "text",
        Accessor::Strings(_) | Accessor::PhonesOfKind(_) => "texts",
        Accessor::DateTimeOffset(_) | Accessor::Date(_) => "date",
        Accessor::Boolean(_) => "true or false",
        Accessor::Flag(_) => "flag",
        Accessor::EmailAddress(_) => "e-mail address",
        Accessor::EmailAddresses(_) => "e-mail addresses",
        Accessor::Phones => "phones: `type`, `number`",
        Accessor::AddressOfKind(_) => "address",
        Accessor::PostalAddresses => "addresses with `type`",
        Accessor::Websites => "websites with `type`",
        Accessor::Extensions(_) => "objects with `extensionName`",
        Accessor::Photo(_) => "object",
        Accessor::SingleValueExtended(_) => "`id` and `value`, a text",
        Accessor::MultiValueExtended(_) => "`id` and `value`, texts",
    }
}
