//! An in-memory Microsoft Graph over plain HTTP, to test a Graph client offline.
//!
//! It emulates v1.0 and beta of three parts of Microsoft Graph: personal contacts with their folders, extensions, photos and
//! delta queries; the directory of users, organizational contacts and groups; and the sign-in service that issues tokens. Its
//! owner makes it fail on purpose: with [faults](Fault) that respond 503, hang, or close the connection after a write took
//! effect, with [throttling](Throttle) and with [expired delta tokens](Emulator::expire_delta_tokens). Afterwards
//! [`Emulator::requests`] shows what the client sent.
//!
//! The emulator behaves as Microsoft Graph does where Microsoft documents it or somebody observed it. Where neither is known, a
//! comment in the source says "unverified". For a part of Graph that it lacks it responds 501 `NotImplemented`; Graph itself has
//! no such response for anything in here.
//!
//! ```
//! use graph_emulator::{CannedResponse, Emulator, Fault, FaultKind, Options, User};
//! use serde_json::{Value, json};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // An emulator on a free port, with one user who has one contact.
//! let emulator = Emulator::start("127.0.0.1:0".parse()?, Options::default()).await?;
//! emulator.add_user(User::new("671fa173-ad81-41c3-89bf-af939426eee7", "AdeleV@contoso.com"));
//! emulator.add_contact("AdeleV@contoso.com", &json!({"givenName": "Ada", "surname": "Lovelace"}))?;
//!
//! // The next request fails once.
//! emulator.inject(Fault::new(FaultKind::Respond(CannedResponse::empty(http::StatusCode::SERVICE_UNAVAILABLE))));
//!
//! // The client under test, here any HTTP client.
//! let client = reqwest::Client::new();
//! let url = format!("{}/v1.0/users/AdeleV@contoso.com/contacts", emulator.endpoint());
//! assert_eq!(client.get(&url).bearer_auth("any").send().await?.status(), 503);
//! let contacts: Value = client.get(&url).bearer_auth("any").send().await?.json().await?;
//! assert_eq!(contacts["value"][0]["displayName"], "Ada Lovelace");
//!
//! // What the client sent.
//! let requests = emulator.requests();
//! assert_eq!(requests.len(), 2);
//! assert_eq!(requests[0].target, "/v1.0/users/AdeleV@contoso.com/contacts");
//! assert_eq!(requests[0].status, Some(http::StatusCode::SERVICE_UNAVAILABLE));
//!
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! | I want to | with |
//! |---|---|
//! | fill the directory | [`Emulator::add_user`], [`Emulator::add_org_contact`], [`Emulator::add_group`] |
//! | relate its objects | [`Emulator::add_member`], [`Emulator::set_manager`] |
//! | fill a mailbox | [`Emulator::add_contact`], [`Emulator::add_folder`] |
//! | see what the client sent | [`Emulator::requests`], [`Emulator::peak_concurrency`] |
//! | make requests fail | [`Emulator::inject`] with a [`Fault`], [`Emulator::apply_plan`] with a [`FaultPlan`] in JSON |
//! | respond 429 | [`Emulator::set_throttle`] with a [`Throttle`] |
//! | test delta queries | [`Emulator::set_delta_behaviour`], [`Emulator::expire_delta_tokens`] |
//! | vary the responses by a seed | [`Options::variation`] with a [`Variation`] |
//! | test a national cloud | [`Emulator::set_features`] with its [`Features`] |
//! | test token requests | [`Emulator::register`] with an [`AppRegistration`], [`Emulator::revoke_tokens`] |

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod directory;
mod emulator;
mod faults;
mod features;
mod mailbox;
mod odata;
mod route;
mod server;
mod service;
mod sign_in;
mod store;
#[cfg(test)]
mod tests;
mod user;
mod variation;

pub use directory::object_log::Removal;
pub use emulator::{Emulator, Options};
pub use faults::delta_state::{DeltaBehaviour, SyncStateError};
pub use faults::fault::{CannedResponse, Fault, FaultKind};
pub use faults::plan::{FaultPlan, FaultPlanError};
pub use faults::throttle::Throttle;
pub use features::Features;
pub use server::request_log::RecordedRequest;
pub use sign_in::registration::{AppRegistration, ClientCredential};
pub use user::User;
pub use variation::kind::VariationKind;
pub use variation::setting::{Variation, VariationError};
