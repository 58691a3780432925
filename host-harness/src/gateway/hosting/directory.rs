//! Requests of the Azure AD Graph API to a gateway of several tenants. Their paths are read by the component's own reader, so that the
//! host and the component take them for the same.

use std::net::IpAddr;
use std::sync::Arc;

use graph_contacts::frontends::azure_ad_graph::address::{Address, Effect, Key, Target, Tenant as Named};
use graph_contacts::frontends::azure_ad_graph::failure::Failure;
use graph_contacts::frontends::azure_ad_graph::{metadata, names_directory, query};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};

use super::{callable, carry_out, known_caller};
use crate::audit::Entry;
use crate::gateway::exchange::Answer;
use crate::gateway::refusal::Refusal;
use crate::gateway::request_body::RequestBody;
use crate::operation::Operation;
use crate::tenant::Tenant;
use crate::tenants::Tenants;

/// What a batch may do, whose requests the host does not read.
const ALL: [Operation; 5] = [Operation::Read, Operation::Query, Operation::Create, Operation::Patch, Operation::Delete];

pub(super) async fn admitted(
    tenants: &Tenants,
    entry: &mut Entry,
    from: Option<IpAddr>,
    request: Request<RequestBody>,
) -> Result<Response<Answer>, Refusal> {
    let address = Address::read(request.uri().path());
    if let Ok(Address { target: Target::Metadata, .. }) = &address
        && request.method() == Method::GET
    {
        return document(request.uri().query().unwrap_or_default());
    }
    let effect = address.as_ref().ok().and_then(|address| address.effect(request.method()));
    entry.operation = effect.map(|effect| operation(effect).unwrap_or(Operation::Action));
    let caller = known_caller(tenants, entry, from, &request).await?;
    let address = address.map_err(|strange| Refusal::of_component(Failure::of_path(&strange)))?;
    let tenant = tenant(tenants, &caller, &address.tenant)?;
    entry.tenant = Some(tenant.spec.name.clone());
    entry.target = target(&address.target);
    let effect = effect.ok_or_else(|| Refusal::of_component(Failure::of_method(request.method(), &address)))?;
    check(tenant, effect)?;
    Ok(carry_out(tenant, entry.trail.clone(), request).await)
}

/// `$metadata`, which is the same for every tenant, and for everybody.
fn document(query: &str) -> Result<Response<Answer>, Refusal> {
    let version = query::version(query).map_err(Refusal::of_component)?;
    let body = Full::from(metadata::document(version)).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml;charset=utf-8"));
    Ok(response)
}

/// The tenant that a path names, of those that the caller may call.
fn tenant<'t>(tenants: &'t Tenants, caller: &str, named: &Named) -> Result<&'t Arc<Tenant>, Refusal> {
    let mut own = callable(tenants, caller).filter(|tenant| !tenant.spec.directory.is_empty());
    match named {
        Named::Named(_) => {
            let is_named = |tenant: &&Arc<Tenant>| names_directory(named, &tenant.spec.directory);
            // Of one that is another caller's no more is told than of one that does not exist.
            let unknown = || Refusal::of_component(Failure::unknown_directory());
            own.find(is_named).ok_or_else(unknown)
        }
        Named::OfCaller => match (own.next(), own.next()) {
            (Some(tenant), None) => Ok(tenant),
            (None, _) => Err(Refusal::new(StatusCode::FORBIDDEN, "This caller has no directory")),
            (Some(_), Some(_)) => {
                let problem = "This caller has several directories: name one in place of myorganization or me";
                Err(Refusal::new(StatusCode::BAD_REQUEST, problem))
            }
        },
    }
}

/// The operation of the configuration that an effect is; none of a batch, which may be all of them.
fn operation(effect: Effect) -> Option<Operation> {
    match effect {
        Effect::Read => Some(Operation::Read),
        Effect::Query => Some(Operation::Query),
        Effect::Create => Some(Operation::Create),
        Effect::Update => Some(Operation::Patch),
        Effect::Delete => Some(Operation::Delete),
        Effect::Any => None,
    }
}

fn check(tenant: &Tenant, effect: Effect) -> Result<(), Refusal> {
    let wanted = operation(effect).map_or(ALL.to_vec(), |operation| vec![operation]);
    match wanted.into_iter().find(|operation| !tenant.spec.operations.allow(*operation)) {
        None => Ok(()),
        Some(operation) => {
            let of_batch = if effect == Effect::Any { ", which a batch may do," } else { "" };
            let problem = format!("The operation {}{of_batch} is not allowed here", operation.name());
            Err(Refusal::new(StatusCode::FORBIDDEN, problem))
        }
    }
}

/// What of the directory it is about: a collection, and an id.
fn target(target: &Target) -> Option<(String, Option<String>)> {
    match target {
        Target::Objects(set) => Some((set.name().to_owned(), None)),
        Target::Object(key)
        | Target::Photo(key)
        | Target::Related(key, _)
        | Target::Links(key, _)
        | Target::FunctionOf(key, _) => match key {
            Key::Me => Some(("me".to_owned(), None)),
            Key::Of(set, id) => Some((set.name().to_owned(), Some(id.clone()))),
        },
        Target::Service | Target::Metadata | Target::Batch | Target::IsMemberOf | Target::ObjectsByIds => None,
    }
}
