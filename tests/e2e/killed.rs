//! A gateway process that ends during requests: acknowledged writes persist, and the next process continues.

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
use crate::hosting::{TempFolder, start_exact_graph};
use crate::serve_process::ServeProcess;

const CALLERS: usize = 8;
/// The number of contacts that are added before the signal.
const ADDED_BEFORE_SIGNAL: usize = 40;

/// A tenant's configuration and its Microsoft Graph, which outlives the gateway process.
struct RestartFixture {
    folder: TempFolder,
    graph: Emulator,
    configuration: String,
    password: String,
}

impl RestartFixture {
    fn new(name: &str) -> RestartFixture {
        let (folder, graph) = (TempFolder::new(name), run(start_exact_graph("token-of-contoso")));
        folder.write("token", "token-of-contoso");
        let (password, hash) = generate_token().unwrap();
        let configuration = format!(
            "callers = [{{ name = 'caller', token-hash = '{hash}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['caller']\n\
             operations = ['all']\nendpoint = '{}'\ncredential.access-token.file = 'token'\n",
            graph.endpoint()
        );
        RestartFixture { folder, graph, configuration, password }
    }

    fn serve(&self) -> ServeProcess {
        ServeProcess::start(&self.folder, &component_file(), &self.configuration, false)
    }

    fn request(&self, address: &str, method: Method) -> reqwest::RequestBuilder {
        let url = format!("{address}/openidm/system/contoso/user/{UID}?_fields=_id,contacts");
        reqwest::Client::new().request(method, url).bearer_auth(&self.password)
    }

    /// Returns the names of the contacts in Microsoft Graph.
    async fn stored_names(&self) -> Vec<String> {
        let url = format!("{}/v1.0/users/{UID}/contacts?$top=1000&$select=givenName", self.graph.endpoint());
        let (status, page) = send_request(reqwest::Client::new().get(url).bearer_auth("token-of-contoso")).await;
        assert_eq!((status, page.get("@odata.nextLink")), (200, None), "{page}");
        let name = |contact: &Value| contact["givenName"].as_str().unwrap().to_owned();
        page["value"].as_array().unwrap().iter().map(name).collect()
    }

    /// Lets several callers add contacts, and sends the signal meanwhile. Returns the names of the contacts whose addition
    /// was acknowledged.
    async fn add_until_signal(&self, process: &ServeProcess, signal: &str) -> BTreeSet<String> {
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
                    let Ok(body) = response.text().await else { return };
                    assert_eq!(status, 200, "{body}");
                    done.lock().unwrap().insert(name);
                }
            });
        }
        while acknowledged.lock().unwrap().len() < ADDED_BEFORE_SIGNAL {
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
    let fixture = RestartFixture::new("killed");
    let mut process = fixture.serve();
    let acknowledged = run(fixture.add_until_signal(&process, "-KILL"));
    assert_eq!(process.wait().signal(), Some(9));
    let stored = run(fixture.stored_names());
    for name in &acknowledged {
        assert_eq!(stored.iter().filter(|stored| *stored == name).count(), 1, "{name}");
    }
    // At most one contact of each caller was in progress; it may exist or not.
    assert!(stored.len() <= acknowledged.len() + CALLERS, "{} of {}", acknowledged.len(), stored.len());

    let begun = Instant::now();
    let restarted = fixture.serve();
    let (status, user) = run(send_request(fixture.request(&restarted.address, Method::GET)));
    println!("the first response {} ms after the start of the next process", begun.elapsed().as_millis());
    assert_eq!((status, user["contacts"].as_array().map(Vec::len)), (200, Some(stored.len())), "{user}");
    // The second process reuses the compiled component.
    let artifacts = fixture.folder.write("x", "").with_file_name("artifacts");
    let compiled = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|extension| extension == "cwasm");
    assert_eq!(std::fs::read_dir(artifacts).unwrap().map(Result::unwrap).filter(compiled).count(), 1);
}

/// After SIGTERM the gateway completes the requests in progress, so no outcome is unknown.
#[test]
fn stop_completes_requests_in_progress() {
    let fixture = RestartFixture::new("stopped");
    let mut process = fixture.serve();
    let acknowledged = run(fixture.add_until_signal(&process, "-TERM"));
    assert!(process.wait().success(), "{}", process.log());
    let stored: Vec<String> = run(fixture.stored_names());
    let distinct: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!((&distinct, stored.len()), (&acknowledged, acknowledged.len()));
    for event in ["begun", "ended"] {
        let mark = format!("\"event\":\"{event}\"");
        let count = process.audit().lines().filter(|line| line.contains(&mark)).count();
        assert_eq!(count, acknowledged.len(), "each write has its line: {event}");
    }
}
