//! The attribute reference, `docs/attributes.md`, generated from the table.

use std::fmt::Write;

use super::accessor::Accessor;
use super::complex_type::{ComplexType, Part};
use super::kinds::{AddressKind, EmailKind, FlagStatus, Kind, PhoneKind, WebsiteKind};
use super::parts::{Address, EmailAddress, Folder, Website};
use super::properties::PROPERTIES;
use super::version::Version;

/// Returns the page, as Markdown.
pub fn render_markdown() -> String {
    let mut page = String::from(
        "# Attributes

Generated from the table in `guest/connector/src/contact/table.rs` by `make docs`; `make test` checks that it is current.

## Contact

The names are Microsoft Graph's. ICF and OpenIDM use the same names. Callers can create, update, and clear with null every
property except those with `NOT_CREATABLE` and `NOT_UPDATEABLE`, which the service assigns.

* *Graph*: the versions that have the property. `GRAPH_API_VERSION` sets the version. An attribute that it does not have is
  rejected by name.
* *At most*: the number of values that the service stores.

With beta, callers can use v1.0's names and beta's. `businessPhones` then has the business numbers. `phones` has the numbers of
the kinds without a property of their own, and those beyond what that property holds. Graph stores both together.

* Setting a property changes its entries and no others: with `mobilePhone` unset, `phones` keeps a second mobile number.
* An entry in `phones`, `postalAddresses` or `websites` whose own property has room for it is shown there afterwards. An update
  with an entry that its own property shows already does not add it again.
* A phone without a number, an entry of a type that the connector does not know, and one with an unknown member are shown in
  `phones`, `postalAddresses` and `websites`. They can be sent back and removed.
* An update keeps the parts of a structure (an address, an e-mail slot, the flag) that it does not name. A patch replaces the
  structure. A removed flag is one with the status `notFlagged`.
* MAPI properties cannot be removed, only set. Microsoft Graph has no request for it.
* A bare value stands for a collection with one element. A collection has at most 1,000 values.

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
    write_parts(&mut page, "address", Address::PARTS);
    write_parts(&mut page, "e-mail address", EmailAddress::PARTS);
    write_parts(&mut page, "website", Website::PARTS);
    page.push_str("\n| enumeration | members |\n|---|---|\n");
    for (name, members) in [
        ("type of a phone", join_names(PhoneKind::ALL, PhoneKind::name)),
        ("type of an address (beta)", join_names(AddressKind::ALL, AddressKind::name)),
        ("type of a website", join_names(WebsiteKind::ALL, WebsiteKind::name)),
        ("type of an e-mail address (beta)", join_names(EmailKind::ALL, EmailKind::name)),
        ("flagStatus of a flag", join_names(FlagStatus::ALL, FlagStatus::name)),
    ] {
        let _ = writeln!(page, "| {name} | {members} |");
    }
    page.push_str("\n## Contact folder\n\n| name | Graph |\n|---|---|\n");
    for part in Folder::PARTS {
        let _ = writeln!(page, "| `{}` | {} |", part.name, part.only_in.map_or("v1.0, beta", Version::name));
    }
    page
}

fn write_parts<S>(page: &mut String, structure: &str, parts: &[Part<S>]) {
    for part in parts {
        let _ = writeln!(page, "| {structure} | `{}` | {} |", part.name, part.only_in.map_or("v1.0, beta", Version::name));
    }
}

fn join_names<K: Copy>(all: &[K], name: impl Fn(K) -> &'static str) -> String {
    all.iter().map(|member| format!("`{}`", name(*member))).collect::<Vec<_>>().join(", ")
}

fn type_name(accessor: &Accessor) -> &'static str {
    match accessor {
        Accessor::String(_) | Accessor::PhoneOfKind(..) | Accessor::WebsiteOfKind(..) => "String",
        Accessor::Strings(_) | Accessor::PhonesOfKind(..) => "String collection",
        Accessor::DateTimeOffset(_) | Accessor::Date(_) => "Date",
        Accessor::Boolean(_) => "Boolean",
        Accessor::Flag(_) => "flag",
        Accessor::EmailAddress(_) => "e-mail address",
        Accessor::EmailAddresses(_) => "e-mail address collection",
        Accessor::Phones(_) => "collection of `type`, `number`",
        Accessor::AddressOfKind(..) => "address",
        Accessor::PostalAddresses(_) => "collection of addresses with `type`",
        Accessor::Websites(_) => "collection of websites with `type`",
        Accessor::Extensions(_) => "collection of objects with `extensionName`",
        Accessor::Photo(_) => "object",
        Accessor::SingleValueExtended(_) => "collection of `id`, `value` (String)",
        Accessor::MultiValueExtended(_) => "collection of `id`, `value` (String collection)",
    }
}
