//! Functions: memberships, and objects by their ids.

use std::collections::{BTreeSet, HashMap};

use connector::graph::directory_objects::{Key, QueryOptions};
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::address::{EntityKey, EntitySet, Function};
use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;
use serde_json::{Value, json};

use crate::entity::EntityMapper;
use crate::entity_type::EntityType;
use crate::failure::from_error;
use crate::graph_key::to_graph_key;
use crate::handler::RequestHandler;
use crate::request::{ApiRequest, read_string, read_strings, unexpected};
use crate::response::ApiResponse;
use crate::selection::Selection;
use crate::writer::Content;

/// The most ids of a request, as in both services.
const MAX_IDS: usize = 1000;
/// The most ids of a request to Microsoft Graph. A user can have a hundred plans.
const MAX_IDS_AT_ONCE: usize = 100;

/// The type of a result that is a list of ids.
const ID_COLLECTION: &str = "Collection(Edm.String)";

/// The types that `getObjectsByObjectIds` takes: Azure AD Graph's and Microsoft Graph's name.
const TYPES: &[(&str, &str)] = &[
    ("application", "application"),
    ("contact", "orgContact"),
    ("device", "device"),
    ("directoryObject", "directoryObject"),
    ("directoryRole", "directoryRole"),
    ("group", "group"),
    ("servicePrincipal", "servicePrincipal"),
    ("user", "user"),
];

impl RequestHandler<'_> {
    /// Calls a function of an object.
    pub(super) fn call_function(
        &self,
        key: &EntityKey,
        function: Function,
        request: &ApiRequest<'_>,
    ) -> Result<ApiResponse, Failure> {
        let body = request.parse_object()?;
        let (_, key) = self.resolve_served(key)?;
        let security_enabled_only = || match body.get("securityEnabledOnly") {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(only)) => Ok(*only),
            other => Err(unexpected("securityEnabledOnly", "true or false", other)),
        };
        let ids = match function {
            Function::CheckMemberGroups => self.connector.check_member_groups(&key, &read_strings(&body, "groupIds")?),
            Function::GetMemberGroups => self.connector.get_member_groups(&key, security_enabled_only()?, false),
            Function::GetMemberObjects => self.connector.get_member_groups(&key, security_enabled_only()?, true),
        };
        Ok(ApiResponse::ok(Content::Value(function.name(), ID_COLLECTION, json!(ids.map_err(from_error)?))))
    }

    /// Carries out `isMemberOf`.
    pub(super) fn is_member_of(&self, request: &ApiRequest<'_>) -> Result<ApiResponse, Failure> {
        let body = request.parse_object()?;
        let group = read_string(&body, "groupId")?.to_owned();
        let member = EntityKey::Of(EntitySet::DirectoryObjects, read_string(&body, "memberId")?.to_owned());
        let groups =
            self.connector.check_member_groups(&to_graph_key(&member), std::slice::from_ref(&group)).map_err(from_error)?;
        let is_member = groups.iter().any(|found| found.eq_ignore_ascii_case(&group));
        Ok(ApiResponse::ok(Content::Value("isMemberOf", "Edm.Boolean", json!(is_member))))
    }

    /// Carries out `getObjectsByObjectIds`. Objects that do not exist are left out.
    pub(super) fn get_objects_by_ids(&self, request: &ApiRequest<'_>) -> Result<ApiResponse, Failure> {
        let body = request.parse_object()?;
        let ids = read_strings(&body, "objectIds")?;
        let types = match body.get("types") {
            None | Some(Value::Null) => Vec::new(),
            Some(_) => read_strings(&body, "types")?,
        };
        let types: BTreeSet<&str> = types.iter().map(|name| to_graph_type(name)).collect::<Result<_, _>>()?;
        let types: Vec<&str> = types.into_iter().collect();
        if ids.len() > MAX_IDS {
            let problem = format!("expected at most {MAX_IDS} ids, found {}", ids.len());
            return Err(Failure::invalid_property("objectIds", problem));
        }
        let select = Selection::all(self.version()).to_graph_select(&EntityType::KNOWN, Vec::new());
        let mapper = EntityMapper::with_all_properties(self.version());
        let mut rows = Vec::new();
        for ids in ids.chunks(MAX_IDS_AT_ONCE) {
            let found = self.connector.get_objects_by_ids(ids, &types, &select).map_err(from_error)?;
            let complete = self.complete_objects(found)?;
            rows.extend(complete.iter().map(|object| self.writer.write_row(&mapper.to_entity_by_type(object))));
        }
        Ok(ApiResponse::ok(Content::Feed { type_name: None, rows, links: Vec::new() }))
    }

    /// Returns the objects with all properties. v1.0 may return only some of a user's (microsoft-graph-docs-contrib#8798).
    fn complete_objects(&self, found: Vec<Object>) -> Result<Vec<Object>, Failure> {
        let incomplete: Vec<(Key, QueryOptions)> = found.iter().filter_map(|object| self.plan_completion(object)).collect();
        let get_id = |object: &Object| object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let read = self.connector.get_directory_objects(&incomplete).map_err(from_error)?;
        let mut complete: HashMap<String, Object> = read.into_iter().map(|object| (get_id(&object), object)).collect();
        let add_missing = |mut object: Object| {
            object.extend(complete.remove(&get_id(&object)).unwrap_or_default());
            object
        };
        Ok(found.into_iter().map(add_missing).collect())
    }

    /// Returns the request that reads all properties of an object. `None` if it has them already.
    fn plan_completion(&self, object: &Object) -> Option<(Key, QueryOptions)> {
        let entity_type = EntityType::from_object(object);
        let select = Selection::all(self.version()).to_graph_select(&[entity_type], Vec::new());
        let is_readable = matches!(entity_type, EntityType::User | EntityType::Contact | EntityType::Group);
        let is_incomplete = is_readable && select.iter().any(|name| !object.contains_key(*name));
        let id = object.get("id").and_then(Value::as_str)?;
        is_incomplete
            .then(|| (Key::Of(entity_type.collection(), id.to_owned()), QueryOptions { select, ..QueryOptions::default() }))
    }
}

/// Returns Microsoft Graph's name of a type.
fn to_graph_type(name: &str) -> Result<&'static str, Failure> {
    let known = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, graph)| *graph);
    known.ok_or_else(|| {
        let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
        Failure::invalid_property("types", format!("expected one of {}, found '{}'", names.join(", "), shorten(name)))
    })
}
