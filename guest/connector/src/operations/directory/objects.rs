//! Operations on directory objects in the form of Microsoft Graph, for frontends that have another form for them.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::directory_objects::{self, Collection, DeltaStart, Key, QueryOptions};
use crate::graph::page::{self, Page};
use crate::graph::photo::Picture;
use crate::graph::request::GraphRequest;
use crate::graph::response;
use crate::graph::service::Service;
use crate::operations::connector::Connector;
use crate::operations::send::create::FailedCreation;
use crate::operations::send::evidence::Evidence;

/// A directory object in the form of Microsoft Graph.
pub type Object = Map<String, Value>;

/// A page of objects, and the token of the next page.
pub type ObjectPage = (Vec<Object>, Option<String>);

/// The maximum number of groups in one membership check.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-checkmembergroups?view=graph-rest-1.0#request-body>
const MAX_CHECKED_GROUPS: usize = 20;
/// The maximum number of ids that can be resolved at once.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-getbyids?view=graph-rest-1.0#request-body>
const MAX_RESOLVED_IDS: usize = 1000;

impl Connector<'_> {
    /// Returns an object.
    pub fn get_directory_object(&self, key: &Key, options: &QueryOptions) -> Result<Object> {
        self.send(&directory_objects::get(self.service(), key, options)?)
    }

    /// Returns objects, each with its own options. ObjectPage that do not exist are omitted.
    pub fn get_directory_objects(&self, wanted: &[(Key, QueryOptions)]) -> Result<Vec<Object>> {
        let requests: Vec<GraphRequest> =
            wanted.iter().map(|(key, options)| directory_objects::get(self.service(), key, options)).collect::<Result<_>>()?;
        let exists = |result: &Result<Object>| !matches!(result, Err(error) if error.kind == ErrorKind::UnknownUid);
        self.send_all(&requests).into_iter().filter(exists).collect()
    }

    /// Returns a page of a collection.
    pub fn list_directory_page(&self, collection: Collection, options: &QueryOptions) -> Result<ObjectPage> {
        self.fetch_page(&directory_objects::list(self.service(), collection, options)?)
    }

    /// Returns a page of the objects that an object is related to.
    pub fn list_related_page(&self, key: &Key, relation: &str, options: &QueryOptions) -> Result<ObjectPage> {
        self.fetch_page(&directory_objects::list_related(self.service(), key, relation, options)?)
    }

    fn fetch_page(&self, request: &GraphRequest) -> Result<ObjectPage> {
        let page = Page::parse(self.service(), self.send_for_page(&mut request.clone(), &mut None)?)?;
        let token = page.next.map(|link| {
            page::respell(request, &link)?;
            directory_objects::find_page_token(&link).ok_or_else(|| build_token_error("$skiptoken"))
        });
        Ok((page.value, token.transpose()?))
    }

    /// Returns the single object that an object is related to, such as its manager.
    pub fn get_related_object(&self, key: &Key, relation: &str, options: &QueryOptions) -> Result<Object> {
        self.send(&directory_objects::list_related(self.service(), key, relation, options)?)
    }

    /// Creates a user, exactly once. Returns it as stored. If it is unknown whether the user exists, the error says so.
    ///
    /// A user has no key of its creation: its user principal name shows that it does not exist, and not whose creation it is.
    pub fn create_user(&self, user: Object) -> Result<Object> {
        let name = user.get("userPrincipalName").and_then(Value::as_str).unwrap_or_default().to_owned();
        let look = |_: &FailedCreation| self.look_for_user(&name, &user);
        let create = directory_objects::create_user(self.service(), user.clone())?;
        self.create_one(create, |object| response::check_id(object, "a user"), &look)
    }

    /// Returns the evidence for the creation of a user.
    fn look_for_user(&self, name: &str, user: &Object) -> Result<Evidence<Object>> {
        let stored = self.get_stored(&Key::Of(Collection::Users, name.to_owned()), user);
        match stored {
            Err(error) if error.kind == ErrorKind::UnknownUid => Ok(Evidence::NotDone),
            Ok(stored) if differs(&stored, user) => Ok(Evidence::NotDone),
            stored => stored.map(|_| Evidence::Unknown),
        }
    }

    /// Returns those properties of an object that `changes` has. Passwords cannot be read.
    fn get_stored(&self, key: &Key, changes: &Object) -> Result<Object> {
        let names = changes.keys().map(String::as_str).filter(|name| *name != PASSWORD);
        self.send(&directory_objects::get_properties(self.service(), key, &names.collect::<Vec<_>>())?)
    }

    /// Updates properties of an object.
    pub fn update_directory_object(&self, key: &Key, changes: Object) -> Result<()> {
        let updated = self.send(&directory_objects::update(self.service(), key, changes.clone())?).map(|_| ());
        self.settle(updated, |_| {
            let stored = self.get_stored(key, &changes)?;
            Ok(match (differs(&stored, &changes), changes.contains_key(PASSWORD)) {
                (true, _) => Evidence::NotDone,
                (false, true) => Evidence::Unknown,
                (false, false) => Evidence::Done(()),
            })
        })
    }

    /// Deletes an object.
    pub fn delete_directory_object(&self, key: &Key) -> Result<()> {
        let read = directory_objects::get_properties(self.service(), key, &[])?;
        self.send_deletion(&directory_objects::delete(self.service(), key)?, &read)
    }

    /// Sets the manager to the object with that id. Without an id, removes the manager.
    pub fn set_manager(&self, key: &Key, manager: Option<&str>) -> Result<()> {
        let options = QueryOptions { select: vec!["id"], ..QueryOptions::default() };
        let read = directory_objects::list_related(self.service(), key, "manager", &options)?;
        let Some(id) = manager else {
            return self.send_deletion(&directory_objects::clear_manager(self.service(), key)?, &read);
        };
        let set = self.send(&directory_objects::set_manager(self.service(), key, id)?).map(|_| ());
        self.settle(set, |_| match self.send(&read) {
            Ok(now) if now.get("id").and_then(Value::as_str).is_some_and(|now| now.eq_ignore_ascii_case(id)) => {
                Ok(Evidence::Done(()))
            }
            Ok(_) => Ok(Evidence::NotDone),
            // There is no manager.
            Err(error) if error.kind == ErrorKind::UnknownUid => Ok(Evidence::NotDone),
            Err(error) => Err(error),
        })
    }

    /// Returns those of the groups, at most 20, that an object is a direct or transitive member of.
    pub fn check_member_groups(&self, key: &Key, groups: &[String]) -> Result<Vec<String>> {
        directory_objects::parse_ids(self.send(&build_check_member_groups_request(self.service(), key, groups)?)?)
    }

    /// Returns the groups that an object is a direct or transitive member of; with `roles`, also directory roles and
    /// administrative units.
    pub fn get_member_groups(&self, key: &Key, security_enabled_only: bool, roles: bool) -> Result<Vec<String>> {
        directory_objects::parse_ids(self.send(&build_get_member_groups_request(
            self.service(),
            key,
            security_enabled_only,
            roles,
        )?)?)
    }

    /// Returns the objects with these ids, at most 1,000, of these types, or of any type. ObjectPage that do not exist are omitted.
    pub fn get_objects_by_ids(&self, ids: &[String], types: &[&str], select: &[&str]) -> Result<Vec<Object>> {
        self.list_all_pages(&build_get_by_ids_request(self.service(), ids, types, select)?)
    }

    /// Returns a page of the changes of a collection, and the start of the next page: now if it is [`DeltaStart::SkipToken`],
    /// otherwise later. If `minimal`, an object has only the changed properties.
    pub fn list_directory_changes(
        &self,
        collection: Collection,
        select: &[&str],
        since: &DeltaStart,
        minimal: bool,
    ) -> Result<(Vec<Object>, DeltaStart)> {
        let mut request = directory_objects::get_delta(self.service(), collection, select, since, minimal)?;
        let page = Page::parse(self.service(), self.send_for_page(&mut request, &mut None)?)?;
        match (page.next, page.delta) {
            (Some(link), _) => {
                page::respell(&request, &link)?;
                Ok((page.value, DeltaStart::SkipToken(get_link_token(&link, "$skiptoken")?)))
            }
            (None, Some(link)) => {
                page::respell(&request, &link)?;
                Ok((page.value, DeltaStart::DeltaToken(get_link_token(&link, "$deltatoken")?)))
            }
            (None, None) => Err(Error::new(
                ErrorKind::Unavailable,
                "expected a link after the changes in the response of Microsoft Graph, found none",
            )),
        }
    }

    /// Returns the photo of a user. `unknown-uid` if it has none.
    pub fn get_user_photo(&self, key: &Key) -> Result<Picture> {
        Picture::from_object(&self.send(&directory_objects::get_photo(self.service(), key)?)?)
    }

    /// Replaces the photo of a user. `jpeg` has the bytes of a JPEG picture.
    pub fn set_user_photo(&self, key: &Key, jpeg: Vec<u8>) -> Result<()> {
        let put = directory_objects::put_photo(self.service(), key, jpeg)?;
        self.put_picture(&put, &directory_objects::get_photo(self.service(), key)?)
    }
}

/// The property of a user that cannot be read.
const PASSWORD: &str = "passwordProfile";

/// Checks whether a stored object lacks a change. A property that the response does not have is not compared.
fn differs(stored: &Object, changes: &Object) -> bool {
    let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    changes.iter().any(|(name, value)| stored.get(name).is_some_and(|now| now != value && !(is_empty(now) && is_empty(value))))
}

/// Returns the token in a link to a page. Only the token is kept between requests of a caller. The other options are written
/// anew.
fn get_link_token(link: &str, name: &str) -> Result<String> {
    page::get_link_option(link, name).ok_or_else(|| build_token_error(name))
}

fn build_token_error(name: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("expected {name} in a link in the response of Microsoft Graph, found none"))
}

/// Creates the request of [`Connector::check_member_groups`].
pub fn build_check_member_groups_request(service: &Service, key: &Key, groups: &[String]) -> Result<GraphRequest> {
    check_count(groups, MAX_CHECKED_GROUPS, "groupIds")?;
    directory_objects::call_action(service, key, "checkMemberGroups", json!({"groupIds": groups}))
}

/// Creates the request of [`Connector::get_member_groups`]. Only for users it can ask for security groups only.
/// <https://learn.microsoft.com/en-us/graph/api/directoryobject-getmembergroups?view=graph-rest-1.0>
pub fn build_get_member_groups_request(
    service: &Service,
    key: &Key,
    security_enabled_only: bool,
    roles: bool,
) -> Result<GraphRequest> {
    let action = if roles { "getMemberObjects" } else { "getMemberGroups" };
    directory_objects::call_action(service, key, action, json!({"securityEnabledOnly": security_enabled_only}))
}

/// Creates the request of [`Connector::get_objects_by_ids`].
pub fn build_get_by_ids_request(service: &Service, ids: &[String], types: &[&str], select: &[&str]) -> Result<GraphRequest> {
    check_count(ids, MAX_RESOLVED_IDS, "ids")?;
    directory_objects::get_by_ids(service, ids, types, select)
}

/// Checks the number of ids.
fn check_count(ids: &[String], maximum: usize, name: &str) -> Result<()> {
    if ids.len() <= maximum {
        return Ok(());
    }
    Err(Error::invalid_attribute(name, format!("expected at most {maximum} ids, found {}", ids.len())))
}
