//! `$metadata`: what is served, as CSDL, from the table of properties.
//! <https://www.odata.org/documentation/odata-version-3-0/common-schema-definition-language-csdl/>

use std::fmt::Write;

use crate::complex::Edm;
use crate::complex::{
    ASSIGNED_LICENSE, ASSIGNED_PLAN, Complex, PASSWORD_PROFILE, PROVISIONED_PLAN, PROVISIONING_ERROR, SIGN_IN_NAME, USER_IDENTITY,
};
use crate::entity::Kind;
use crate::properties::{OBJECT, Property};
use protocol::azure_ad_graph::address::{Relation, Set};
use protocol::azure_ad_graph::version::Version;

/// The document of a version.
pub fn document(version: Version) -> String {
    let namespace = version.namespace();
    let mut text = String::new();
    let written = write_document(&mut text, namespace, version);
    // Writing to a String does not fail.
    debug_assert!(written.is_ok());
    text
}

fn write_document(text: &mut String, namespace: &str, version: Version) -> std::fmt::Result {
    text.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    text.push_str("<edmx:Edmx Version=\"1.0\" xmlns:edmx=\"http://schemas.microsoft.com/ado/2007/06/edmx\">\n");
    text.push_str(
        "<edmx:DataServices m:DataServiceVersion=\"3.0\" m:MaxDataServiceVersion=\"3.0\" \
         xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\">\n",
    );
    writeln!(text, "<Schema Namespace=\"{namespace}\" xmlns=\"http://schemas.microsoft.com/ado/2009/11/edm\">")?;
    write_object(text, namespace, version)?;
    for kind in Kind::NAMED {
        writeln!(text, "<EntityType Name=\"{}\" BaseType=\"{namespace}.DirectoryObject\" OpenType=\"true\">", kind.name())?;
        for property in kind.properties(version).filter(|property| !is_of_every_object(property)) {
            write_property(text, namespace, property.name(version), property.edm)?;
        }
        text.push_str("</EntityType>\n");
    }
    for complex in structures(version) {
        writeln!(text, "<ComplexType Name=\"{}\">", complex.name)?;
        for member in complex.members {
            write_property(text, namespace, member.name, member.edm)?;
        }
        text.push_str("</ComplexType>\n");
    }
    for relation in Relation::ALL {
        let multiplicity = if relation == Relation::Manager { "0..1" } else { "*" };
        let relation = relation.name();
        writeln!(
            text,
            "<Association Name=\"{relation}\"><End Role=\"{relation}_from\" Type=\"{namespace}.DirectoryObject\" Multiplicity=\"*\"/>\
             <End Role=\"{relation}_to\" Type=\"{namespace}.DirectoryObject\" Multiplicity=\"{multiplicity}\"/></Association>"
        )?;
    }
    write_container(text, namespace)?;
    text.push_str("</Schema>\n</edmx:DataServices>\n</edmx:Edmx>\n");
    Ok(())
}

/// The type that all others derive from.
fn write_object(text: &mut String, namespace: &str, version: Version) -> std::fmt::Result {
    text.push_str("<EntityType Name=\"DirectoryObject\" OpenType=\"true\">\n<Key><PropertyRef Name=\"objectId\"/></Key>\n");
    for property in OBJECT.iter().filter(|property| property.since <= version && is_of_every_object(property)) {
        let name = property.name(version);
        if name == "objectId" {
            text.push_str("<Property Name=\"objectId\" Type=\"Edm.String\" Nullable=\"false\"/>\n");
        } else {
            write_property(text, namespace, name, property.edm)?;
        }
    }
    for relation in Relation::ALL.map(Relation::name) {
        writeln!(
            text,
            "<NavigationProperty Name=\"{relation}\" Relationship=\"{namespace}.{relation}\" FromRole=\"{relation}_from\" \
             ToRole=\"{relation}_to\"/>"
        )?;
    }
    text.push_str("</EntityType>\n");
    Ok(())
}

fn write_container(text: &mut String, namespace: &str) -> std::fmt::Result {
    text.push_str("<EntityContainer Name=\"DirectoryDataService\" m:IsDefaultEntityContainer=\"true\">\n");
    for set in Set::ALL {
        let (set, kind) = (set.name(), Kind::of(set).map_or("DirectoryObject", Kind::name));
        writeln!(text, "<EntitySet Name=\"{set}\" EntityType=\"{namespace}.{kind}\"/>")?;
    }
    for relation in Relation::ALL.map(Relation::name) {
        writeln!(
            text,
            "<AssociationSet Name=\"{relation}\" Association=\"{namespace}.{relation}\">\
             <End Role=\"{relation}_from\" EntitySet=\"directoryObjects\"/><End Role=\"{relation}_to\" EntitySet=\"directoryObjects\"/>\
             </AssociationSet>"
        )?;
    }
    let mut function = |name: &str, returns: &str, bound: bool, parameters: &[(&str, &str)]| {
        let bindable = if bound { " IsBindable=\"true\"" } else { "" };
        writeln!(text, "<FunctionImport Name=\"{name}\" ReturnType=\"{returns}\" IsSideEffecting=\"true\"{bindable}>")?;
        if bound {
            writeln!(text, "<Parameter Name=\"directoryObject\" Type=\"{namespace}.DirectoryObject\"/>")?;
        }
        for (parameter, kind) in parameters {
            writeln!(text, "<Parameter Name=\"{parameter}\" Type=\"{kind}\"/>")?;
        }
        writeln!(text, "</FunctionImport>")
    };
    const IDS: &str = "Collection(Edm.String)";
    function("isMemberOf", "Edm.Boolean", false, &[("groupId", "Edm.String"), ("memberId", "Edm.String")])?;
    let objects = format!("Collection({namespace}.DirectoryObject)\" EntitySet=\"directoryObjects");
    function(
        "getObjectsByObjectIds",
        &objects,
        false,
        &[("objectIds", IDS), ("types", IDS), ("includeDirectoryObjectReferences", "Edm.Boolean")],
    )?;
    function("checkMemberGroups", IDS, true, &[("groupIds", IDS)])?;
    function("getMemberGroups", IDS, true, &[("securityEnabledOnly", "Edm.Boolean")])?;
    function("getMemberObjects", IDS, true, &[("securityEnabledOnly", "Edm.Boolean")])?;
    text.push_str("</EntityContainer>\n");
    Ok(())
}

/// Names of types and properties have nothing that XML escapes.
fn write_property(text: &mut String, namespace: &str, name: &str, edm: Edm) -> std::fmt::Result {
    let (kind, nullable) = match edm {
        Edm::Text => ("Edm.String".to_owned(), true),
        Edm::Truth => ("Edm.Boolean".to_owned(), true),
        Edm::Moment => ("Edm.DateTime".to_owned(), true),
        Edm::Stream => ("Edm.Stream".to_owned(), false),
        Edm::Texts => ("Collection(Edm.String)".to_owned(), false),
        Edm::Structure(complex) => (format!("{namespace}.{}", complex.name), true),
        Edm::Structures(complex) => (format!("Collection({namespace}.{})", complex.name), false),
    };
    let nullable = if nullable { "" } else { " Nullable=\"false\"" };
    writeln!(text, "<Property Name=\"{name}\" Type=\"{kind}\"{nullable}/>")
}

fn is_of_every_object(property: &Property) -> bool {
    ["objectType", "objectId", "deletionTimestamp"].iter().any(|name| property.is_named(name))
}

/// The structures that the types of a version use.
fn structures(version: Version) -> Vec<&'static Complex> {
    let all = [
        &ASSIGNED_LICENSE,
        &ASSIGNED_PLAN,
        &PASSWORD_PROFILE,
        &PROVISIONED_PLAN,
        &PROVISIONING_ERROR,
        &SIGN_IN_NAME,
        &USER_IDENTITY,
    ];
    let used = |wanted: &&&'static Complex| {
        Kind::NAMED.into_iter().flat_map(|kind| kind.properties(version)).any(
            |property| matches!(property.edm, Edm::Structure(complex) | Edm::Structures(complex) if complex.name == wanted.name),
        )
    };
    all.iter().filter(used).copied().collect()
}
