//! The logs of a gateway process: nothing waits for them, and the audit log has a write before it leaves.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use graph_contacts_host::hash_password;
use graph_emulator::{Emulator, Fault, FaultKind};
use http::Method;
use serde_json::{Value, json};

use crate::command::program;
use crate::fixture::{UID, component_file, run, send_request};
use crate::hosting::{TempFolder, start_graph};
use crate::serve_process::ServeProcess;

/// Much more than any wait in these tests: a request that does not end fails the test.
const PATIENCE: Duration = Duration::from_secs(120);

fn configuration(emulator: &Emulator, folder: &TempFolder, more: &str) -> String {
    folder.write("token", "t");
    format!(
        "{more}\ncallers = [{{ name = 'idm', password-hash = '{}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['idm']\n\
         operations = ['all']\nendpoint = '{}'\nmax-retries = 0\ncredential.access-token.file = 'token'\n",
        hash_password("secret").unwrap(),
        emulator.endpoint()
    )
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(PATIENCE).build().unwrap()
}

fn request(address: &str, method: Method) -> reqwest::RequestBuilder {
    let url = format!("{address}/openidm/system/contoso/user/{UID}?_fields=_id");
    client().request(method, url).basic_auth("idm", Some("secret"))
}

fn write(address: &str) -> reqwest::RequestBuilder {
    let body = json!({"__addContacts__": {"givenName": "Confidential"}}).to_string();
    request(address, Method::PUT).header("If-Match", "*").header("Content-Type", "application/json").body(body)
}

fn parse_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// A gateway whose standard output and standard error nobody reads after its first three lines.
struct UnreadProcess {
    process: Child,
    /// The pipes stay open.
    _output: BufReader<std::process::ChildStdout>,
    address: String,
    admin: String,
}

impl UnreadProcess {
    fn start(file: &Path, audit_log: &str) -> UnreadProcess {
        let mut command = program();
        command.env("GRAPH_CONTACTS_COMPONENT", component_file()).env("RUST_LOG", "debug");
        command.args([
            "serve",
            "--port",
            "0",
            "--drain",
            "1",
            "--admin-listen",
            "127.0.0.1:0",
            "--audit-log",
            audit_log,
            "--config",
        ]);
        let mut process = command.arg(file).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::with_capacity(1, process.stdout.take().unwrap());
        let lines: [String; 3] = std::array::from_fn(|_| {
            let mut line = String::new();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "the gateway did not start");
            line
        });
        let address = lines[0].trim().strip_prefix("Listening on ").unwrap().to_owned();
        let admin = lines[2].strip_prefix("Status: ").unwrap().split("/,").next().unwrap().to_owned();
        UnreadProcess { process, _output: output, address, admin }
    }

    async fn admin(&self, path: &str) -> (u16, String) {
        let response = client().get(format!("{}/{path}", self.admin)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn metric(&self, name: &str) -> u64 {
        let metrics = self.admin("metrics").await.1;
        let line = metrics.lines().find_map(|line| line.strip_prefix(&format!("graph_contacts_{name} ")));
        line.unwrap_or_else(|| panic!("{name} in {metrics}")).parse().unwrap()
    }

    fn stop(mut self) -> ExitStatus {
        assert!(Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap().success());
        self.process.wait().unwrap()
    }
}

/// A pipe has 64 KiB, which some hundred lines fill. Then requests, `/healthz`, a reload and a stop still work, and a write is carried
/// out and counted.
#[test]
fn unread_logs_keep_nobody_waiting() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("unread");
    let file = folder.write("tenants.toml", &configuration(&emulator, &folder, ""));
    let process = UnreadProcess::start(&file, "-");
    run(async {
        let client = client();
        for _ in 0..600 {
            let response = client.get(format!("{}/openidm/system/contoso/user/{UID}", process.address)).send().await;
            assert_eq!(response.unwrap().status(), 401);
        }
        assert_eq!(process.admin("healthz").await, (200, "ok\n".to_owned()));
        assert_eq!(process.admin("readyz").await.0, 200, "the audit log is not required");
        assert_eq!(process.metric("unaudited_calls_total").await, 0);
        assert_eq!(send_request(write(&process.address)).await.0, 200);
        assert_eq!(process.metric("unaudited_calls_total").await, 1);
        let reloads = "config_reloads_total{outcome=\"ok\"}";
        assert!(Command::new("kill").args(["-HUP", &process.process.id().to_string()]).status().unwrap().success());
        while process.metric(reloads).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(process.stop().success());
}

/// `/dev/full` refuses every byte, as a full disk does.
#[test]
#[cfg(target_os = "linux")]
fn required_audit_log_that_is_full_refuses_writes() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("full");
    let file = folder.write("tenants.toml", &configuration(&emulator, &folder, "audit-required = true"));
    let process = UnreadProcess::start(&file, "/dev/full");
    run(async {
        assert_eq!(process.admin("readyz").await.0, 200);
        assert_eq!(send_request(request(&process.address, Method::GET)).await.0, 200, "reads go on");
        while process.admin("readyz").await.0 == 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let (status, body) = send_request(write(&process.address)).await;
        assert_eq!(status, 503, "{body}");
        assert!(body["message"].as_str().unwrap().contains("audit-required"), "{body}");
        assert!(emulator.requests().iter().all(|request| request.method == Method::GET), "{:?}", emulator.requests());
        assert_eq!((process.admin("readyz").await.0, process.admin("healthz").await.0), (503, 200));
        assert_eq!(process.metric("unaudited_calls_total").await, 0);
    });
    assert!(process.stop().success());
}

#[test]
fn required_audit_log_must_be_given() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("not-audited");
    let file = folder.write("tenants.toml", &configuration(&emulator, &folder, "audit-required = true"));
    let output = program().args(["serve", "--port", "0", "--config"]).arg(&file).output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && printed.contains("audit-required needs an audit log: set --audit-log"), "{printed}");
}

/// The line before the first write is in the log when the write has arrived, whatever happens to the process then.
#[test]
fn write_is_in_audit_log_before_it_leaves() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("begun");
    let process = ServeProcess::start(&folder, &component_file(), &configuration(&emulator, &folder, ""), false);
    emulator.inject(Fault::new(FaultKind::ApplyThenHang).method(Method::POST));
    run(async {
        let hanging = tokio::spawn(write(&process.address).send());
        while !emulator.requests().iter().any(|request| request.method == Method::POST) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        process.signal("-KILL");
        assert!(hanging.await.unwrap().is_err());
    });
    let lines = parse_lines(&process.audit());
    assert_eq!(lines.len(), 1, "{lines:?}");
    let members = ["event", "tenant", "caller", "operation", "objectClass", "id"].map(|name| lines[0][name].clone());
    assert_eq!(members, ["begun", "contoso", "idm", "update", "user", UID].map(Value::from));
    assert_eq!(lines[0]["writes"], json!([{"operation": "create", "objectClass": "contact", "mailbox": UID, "id": null}]));
    assert!(!process.audit().contains("Confidential"));
}

/// logrotate renames the file and sends SIGHUP.
#[test]
#[cfg(unix)]
fn audit_log_follows_rename_and_is_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("rotated");
    let process = ServeProcess::start(&folder, &component_file(), &configuration(&emulator, &folder, ""), false);
    let audit = folder.write("other", "").with_file_name("audit");
    let (renamed, read) = (audit.with_file_name("audit.1"), || send_request(request(&process.address, Method::GET)));
    let mut sent = 1;
    assert_eq!(run(read()).0, 200);
    std::fs::rename(&audit, &renamed).unwrap();
    process.signal("-HUP");
    // The signal arrives some time later.
    while !audit.exists() {
        assert_eq!(run(read()).0, 200);
        sent += 1;
    }
    let count =
        || [&renamed, &audit].map(|file| parse_lines(&std::fs::read_to_string(file).unwrap()).len()).iter().sum::<usize>();
    while count() < sent {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(count(), sent, "each line once");
    for file in [&renamed, &audit] {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
