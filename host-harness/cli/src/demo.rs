//! The demo: an emulated Microsoft Graph with some data in it.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use graph_emulator::{Emulator, FaultPlan, Features, Options, User, Variation};
use serde_json::json;

use graph_contacts_host::Cloud;

/// The user of the OpenICF page "Contacts (MS Graph API)", so that its commands work unchanged.
pub(crate) const USER_ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
/// The sign-in name of the same user.
pub(crate) const USER_PRINCIPAL_NAME: &str = "test.user@contoso.example";
/// The domain of the directory.
pub(crate) const DIRECTORY: &str = "contoso.example";
/// The gateway's user name and password in the commands of the OpenICF page.
pub(crate) const DEMO_USERNAME: &str = "openidm-admin";
pub(crate) const DEMO_PASSWORD: &str = "openidm-admin";

/// How the emulator differs from a plain one.
#[derive(Clone, Copy)]
pub(crate) struct EmulatorConfig<'a> {
    /// The file of a fault plan.
    pub(crate) faults: Option<&'a Path>,
    pub(crate) cloud: Option<Cloud>,
    pub(crate) variation: Option<Variation>,
}

/// Starts an emulator with one user, who has no contacts. An organizational contact reports to the user, and a group has both as
/// members.
pub(crate) async fn start_emulator(
    listen: SocketAddr,
    token: Option<String>,
    config: EmulatorConfig<'_>,
) -> anyhow::Result<Emulator> {
    let plan = config.faults.map(read_plan).transpose()?;
    let emulator = Emulator::start(listen, Options { token, variation: config.variation }).await?;
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
    if let Some(cloud) = config.cloud {
        emulator.set_features(Features {
            delta: cloud.has_delta,
            email_slots: cloud.has_email_slots,
            permanent_delete: cloud.has_permanent_delete,
        });
    }
    if let Some(plan) = plan {
        emulator.apply_plan(plan);
    }
    Ok(emulator)
}

fn read_plan(file: &Path) -> anyhow::Result<FaultPlan> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the fault plan {}", file.display()))?;
    text.parse().with_context(|| format!("the fault plan {} cannot be used", file.display()))
}
