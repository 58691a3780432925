//! A thousand tenants in one process, each called once, and the memory that they need.

use std::time::Duration;

use graph_contacts_host::generate_token;
use graph_emulator::{AppRegistration, ClientCredential};
use tokio::task::JoinSet;

use crate::fixture::{UID, component_file, run};
use crate::hosting::{TempFolder, start_exact_graph};
use crate::serve_process::ServeProcess;

const TENANTS: usize = 1_000;
const AT_ONCE: usize = 20;

/// Each tenant has its own application and token.
#[test]
fn one_process_serves_thousand_tenants() {
    let folder = TempFolder::new("thousand");
    let (password, hash) = generate_token().unwrap();
    let graph = run(start_exact_graph("token"));
    folder.write("secret", "s3cret");
    let endpoint = graph.endpoint();
    let mut text = format!("[[callers]]\nname = 'caller'\ntoken-hash = '{hash}'\n");
    for number in 0..TENANTS {
        graph.register(AppRegistration {
            tenant: format!("t{number}.example"),
            client_id: "app".to_owned(),
            graph: "https://graph.microsoft.com".to_owned(),
            credential: ClientCredential::Secret("s3cret".to_owned()),
            lifetime: Duration::from_secs(3600),
        });
        text += &format!(
            "[[tenants]]\nname = 't{number}'\ncallers = ['caller']\nendpoint = '{endpoint}'\n[tenants.credential.client-secret]\n\
             tenant = 't{number}.example'\nclient-id = 'app'\nlogin-endpoint = '{endpoint}'\nsecret-file = 'secret'\n"
        );
    }
    let process = ServeProcess::start(&folder, &component_file(), &text, false);
    let before = process.resident();
    run(async {
        let mut callers = JoinSet::new();
        for caller in 0..AT_ONCE {
            let (client, address, password) = (reqwest::Client::new(), process.address.clone(), password.clone());
            callers.spawn(async move {
                for number in (caller..TENANTS).step_by(AT_ONCE) {
                    let url = format!("{address}/openidm/system/t{number}/user/{UID}?_fields=_id,contacts");
                    let response = client.get(url).bearer_auth(&password).send().await.unwrap();
                    assert_eq!(response.status(), 200, "t{number}: {}", response.text().await.unwrap());
                }
            });
        }
        while let Some(ended) = callers.join_next().await {
            ended.unwrap();
        }
    });
    assert_eq!((graph.count_token_requests(), graph.requests().len()), (TENANTS, TENANTS));
    if let (Some(before), Some(after)) = (before, process.resident()) {
        println!("{TENANTS} tenants: {} MiB resident before the first call, {} MiB after one of each", before >> 10, after >> 10);
    }
}
