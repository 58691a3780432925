//! The kinds of directory objects that there are here.

use super::property::{Property, Taken};
use super::tables;
use crate::error::{GraphError, Outcome};

/// A type that derives from `microsoft.graph.directoryObject`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    OrgContact,
    Group,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::User, Self::OrgContact, Self::Group];

    /// The name in the namespace `microsoft.graph`.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::OrgContact => "orgContact",
            Self::Group => "group",
        }
    }

    /// What the directory itself calls it, in the texts of errors: `OrgContact` in msgraph-sdk-powershell#3238.
    pub(super) fn resource(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::OrgContact => "OrgContact",
            Self::Group => "Group",
        }
    }

    /// The collection in a path.
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::OrgContact => "contacts",
            Self::Group => "groups",
        }
    }

    pub(super) fn properties(self) -> &'static [Property] {
        match self {
            Self::User => tables::USER,
            Self::OrgContact => tables::ORG_CONTACT,
            Self::Group => tables::GROUP,
        }
    }

    /// The property of that name. Names are case-sensitive, as in OData.
    pub(super) fn property(self, name: &str) -> Option<&'static Property> {
        self.properties().iter().find(|property| property.name == name)
    }

    /// The property of that name; `clause` says where an unknown one stands.
    pub(super) fn declared(self, clause: &str, name: &str) -> Outcome<&'static Property> {
        self.property(name).ok_or_else(|| GraphError::unknown_property(clause, name, self.type_name()))
    }

    /// When a list is sorted by a property ("Support for sorting by properties of directory objects" in
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>). An orgContact has no createdDateTime to be sorted by, whatever
    /// that table says.
    pub(super) fn sortable(self, name: &str) -> Taken {
        match (self, name) {
            (Self::User, "displayName" | "userPrincipalName") | (Self::Group, "displayName") => Taken::Always,
            (Self::User, "createdDateTime" | "deletedDateTime") | (Self::OrgContact, "displayName") => Taken::Advanced,
            (Self::Group, "deletedDateTime") => Taken::Advanced,
            _ => Taken::Never,
        }
    }

    /// The type that a path or a body names, with or without its namespace; upper and lower case are one
    /// (<https://learn.microsoft.com/graph/api/directoryobject-getbyids>). `contact` is how Azure AD Graph called the second one;
    /// that Graph takes it is unverified.
    pub(super) fn named(name: &str) -> Option<Self> {
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
