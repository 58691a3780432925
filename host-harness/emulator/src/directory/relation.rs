//! The relations of directory objects.

use crate::directory::object_kind::ObjectKind;
use crate::odata::edm::Version;

/// A navigation property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Manager,
    DirectReports,
    TransitiveReports,
    MemberOf,
    TransitiveMemberOf,
    Members,
    TransitiveMembers,
}

impl Relation {
    const ALL: [Self; 7] = [
        Self::Manager,
        Self::DirectReports,
        Self::TransitiveReports,
        Self::MemberOf,
        Self::TransitiveMemberOf,
        Self::Members,
        Self::TransitiveMembers,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::DirectReports => "directReports",
            Self::TransitiveReports => "transitiveReports",
            Self::MemberOf => "memberOf",
            Self::TransitiveMemberOf => "transitiveMemberOf",
            Self::Members => "members",
            Self::TransitiveMembers => "transitiveMembers",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.name().eq_ignore_ascii_case(name))
    }

    /// Returns whether objects of a kind have the relation, by Microsoft's CSDL: an orgContact has `transitiveReports` only in
    /// beta.
    pub(crate) fn belongs_to(self, kind: ObjectKind, version: Version) -> bool {
        match self {
            Self::Manager | Self::DirectReports => kind != ObjectKind::Group,
            Self::TransitiveReports => kind == ObjectKind::User || (kind == ObjectKind::OrgContact && version == Version::Beta),
            Self::MemberOf | Self::TransitiveMemberOf => true,
            Self::Members | Self::TransitiveMembers => kind == ObjectKind::Group,
        }
    }
}
