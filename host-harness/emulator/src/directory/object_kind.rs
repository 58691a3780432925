//! The kinds of directory objects.

use crate::directory::property::{ObjectProperty, OperatorSupport};
use crate::directory::property_tables;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body::is_same_name;

/// A type that derives from `microsoft.graph.directoryObject`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    User,
    OrgContact,
    Group,
}

impl ObjectKind {
    pub(crate) const ALL: [Self; 3] = [Self::User, Self::OrgContact, Self::Group];

    /// Returns the name in the namespace `microsoft.graph`.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::OrgContact => "orgContact",
            Self::Group => "group",
        }
    }

    /// Returns the directory's own name for the kind, as error texts have it: `OrgContact` in msgraph-sdk-powershell#3238.
    pub(crate) fn resource(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::OrgContact => "OrgContact",
            Self::Group => "Group",
        }
    }

    /// Returns the segment of the collection in a path.
    pub(crate) fn segment(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::OrgContact => "contacts",
            Self::Group => "groups",
        }
    }

    pub(crate) fn properties(self) -> &'static [ObjectProperty] {
        match self {
            Self::User => property_tables::USER,
            Self::OrgContact => property_tables::ORG_CONTACT,
            Self::Group => property_tables::GROUP,
        }
    }

    /// Returns the property of that name. Names are case-sensitive, as in OData.
    pub(crate) fn find_property(self, name: &str) -> Option<&'static ObjectProperty> {
        self.properties().iter().find(|property| property.name == name)
    }

    /// Returns the property with that name in a body (see [`is_same_name`]). That the directory ignores case too is unverified.
    pub(crate) fn find_body_property(self, name: &str) -> Option<&'static ObjectProperty> {
        self.properties().iter().find(|property| is_same_name(property.name, name))
    }

    /// Returns the property of that name, or fails. `clause` names the clause with the unknown name.
    pub(crate) fn require_property(self, clause: &str, name: &str) -> Outcome<&'static ObjectProperty> {
        self.find_property(name).ok_or_else(|| GraphError::unknown_property(clause, name, self.type_name()))
    }

    /// Returns the support for sorting by a property ("Support for sorting by properties of directory objects" in
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>). That table has orgContact by createdDateTime, a property that
    /// an orgContact does not have.
    pub(crate) fn get_sort_support(self, name: &str) -> OperatorSupport {
        match (self, name) {
            (Self::User, "displayName" | "userPrincipalName") | (Self::Group, "displayName") => OperatorSupport::Always,
            (Self::User, "createdDateTime" | "deletedDateTime") | (Self::OrgContact, "displayName") => OperatorSupport::Advanced,
            (Self::Group, "deletedDateTime") => OperatorSupport::Advanced,
            _ => OperatorSupport::Never,
        }
    }

    /// Returns the kind with that type name, with or without its namespace and regardless of case
    /// (<https://learn.microsoft.com/graph/api/directoryobject-getbyids>). `contact` is Azure AD Graph's name for an
    /// organizational contact. That Graph accepts it is unverified.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = ["#microsoft.graph.", "microsoft.graph.", "graph."]
            .iter()
            .find_map(|space| name.strip_prefix(space))
            .unwrap_or(&name);
        match name {
            "user" => Some(Self::User),
            "orgcontact" | "contact" => Some(Self::OrgContact),
            "group" => Some(Self::Group),
            _ => None,
        }
    }
}
