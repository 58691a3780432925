//! The cost of a request to the directory (<https://learn.microsoft.com/graph/throttling-limits>, "Identity and access service
//! limits"). The emulator has no quota. Its responses name the cost as those in
//! <https://learn.microsoft.com/graph/json-batching> do, errors included.

use http::Method;
use http::header::HeaderName;

use crate::directory::object_kind::ObjectKind;
use crate::directory::relation::Relation;
use crate::directory::resource::{Action, Key, Resource};
use crate::odata::query::Query;

/// The header with the cost.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-ms-resource-unit");

/// Returns the resource units of a request, at least 1.
pub(crate) fn count_resource_units(resource: &Resource, method: &Method, query: &Query) -> usize {
    let read = *method == Method::GET;
    let base = match resource {
        Resource::Collection(ObjectKind::User) if read => 2,
        Resource::ByIds => 3,
        Resource::Related(Key::Of(ObjectKind::Group, _), Relation::Members, _) if read => 3,
        Resource::Related(Key::Of(ObjectKind::Group, _), Relation::TransitiveMembers, _) if read => 5,
        Resource::Related(Key::User(_), Relation::MemberOf | Relation::TransitiveMemberOf, _) if read => 2,
        Resource::Action(Key::User(_), Action::CheckMemberGroups | Action::CheckMemberObjects) => 4,
        Resource::Action(Key::User(_), Action::GetMemberGroups | Action::GetMemberObjects) => 2,
        _ => 1,
    };
    let dearer = usize::from(query.get("expand").is_some());
    let few = query.parse_number("top").ok().flatten().is_some_and(|top| top < 20);
    let cheaper = usize::from(query.get("select").is_some()) + usize::from(few);
    (base + dearer).saturating_sub(cheaper).max(1)
}
