//! A gateway that is ended while it is at work: what it has answered is so, and another goes on from there.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use graph_contacts_host::generate_token;
use graph_emulator::Emulator;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::fixture::{UID, component_file, run, send_request};
use crate::hosting::{TempFolder, start_graph};
use crate::serve_process::ServeProcess;

const CALLERS: usize = 8;
/// So many contacts are added before the signal.
const BEFORE: usize = 40;

/// A gateway of one tenant, and its Microsoft Graph, which outlives it.
struct Mortal {
    folder: TempFolder,
    graph: Emulator,
    configuration: String,
    password: String,
}

impl Mortal {
    fn new(name: &str) -> Mortal {
        let (folder, graph) = (TempFolder::new(name), run(start_graph("token-of-contoso")));
        folder.write("token", "token-of-contoso");
        let (password, hash) = generate_token().unwrap();
        let configuration = format!(
            "callers = [{{ name = 'caller', token-hash = '{hash}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['caller']\n\
             endpoint = '{}'\ncredential.access-token.file = 'token'\n",
            graph.endpoint()
        );
        Mortal { folder, graph, configuration, password }
    }

    fn serve(&self) -> ServeProcess {
        ServeProcess::start(&self.folder, &component_file(), &self.configuration, false)
    }

    fn request(&self, address: &str, method: Method) -> reqwest::RequestBuilder {
        let url = format!("{address}/openidm/system/contoso/user/{UID}?_fields=_id,contacts");
        reqwest::Client::new().request(method, url).bearer_auth(&self.password)
    }

    /// The names of the contacts that Microsoft Graph has.
    async fn stored(&self) -> Vec<String> {
        let url = format!("{}/v1.0/users/{UID}/contacts?$top=1000&$select=givenName", self.graph.endpoint());
        let (status, told) = send_request(reqwest::Client::new().get(url).bearer_auth("token-of-contoso")).await;
        assert_eq!((status, told.get("@odata.nextLink")), (200, None), "{told}");
        let name = |contact: &Value| contact["givenName"].as_str().unwrap().to_owned();
        told["value"].as_array().unwrap().iter().map(name).collect()
    }

    /// Has several callers add contacts, sends the signal while they do, and gives the names of those whose addition was
    /// answered with success.
    async fn acknowledged(&self, process: &ServeProcess, signal: &str) -> BTreeSet<String> {
        let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (done, put) = (Arc::clone(&acknowledged), self.request(&process.address, Method::PUT));
            let put = put.header("If-Match", "*").header("Content-Type", "application/json");
            callers.spawn(async move {
                for number in 0.. {
                    let name = format!("{caller}-{number}");
                    let add = json!({"__addContacts__": {"givenName": name}}).to_string();
                    let Ok(response) = put.try_clone().unwrap().body(add).send().await else { return };
                    let status = response.status();
                    let Ok(told) = response.text().await else { return };
                    assert_eq!(status, 200, "{told}");
                    done.lock().unwrap().insert(name);
                }
            });
        }
        while acknowledged.lock().unwrap().len() < BEFORE {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        process.signal(signal);
        while let Some(ended) = callers.join_next().await {
            ended.unwrap();
        }
        let acknowledged = acknowledged.lock().unwrap();
        acknowledged.clone()
    }
}

#[test]
fn acknowledged_writes_survive_kill_and_restart() {
    let mortal = Mortal::new("killed");
    let mut process = mortal.serve();
    let acknowledged = run(mortal.acknowledged(&process, "-KILL"));
    assert_eq!(process.ended().signal(), Some(9));
    let stored = run(mortal.stored());
    for name in &acknowledged {
        assert_eq!(stored.iter().filter(|stored| *stored == name).count(), 1, "{name}");
    }
    // What was under way may be there or not, and that is one contact for each caller at most.
    assert!(stored.len() <= acknowledged.len() + CALLERS, "{} of {}", acknowledged.len(), stored.len());

    let begun = Instant::now();
    let again = mortal.serve();
    let (status, told) = run(send_request(mortal.request(&again.address, Method::GET)));
    println!("the first answer {} ms after the start of the next process", begun.elapsed().as_millis());
    assert_eq!((status, told["contacts"].as_array().map(Vec::len)), (200, Some(stored.len())), "{told}");
    // It has not compiled the component again.
    let artifacts = mortal.folder.write("x", "").with_file_name("artifacts");
    assert_eq!(std::fs::read_dir(artifacts).unwrap().count(), 1);
}

/// Told to stop, it ends what it has begun: nothing is left in doubt.
#[test]
fn stop_completes_requests_in_progress() {
    let mortal = Mortal::new("stopped");
    let mut process = mortal.serve();
    let acknowledged = run(mortal.acknowledged(&process, "-TERM"));
    assert!(process.ended().success(), "{}", process.log());
    let stored: Vec<String> = run(mortal.stored());
    let distinct: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!((&distinct, stored.len()), (&acknowledged, acknowledged.len()));
    assert_eq!(process.audit().lines().count(), acknowledged.len(), "each has its line");
}
