//! The properties of an organizational contact, one line each.
//! <https://learn.microsoft.com/en-us/graph/api/resources/orgcontact?view=graph-rest-1.0#properties>

/// The reason why organizational contacts cannot be created.
pub const CREATE_UNSUPPORTED: &str = "Microsoft Graph creates no organizational contacts: create it in Exchange, or in the directory on \
                                 your premises that is synchronised";

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueKind {
    /// A string.
    String,
    /// A Boolean.
    Boolean,
    /// A collection of strings.
    Strings,
    /// A collection of objects.
    Objects,
}

impl ValueKind {
    /// Checks whether a value of this type is a collection.
    pub fn is_collection(self) -> bool {
        matches!(self, ValueKind::Strings | ValueKind::Objects)
    }
}

/// The access to a property, and whether it is returned by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Callers can change it.
    Writable,
    /// The directory assigns it.
    ReadOnly,
    /// The directory assigns it, and returns it only on request.
    OnRequest,
}

/// A property, or a relationship as the ids of the related objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrgContactProperty {
    /// The name in Microsoft Graph.
    pub name: &'static str,
    /// The type of its value.
    pub kind: ValueKind,
    /// The access to it.
    pub access: Access,
}

impl OrgContactProperty {
    /// Returns the property with that name.
    pub fn find(name: &str) -> Option<&'static OrgContactProperty> {
        PROPERTIES.iter().find(|property| property.name == name)
    }

    /// Checks whether callers can change it.
    pub fn is_writable(&self) -> bool {
        self.access == Access::Writable
    }
}

const fn property(name: &'static str, kind: ValueKind, access: Access) -> OrgContactProperty {
    OrgContactProperty { name, kind, access }
}

use Access::{OnRequest, ReadOnly, Writable};

/// All properties, then all relationships.
pub static PROPERTIES: &[OrgContactProperty] = &[
    property("displayName", ValueKind::String, Writable),
    property("givenName", ValueKind::String, Writable),
    property("surname", ValueKind::String, Writable),
    property("mail", ValueKind::String, Writable),
    property("mailNickname", ValueKind::String, Writable),
    property("companyName", ValueKind::String, Writable),
    property("department", ValueKind::String, Writable),
    property("jobTitle", ValueKind::String, Writable),
    property("addresses", ValueKind::Objects, Writable),
    property("phones", ValueKind::Objects, Writable),
    property("proxyAddresses", ValueKind::Strings, ReadOnly),
    property("onPremisesSyncEnabled", ValueKind::Boolean, ReadOnly),
    property("onPremisesLastSyncDateTime", ValueKind::String, ReadOnly),
    property("onPremisesProvisioningErrors", ValueKind::Objects, ReadOnly),
    property("serviceProvisioningErrors", ValueKind::Objects, OnRequest),
    property(MANAGER, ValueKind::String, OnRequest),
    property("directReports", ValueKind::Strings, OnRequest),
    property("memberOf", ValueKind::Strings, OnRequest),
    property("transitiveMemberOf", ValueKind::Strings, OnRequest),
];

/// The relationship with at most one object.
pub const MANAGER: &str = "manager";
/// The relationships. Each requires a separate request to read.
pub const RELATIONSHIPS: [&str; 4] = [MANAGER, "directReports", "memberOf", "transitiveMemberOf"];

/// Checks whether a property is a collection.
pub fn is_collection(name: &str) -> bool {
    OrgContactProperty::find(name).is_some_and(|property| property.kind.is_collection())
}
