//! Operations on objects of the directory, as Microsoft Graph has them: for ways in with a form of their own for these objects.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::directory_objects::{self as graph, Collection, DeltaStart, Key, QueryOptions};
use crate::graph::page::{self, Page};
use crate::graph::photo::Picture;
use crate::graph::request::GraphRequest;
use crate::graph::service::Service;
use crate::operations::connector::Connector;

/// An object, as Microsoft Graph has it.
pub type Object = Map<String, Value>;

/// A page of objects, and the token of the next one.
pub type Objects = (Vec<Object>, Option<String>);

/// Ids that one question about memberships may have.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-checkmembergroups?view=graph-rest-1.0#request-body>
const MAX_CHECKED_GROUPS: usize = 20;
/// Ids that can be resolved at once.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-getbyids?view=graph-rest-1.0#request-body>
const MAX_RESOLVED_IDS: usize = 1000;

impl Connector<'_> {
    /// One object.
    pub fn get_directory_object(&self, key: &Key, options: &QueryOptions) -> Result<Object> {
        self.send(&graph::get(self.service(), key, options)?)
    }

    /// Several objects, each with its own options; those that are gone meanwhile are left out.
    pub fn get_directory_objects(&self, wanted: &[(Key, QueryOptions)]) -> Result<Vec<Object>> {
        let requests: Vec<GraphRequest> =
            wanted.iter().map(|(key, options)| graph::get(self.service(), key, options)).collect::<Result<_>>()?;
        let is_there = |result: &Result<Object>| !matches!(result, Err(error) if error.kind == ErrorKind::UnknownUid);
        self.send_all(&requests).into_iter().filter(is_there).collect()
    }

    /// A page of a collection.
    pub fn list_directory_page(&self, collection: Collection, options: &QueryOptions) -> Result<Objects> {
        self.page(&graph::list(self.service(), collection, options)?)
    }

    /// A page of those that an object is related to.
    pub fn list_related_page(&self, key: &Key, relation: &str, options: &QueryOptions) -> Result<Objects> {
        self.page(&graph::list_related(self.service(), key, relation, options)?)
    }

    fn page(&self, request: &GraphRequest) -> Result<Objects> {
        let page = Page::parse(self.service(), self.send(request)?)?;
        let token = page.next.map(|link| get_link_token(&link, "$skiptoken")).transpose()?;
        Ok((page.value, token))
    }

    /// The one that an object is related to, as its manager.
    pub fn get_related_object(&self, key: &Key, relation: &str, options: &QueryOptions) -> Result<Object> {
        self.send(&graph::list_related(self.service(), key, relation, options)?)
    }

    /// Creates a user, and gives it as the directory answers. Where it is not known whether there is one, the error says so.
    pub fn create_user(&self, user: Object) -> Result<Object> {
        self.send(&graph::create_user(self.service(), user)?)
    }

    /// Changes properties of an object.
    pub fn update_directory_object(&self, key: &Key, changes: Object) -> Result<()> {
        self.send(&graph::update(self.service(), key, changes)?).map(|_| ())
    }

    /// Deletes an object.
    pub fn delete_directory_object(&self, key: &Key) -> Result<()> {
        self.send(&graph::delete(self.service(), key)?).map(|_| ())
    }

    /// Makes the object of that id the manager; without one, nobody is.
    pub fn set_manager(&self, key: &Key, manager: Option<&str>) -> Result<()> {
        let request = match manager {
            Some(id) => graph::set_manager(self.service(), key, id)?,
            None => graph::clear_manager(self.service(), key)?,
        };
        self.send(&request).map(|_| ())
    }

    /// Which of these groups an object is a member of, directly or not; at most 20.
    pub fn check_member_groups(&self, key: &Key, groups: &[String]) -> Result<Vec<String>> {
        graph::parse_ids(self.send(&build_check_member_groups_request(self.service(), key, groups)?)?)
    }

    /// The groups that an object is a member of, directly or not; with `roles` the directory's roles and administrative units too.
    pub fn get_member_groups(&self, key: &Key, security_enabled_only: bool, roles: bool) -> Result<Vec<String>> {
        graph::parse_ids(self.send(&build_get_member_groups_request(self.service(), key, security_enabled_only, roles)?)?)
    }

    /// The objects of these ids, at most 1,000, that are of one of these types, or of any; those that are not there are left out.
    pub fn get_objects_by_ids(&self, ids: &[String], types: &[&str], select: &[&str]) -> Result<Vec<Object>> {
        self.list_all_pages(&build_get_by_ids_request(self.service(), ids, types, select)?)
    }

    /// A page of changes of a collection, and where to go on: at once, where that is [`DeltaStart::SkipToken`], or later. Of `minimal` with the
    /// changed properties alone.
    pub fn list_directory_changes(
        &self,
        collection: Collection,
        select: &[&str],
        since: &DeltaStart,
        minimal: bool,
    ) -> Result<(Vec<Object>, DeltaStart)> {
        let request = graph::get_delta(self.service(), collection, select, since, minimal)?;
        let page = Page::parse(self.service(), self.send(&request)?)?;
        match (page.next, page.delta) {
            (Some(link), _) => Ok((page.value, DeltaStart::SkipToken(get_link_token(&link, "$skiptoken")?))),
            (None, Some(link)) => Ok((page.value, DeltaStart::DeltaToken(get_link_token(&link, "$deltatoken")?))),
            (None, None) => {
                Err(Error::new(ErrorKind::Unavailable, "Microsoft Graph answered changes without a link to go on from"))
            }
        }
    }

    /// The photo of a user; `unknown-uid` where it has none.
    pub fn get_user_photo(&self, key: &Key) -> Result<Picture> {
        Picture::from_object(&self.send(&graph::get_photo(self.service(), key)?)?)
    }

    /// Makes `jpeg`, the bytes of a JPEG picture, the photo of a user.
    pub fn set_user_photo(&self, key: &Key, jpeg: Vec<u8>) -> Result<()> {
        self.send(&graph::put_photo(self.service(), key, jpeg)?).map(|_| ())
    }
}

/// The token in a link to a following page. It alone is kept between requests of a caller: what else is asked is written anew each time.
fn get_link_token(link: &str, name: &str) -> Result<String> {
    let missing =
        || Error::new(ErrorKind::Unavailable, format!("Microsoft Graph answered a link to a following page without {name}"));
    page::get_link_option(link, name).ok_or_else(missing)
}

/// The request of [`Connector::check_member_groups`].
pub fn build_check_member_groups_request(service: &Service, key: &Key, groups: &[String]) -> Result<GraphRequest> {
    check_count(groups, MAX_CHECKED_GROUPS, "groupIds")?;
    graph::call_action(service, key, "checkMemberGroups", json!({"groupIds": groups}))
}

/// The request of [`Connector::get_member_groups`]. Of users alone those for security can be asked for.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-getmembergroups?view=graph-rest-1.0>
pub fn build_get_member_groups_request(
    service: &Service,
    key: &Key,
    security_enabled_only: bool,
    roles: bool,
) -> Result<GraphRequest> {
    let action = if roles { "getMemberObjects" } else { "getMemberGroups" };
    graph::call_action(service, key, action, json!({"securityEnabledOnly": security_enabled_only}))
}

/// The request of [`Connector::get_objects_by_ids`].
pub fn build_get_by_ids_request(service: &Service, ids: &[String], types: &[&str], select: &[&str]) -> Result<GraphRequest> {
    check_count(ids, MAX_RESOLVED_IDS, "ids")?;
    graph::get_by_ids(service, ids, types, select)
}

/// Checks that there are not more ids than can be asked for at once.
fn check_count(ids: &[String], most: usize, name: &str) -> Result<()> {
    if ids.len() <= most {
        return Ok(());
    }
    Err(Error::invalid_attribute(name, format!("there are {} ids, and at most {most} are taken at once", ids.len())))
}
