//! The addresses of a user's contacts in responses, and the sizes of their pages.

use crate::mailbox::path::UserKey;
use crate::odata::edm::Version;
use crate::odata::percent;
use crate::odata::request::GraphRequest;

/// Contacts on a page by default (microsoft-graph-docs#4792).
pub(crate) const DEFAULT_PAGE_SIZE: usize = 10;
/// The most contacts on a page (microsoft-graph-docs#4798: "$top parameter can handle max value of 1000"). That Graph reduces a
/// larger `odata.maxpagesize` to it, and refuses a larger `$top`, is unverified.
pub(crate) const MAX_PAGE_SIZE: usize = 1000;

pub(crate) fn add_select(context: String, select: Option<&[String]>) -> String {
    select.map(|names| format!("{context}({})", names.join(","))).unwrap_or(context)
}

/// Builds `https://.../v1.0/$metadata#users('me')`, with the user as the client named it.
pub(crate) fn build_user_context(request: &GraphRequest, version: Version, user: &UserKey) -> String {
    format!("{}/{}/$metadata#users('{}')", request.origin, version.segment(), escape_user(user))
}

pub(crate) fn build_user_path(request: &GraphRequest, version: Version, user: &UserKey) -> String {
    match user {
        UserKey::Me => format!("{}/{}/me", request.origin, version.segment()),
        UserKey::Named(_) => format!("{}/{}/users('{}')", request.origin, version.segment(), escape_user(user)),
    }
}

fn escape_user(user: &UserKey) -> String {
    match user {
        UserKey::Me => "me".to_owned(),
        UserKey::Named(key) => percent::encode(&key.replace('\'', "''")),
    }
}
