//! Functions: memberships, and objects by their ids.

use crate::failure::of_operation;
use protocol::shorten::shorten;
use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::call::{Call, Request, text, texts};
use crate::entity::{Kind, Shown};
use crate::graph_key::graph_key;
use crate::response::Answer;
use crate::selection::Selection;
use crate::writer::Content;
use connector::graph::directory_objects::{Key as GraphKey, Options};
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::address::{Function, Key, Set};
use protocol::azure_ad_graph::failure::Failure;

/// Ids that can be asked for, as in both services.
const MOST_IDS: usize = 1000;
/// Ids that are asked of Microsoft Graph at once: a user can have a hundred plans.
const AT_ONCE: usize = 100;

const IDS: &str = "Collection(Edm.String)";

/// Types that objects can be asked for by, and what Microsoft Graph calls them.
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

impl Call<'_> {
    /// A function about an object.
    pub(super) fn function_of(&self, key: &Key, function: Function, request: &Request<'_>) -> Result<Answer, Failure> {
        let body = request.object()?;
        let (_, key) = self.served(key)?;
        let only = || match body.get("securityEnabledOnly") {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(only)) => Ok(*only),
            Some(_) => Err(Failure::property("securityEnabledOnly", "true or false is wanted")),
        };
        let ids = match function {
            Function::CheckMemberGroups => self.connector.groups_among(&key, &texts(&body, "groupIds")?).map_err(of_operation)?,
            Function::GetMemberGroups => self.connector.groups_of(&key, only()?, false).map_err(of_operation)?,
            Function::GetMemberObjects => self.connector.groups_of(&key, only()?, true).map_err(of_operation)?,
        };
        Ok(Answer::ok(Content::Value(function.name(), IDS, json!(ids))))
    }

    /// `isMemberOf`
    pub(super) fn is_member_of(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let body = request.object()?;
        let group = text(&body, "groupId")?.to_owned();
        let member = Key::Of(Set::DirectoryObjects, text(&body, "memberId")?.to_owned());
        let groups = self.connector.groups_among(&graph_key(&member), std::slice::from_ref(&group)).map_err(of_operation)?;
        let is_member = groups.iter().any(|found| found.eq_ignore_ascii_case(&group));
        Ok(Answer::ok(Content::Value("isMemberOf", "Edm.Boolean", json!(is_member))))
    }

    /// `getObjectsByObjectIds`: those that are there.
    pub(super) fn objects_by_ids(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let body = request.object()?;
        let ids = texts(&body, "objectIds")?;
        let types = match body.get("types") {
            None | Some(Value::Null) => Vec::new(),
            Some(_) => texts(&body, "types")?,
        };
        let types: BTreeSet<&str> = types.iter().map(|name| graph_type(name)).collect::<Result<_, _>>()?;
        let types: Vec<&str> = types.into_iter().collect();
        at_most(&ids)?;
        let select = Selection::all(self.version()).sources(&Kind::NAMED, Vec::new());
        let shown = Shown::whole(self.version());
        let mut rows = Vec::new();
        for ids in ids.chunks(AT_ONCE) {
            let found = self.connector.objects_of_ids(ids, &types, &select).map_err(of_operation)?;
            rows.extend(self.completed(found)?.iter().map(|object| self.writer.row(&shown.typed(object))));
        }
        Ok(Answer::ok(Content::Feed { type_name: None, rows, links: Vec::new() }))
    }

    /// The same objects with every property: v1.0 may answer with a few of a user's (microsoft-graph-docs-contrib#8798).
    fn completed(&self, found: Vec<Object>) -> Result<Vec<Object>, Failure> {
        let missing: Vec<(GraphKey, Options)> = found.iter().filter_map(|object| self.reading_again(object)).collect();
        let id = |object: &Object| object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let again = self.connector.directory_objects(&missing).map_err(of_operation)?;
        let mut whole: HashMap<String, Object> = again.into_iter().map(|object| (id(&object), object)).collect();
        let complete = |mut object: Object| {
            object.extend(whole.remove(&id(&object)).unwrap_or_default());
            object
        };
        Ok(found.into_iter().map(complete).collect())
    }

    /// How an object is read that lacks a property.
    fn reading_again(&self, object: &Object) -> Option<(GraphKey, Options)> {
        let kind = Kind::of_object(object);
        let select = Selection::all(self.version()).sources(&[kind], Vec::new());
        let can_be_read = matches!(kind, Kind::User | Kind::Contact | Kind::Group);
        let lacks = can_be_read && select.iter().any(|name| !object.contains_key(*name));
        let id = object.get("id").and_then(Value::as_str)?;
        lacks.then(|| (GraphKey::Of(kind.collection(), id.to_owned()), Options { select, ..Options::default() }))
    }
}

fn at_most(ids: &[String]) -> Result<(), Failure> {
    if ids.len() <= MOST_IDS {
        return Ok(());
    }
    let problem = format!("there are {} ids, and {MOST_IDS} can be asked for at once", ids.len());
    Err(Failure::property("objectIds", problem))
}

fn graph_type(name: &str) -> Result<&'static str, Failure> {
    let known = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, graph)| *graph);
    known.ok_or_else(|| {
        let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
        let name = shorten(name);
        Failure::property("types", format!("'{name}' is no type; there are {}", names.join(", ")))
    })
}
