//! How directory objects are related.

use super::kind::Kind;
use crate::schema::Version;

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

    pub(super) fn name(self) -> &'static str {
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

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.name().eq_ignore_ascii_case(name))
    }

    /// Whether objects of a kind have it, by Microsoft's CSDL: an orgContact has `transitiveReports` in beta alone.
    pub(super) fn belongs_to(self, kind: Kind, version: Version) -> bool {
        match self {
            Self::Manager | Self::DirectReports => kind != Kind::Group,
            Self::TransitiveReports => kind == Kind::User || (kind == Kind::OrgContact && version == Version::Beta),
            Self::MemberOf | Self::TransitiveMemberOf => true,
            Self::Members | Self::TransitiveMembers => kind == Kind::Group,
        }
    }
}
