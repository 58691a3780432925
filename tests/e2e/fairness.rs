//! Tenants whose Microsoft Graph is slow leave sandboxes to the others.

use graph_contacts_host::{Gateway, TenantRegistry, gateway, generate_token};
use graph_emulator::{Fault, FaultKind};
use http::Method;

use crate::fixture::{UID, connector, run, send_request};
use crate::hosting::{TempFolder, start_graph};

/// Four tenants with sixteen calls each would take all 64 sandboxes.
#[test]
fn slow_tenants_leave_sandboxes_to_others() {
    run(async {
        let folder = TempFolder::new("fairness");
        folder.write("token", "t");
        let (slow, quick) = (start_graph("t").await, start_graph("t").await);
        slow.inject(Fault::new(FaultKind::Hang).forever());
        let callers: Vec<(String, String)> = (0..5).map(|_| generate_token().unwrap()).collect();
        let mut text = String::new();
        for (number, (_, hash)) in callers.iter().enumerate() {
            text += &format!("[[callers]]\nname = 'caller-{number}'\ntoken-hash = '{hash}'\n");
        }
        for number in 0..callers.len() {
            let endpoint = if number == 4 { quick.endpoint() } else { slow.endpoint() };
            text += &format!(
                "[[tenants]]\nname = 'tenant-{number}'\ncallers = ['caller-{number}']\nendpoint = '{endpoint}'\n\
                 credential.access-token.file = 'token'\nlimits.deadline-seconds = 600\n"
            );
        }
        let registry = TenantRegistry::load(&folder.write("tenants.toml", &text), connector()).unwrap();
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &registry).unwrap();
        let client = reqwest::Client::new();
        let call = |tenant: usize| {
            let url = format!("http://{}/openidm/system/tenant-{tenant}/user/{UID}?_fields=_id,contacts", gateway.address());
            client.request(Method::GET, url).bearer_auth(&callers[tenant].0)
        };
        let mut hanging = tokio::task::JoinSet::new();
        for tenant in (0..4).cycle().take(64) {
            hanging.spawn(call(tenant).send());
        }
        // Those that get no sandbox are refused after five seconds. Then the others have theirs.
        let refused = hanging.join_next().await.unwrap().unwrap().unwrap();
        assert_eq!(refused.status(), 503);
        let message = refused.text().await.unwrap();
        assert!(message.contains("many tenants are"), "{message}");
        let held = gateway.live_sandboxes();
        assert!((48..64).contains(&held), "{held}");
        for _ in 0..11 {
            assert_eq!(send_request(call(4)).await.0, 200);
        }
    });
}
