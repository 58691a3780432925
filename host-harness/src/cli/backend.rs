//! An emulator with somebody in it.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use graph_contacts_host::emulator::{Cloud, Emulator, FaultPlan, Options, User};

/// The user of the OpenICF page "Contacts (MS Graph API)", so that its commands run as they stand.
pub(super) const USER_ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
/// The same user's sign-in name.
pub(super) const USER_PRINCIPAL_NAME: &str = "test.user@contoso.example";

/// How an emulator behaves.
#[derive(Clone, Copy)]
pub(super) struct Behaviour<'a> {
    /// The file of a plan.
    pub(super) faults: Option<&'a Path>,
    pub(super) cloud: Option<Cloud>,
}

/// An emulator with one user and no contacts.
pub(super) async fn start(listen: SocketAddr, token: Option<String>, behaviour: Behaviour<'_>) -> anyhow::Result<Emulator> {
    let plan = behaviour.faults.map(plan).transpose()?;
    let emulator = Emulator::start(listen, Options { token }).await?;
    emulator.add_user(User {
        display_name: Some("Test User".to_owned()),
        given_name: Some("Test".to_owned()),
        surname: Some("User".to_owned()),
        ..User::new(USER_ID, USER_PRINCIPAL_NAME)
    });
    emulator.cloud(behaviour.cloud.unwrap_or_default());
    if let Some(plan) = plan {
        emulator.plan(plan);
    }
    Ok(emulator)
}

fn plan(file: &Path) -> anyhow::Result<FaultPlan> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the plan of faults {}", file.display()))?;
    text.parse().with_context(|| format!("the plan of faults {} cannot be used", file.display()))
}
