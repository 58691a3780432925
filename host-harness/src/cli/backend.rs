//! An emulator with somebody in it.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use graph_emulator::{Emulator, FaultPlan, Options, User};
use serde_json::json;

use super::emulated_cloud::EmulatedCloud;

/// The user of the OpenICF page "Contacts (MS Graph API)", so that its commands run as they stand.
pub(super) const USER_ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
/// The same user's sign-in name.
pub(super) const USER_PRINCIPAL_NAME: &str = "test.user@contoso.example";

/// The domain of the directory that both are in.
pub(super) const DIRECTORY: &str = "contoso.example";

/// How an emulator behaves.
#[derive(Clone, Copy)]
pub(super) struct Behaviour<'a> {
    /// The file of a plan.
    pub(super) faults: Option<&'a Path>,
    pub(super) cloud: Option<EmulatedCloud>,
}

/// An emulator with one user and no contacts of that user. In its directory there is an organizational contact too, who reports to
/// the user, and a group with both.
pub(super) async fn start(listen: SocketAddr, token: Option<String>, behaviour: Behaviour<'_>) -> anyhow::Result<Emulator> {
    let plan = behaviour.faults.map(plan).transpose()?;
    let emulator = Emulator::start(listen, Options { token }).await?;
    emulator.add_user(User {
        display_name: Some("Test User".to_owned()),
        given_name: Some("Test".to_owned()),
        surname: Some("User".to_owned()),
        ..User::new(USER_ID, USER_PRINCIPAL_NAME)
    });
    // The contact and the group of Graph's own pages "List orgContacts" and "directoryObject: checkMemberGroups".
    let contact = emulator.add_org_contact(&json!({
        "id": "25caf6a2-d5cb-470d-8940-20ba795ef62d",
        "companyName": "Contoso",
        "department": "Marketing",
        "displayName": "Eric S",
        "givenName": "Eric",
        "jobTitle": "Accountant",
        "mail": "erics@contoso.com",
        "mailNickname": "erics",
        "surname": "Solomon",
        "addresses": [{"city": "MyCity", "countryOrRegion": "United States", "officeLocation": "MyCity", "postalCode": "98000",
            "state": "WA", "street": "Contoso Way"}],
        "phones": [{"number": "111-1111", "type": "businessFax"}],
    }))?;
    let group = emulator.add_group(&json!({
        "id": "f448435d-3ca7-4073-8152-a1fd73c0fd09",
        "displayName": "Marketing",
        "mailEnabled": false,
        "mailNickname": "marketing",
        "securityEnabled": true,
    }))?;
    emulator.add_member(&group, USER_ID)?;
    emulator.add_member(&group, &contact)?;
    emulator.set_manager(&contact, USER_ID)?;
    if let Some(cloud) = behaviour.cloud {
        emulator.set_features(cloud.features());
    }
    if let Some(plan) = plan {
        emulator.apply_plan(plan);
    }
    Ok(emulator)
}

fn plan(file: &Path) -> anyhow::Result<FaultPlan> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the plan of faults {}", file.display()))?;
    text.parse().with_context(|| format!("the plan of faults {} cannot be used", file.display()))
}
