//! `$metadata`: the types and functions of the API as CSDL, written from the table of properties.
//! <https://www.odata.org/documentation/odata-version-3-0/common-schema-definition-language-csdl/>

use std::fmt::Write;

use crate::edm::{
    ASSIGNED_LICENSE, ASSIGNED_PLAN, ComplexType, EdmType, PASSWORD_PROFILE, PROVISIONED_PLAN, PROVISIONING_ERROR, SIGN_IN_NAME,
    USER_IDENTITY,
};
use crate::entity_type::EntityType;
use crate::properties::{EntityProperty, OBJECT};
use protocol::azure_ad_graph::address::{EntitySet, Relation};
use protocol::azure_ad_graph::version::ApiVersion;

/// Returns the document of a version.
pub fn write_document(version: ApiVersion) -> String {
    let namespace = version.namespace();
    let mut text = String::new();
    let written = write_schema(&mut text, namespace, version);
    // Writing to a String does not fail.
    debug_assert!(written.is_ok());
    text
}

fn write_schema(text: &mut String, namespace: &str, version: ApiVersion) -> std::fmt::Result {
    text.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    text.push_str("<edmx:Edmx Version=\"1.0\" xmlns:edmx=\"http://schemas.microsoft.com/ado/2007/06/edmx\">\n");
    text.push_str(
        "<edmx:DataServices m:DataServiceVersion=\"3.0\" m:MaxDataServiceVersion=\"3.0\" \
         xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\">\n",
    );
    writeln!(text, "<Schema Namespace=\"{namespace}\" xmlns=\"http://schemas.microsoft.com/ado/2009/11/edm\">")?;
    write_object(text, namespace, version)?;
    for entity_type in EntityType::KNOWN {
        writeln!(
            text,
            "<EntityType Name=\"{}\" BaseType=\"{namespace}.DirectoryObject\" OpenType=\"true\">",
            entity_type.name()
        )?;
        for property in entity_type.properties(version).filter(|property| !is_of_every_object(property)) {
            write_property(text, namespace, property.name(version), property.edm_type)?;
        }
        text.push_str("</EntityType>\n");
    }
    for complex in list_complex_types(version) {
        writeln!(text, "<ComplexType Name=\"{}\">", complex.name)?;
        for member in complex.members {
            write_property(text, namespace, member.name, member.edm_type)?;
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

/// Writes the type that all others derive from.
fn write_object(text: &mut String, namespace: &str, version: ApiVersion) -> std::fmt::Result {
    text.push_str("<EntityType Name=\"DirectoryObject\" OpenType=\"true\">\n<Key><PropertyRef Name=\"objectId\"/></Key>\n");
    for property in OBJECT.iter().filter(|property| property.since <= version && is_of_every_object(property)) {
        let name = property.name(version);
        if name == "objectId" {
            text.push_str("<Property Name=\"objectId\" Type=\"Edm.String\" Nullable=\"false\"/>\n");
        } else {
            write_property(text, namespace, name, property.edm_type)?;
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

/// Writes the entity sets, relations and functions.
fn write_container(text: &mut String, namespace: &str) -> std::fmt::Result {
    text.push_str("<EntityContainer Name=\"DirectoryDataService\" m:IsDefaultEntityContainer=\"true\">\n");
    for set in EntitySet::ALL {
        let (set, entity_type) = (set.name(), EntityType::from_entity_set(set).map_or("DirectoryObject", EntityType::name));
        writeln!(text, "<EntitySet Name=\"{set}\" EntityType=\"{namespace}.{entity_type}\"/>")?;
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
        for (parameter, type_name) in parameters {
            writeln!(text, "<Parameter Name=\"{parameter}\" Type=\"{type_name}\"/>")?;
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

/// Writes a property. XML does not escape any character in the names of types and properties.
fn write_property(text: &mut String, namespace: &str, name: &str, edm_type: EdmType) -> std::fmt::Result {
    let (type_name, nullable) = match edm_type {
        EdmType::String => ("Edm.String".to_owned(), true),
        EdmType::Boolean => ("Edm.Boolean".to_owned(), true),
        EdmType::DateTime => ("Edm.DateTime".to_owned(), true),
        EdmType::Stream => ("Edm.Stream".to_owned(), false),
        EdmType::Strings => ("Collection(Edm.String)".to_owned(), false),
        EdmType::Complex(complex) => (format!("{namespace}.{}", complex.name), true),
        EdmType::ComplexCollection(complex) => (format!("Collection({namespace}.{})", complex.name), false),
    };
    let nullable = if nullable { "" } else { " Nullable=\"false\"" };
    writeln!(text, "<Property Name=\"{name}\" Type=\"{type_name}\"{nullable}/>")
}

fn is_of_every_object(property: &EntityProperty) -> bool {
    ["objectType", "objectId", "deletionTimestamp"].iter().any(|name| property.is_named(name))
}

/// Returns the complex types that the types of a version use.
fn list_complex_types(version: ApiVersion) -> Vec<&'static ComplexType> {
    let all = [
        &ASSIGNED_LICENSE,
        &ASSIGNED_PLAN,
        &PASSWORD_PROFILE,
        &PROVISIONED_PLAN,
        &PROVISIONING_ERROR,
        &SIGN_IN_NAME,
        &USER_IDENTITY,
    ];
    let is_used = |wanted: &&&'static ComplexType| {
        EntityType::KNOWN.into_iter().flat_map(|entity_type| entity_type.properties(version)).any(
            |property| matches!(property.edm_type, EdmType::Complex(complex) | EdmType::ComplexCollection(complex) if complex.name == wanted.name),
        )
    };
    all.iter().filter(is_used).copied().collect()
}
