//! Concurrent calls of many tenants, each with its own credential.

use std::sync::Arc;
use std::time::Duration;

use graph_contacts_host::{Gateway, TenantRegistry, gateway, generate_token};
use graph_emulator::{AppRegistration, ClientCredential};
use http::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use crate::fixture::{UID, connector, run, send_request};
use crate::hosting::{TempFolder, start_graph};

const TENANTS: usize = 10;
const CALLS: usize = 1_000;
const AT_ONCE: usize = 50;

/// Half of the tenants have a fixed token, the others an application with issued tokens. Each tenant has its own Microsoft Graph,
/// which responds 401 to other tokens, and a contact with the tenant's name.
#[test]
fn credential_is_used_only_for_own_tenant() {
    run(async {
        let folder = TempFolder::new("interleaved");
        let (password, hash) = generate_token().unwrap();
        let mut text = format!("[[callers]]\nname = 'caller'\ntoken-hash = '{hash}'\n");
        let mut graphs = Vec::new();
        for number in 0..TENANTS {
            let token = generate_token().unwrap().0;
            let emulator = start_graph(&token).await;
            emulator.add_contact(UID, &json!({"givenName": format!("of tenant-{number}")})).unwrap();
            let endpoint = emulator.endpoint();
            folder.write(&format!("{number}"), &token);
            let credential = if number % 2 == 0 {
                format!("access-token.file = '{number}'")
            } else {
                emulator.register(AppRegistration {
                    tenant: "contoso.example".to_owned(),
                    client_id: "app".to_owned(),
                    graph: "https://graph.microsoft.com".to_owned(),
                    credential: ClientCredential::Secret(token.clone()),
                    lifetime: Duration::from_secs(3600),
                });
                format!(
                    "client-secret = {{ tenant = 'contoso.example', client-id = 'app', login-endpoint = '{endpoint}', \
                     secret-file = '{number}' }}"
                )
            };
            text += &format!(
                "[[tenants]]\nname = 'tenant-{number}'\ncallers = ['caller']\nendpoint = '{endpoint}'\nmax-retries = 0\n\
                 credential.{credential}\n"
            );
            graphs.push(emulator);
        }
        let registry = TenantRegistry::load(&folder.write("tenants.toml", &text), connector()).unwrap();
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Arc::new(Gateway::start_multi_tenant(listener, &registry).unwrap());
        let client = reqwest::Client::new();
        let mut callers = JoinSet::new();
        for caller in 0..AT_ONCE {
            let (gateway, client, password) = (Arc::clone(&gateway), client.clone(), password.clone());
            callers.spawn(async move {
                for call in 0..CALLS / AT_ONCE {
                    let tenant = format!("tenant-{}", (caller + call) % TENANTS);
                    let path = format!("openidm/system/{tenant}/user/{UID}?_fields=_id,contacts");
                    let request = client.get(format!("http://{}/{path}", gateway.address())).bearer_auth(&password);
                    let (status, user) = send_request(request).await;
                    let name = format!("of {tenant}");
                    assert_eq!((status, &user["contacts"][0]["givenName"]), (200, &json!(name)), "{user}");
                }
            });
        }
        while let Some(ended) = callers.join_next().await {
            ended.unwrap();
        }
        for (number, graph) in graphs.iter().enumerate() {
            let requests = graph.requests();
            assert!(requests.len() >= CALLS / TENANTS, "a list may have more than one page");
            assert!(requests.iter().all(|request| request.status == Some(StatusCode::OK)));
            assert_eq!(graph.count_token_requests(), number % 2, "an application requests one token");
        }
    });
}
