//! The commands `graph-contacts config` and `graph-contacts serve --config`.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use graph_emulator::{AppRegistration, ClientCredential, Fault, FaultKind};
use serde_json::json;

use crate::command::program;
use crate::fixture::{UID, run, send_request};
use crate::hosting::{TempFolder, start_graph};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-harness/examples/tenants.toml")
}

/// Runs `graph-contacts config`. Returns whether it succeeded, and both of its outputs.
fn config(arguments: &[&str], environment: &[(&str, &str)], input: &str) -> (bool, String) {
    let mut command = program();
    command.arg("config").args(arguments).envs(environment.iter().copied());
    let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(printed).unwrap())
}

#[test]
fn example_configuration_is_valid_and_schema_matches_file() {
    let folder = TempFolder::new("example");
    let text = std::fs::read_to_string(example()).unwrap();
    folder.write("fabrikam.token", "t\n");
    let file = folder.write("tenants.toml", &text);
    let file = file.to_str().unwrap();
    let (succeeded, printed) = config(&["check", file], &[("CONTOSO_SECRET", "s")], "");
    assert!(succeeded && printed.contains("contoso, fabrikam"), "{printed}");
    let (succeeded, printed) = config(&["check", file], &[], "");
    assert!(!succeeded && printed.contains("credential.client-secret.secret-env: CONTOSO_SECRET is not set"), "{printed}");
    let (_, schema) = config(&["schema"], &[], "");
    assert_eq!(schema, std::fs::read_to_string(example().with_file_name("tenants.schema.json")).unwrap());
}

#[test]
fn config_command_prints_hashes() {
    let (succeeded, hash) = config(&["hash-password"], &[], "secret\n");
    assert!(succeeded && hash.starts_with("$argon2id$") && !hash.contains("secret"), "{hash}");
    let (succeeded, printed) = config(&["hash-password"], &[], "\n");
    assert!(!succeeded && printed.contains("empty"), "{printed}");
    let (succeeded, printed) = config(&["new-token"], &[], "");
    assert!(succeeded && printed.contains("token: ") && printed.contains("token-hash = \"sha256:"), "{printed}");
}

/// clap waives a required option that conflicts with a given one: the log would never be written.
#[test]
fn options_of_tenants_are_refused_without_config() {
    for option in [["--audit-log", "-"], ["--admin-listen", "127.0.0.1:0"]] {
        let mut command = program();
        command.args(["serve", "--emulator", "--port", "0"]).args(option);
        let mut running = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut started = String::new();
        BufReader::new(running.stdout.take().unwrap()).read_line(&mut started).unwrap();
        if !started.is_empty() {
            running.kill().unwrap();
        }
        let mut printed = String::new();
        running.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        assert!(!running.wait().unwrap().success() && started.is_empty(), "{option:?}: {started}");
        assert!(printed.contains(option[0]) && printed.contains("--config"), "{printed}");
    }
}

/// The command starts, reloads an invalid and a valid configuration, and stops.
#[test]
fn serve_reloads_changed_configuration() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("serve");
    folder.write("token", "t");
    let hash = config(&["hash-password"], &[], "openidm-admin").1;
    let text = |name: &str| {
        format!(
            "callers = [{{ name = 'openidm-admin', password-hash = '{}' }}]\n[[tenants]]\nname = '{name}'\n\
             callers = ['openidm-admin']\nendpoint = '{}'\ncredential.access-token.file = 'token'\n",
            hash.trim(),
            emulator.endpoint()
        )
    };
    let file = folder.write("tenants.toml", &text("contoso"));
    let mut command = program();
    command.args(["serve", "--port", "0", "--admin-listen", "127.0.0.1:0", "--audit-log", "-", "--config"]).arg(&file);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let (mut output, mut errors) =
        (BufReader::new(running.stdout.take().unwrap()), BufReader::new(running.stderr.take().unwrap()));
    let line = |from: &mut dyn BufRead| {
        let mut line = String::new();
        assert_ne!(from.read_line(&mut line).unwrap(), 0, "the process ended");
        line
    };
    let address = line(&mut output).trim().strip_prefix("Listening on http://").unwrap().to_owned();
    assert_eq!(line(&mut output), "Tenants: contoso\n");
    let health = line(&mut output).trim().rsplit(' ').next().unwrap().to_owned();
    let ready = || run(async { reqwest::get(&health).await.unwrap().status().as_u16() });
    assert!(health.ends_with("/readyz"), "{health}");
    assert_eq!(ready(), 200);
    let status = |tenant: &str| {
        let url = format!("http://{address}/openidm/system/{tenant}/user/{UID}?_fields=_id,contacts");
        let request = reqwest::Client::new().get(url).basic_auth("openidm-admin", Some("openidm-admin"));
        run(send_request(request))
    };
    assert_eq!(status("contoso"), (200, json!({"_id": UID, "contacts": []})));
    let audited: serde_json::Value = serde_json::from_str(&line(&mut output)).unwrap();
    assert_eq!((&audited["tenant"], &audited["status"]), (&json!("contoso"), &json!(200)), "{audited}");

    let signal = |name: &str| assert!(Command::new("kill").args([name, &running.id().to_string()]).status().unwrap().success());
    folder.write("tenants.toml", &text("a b"));
    signal("-HUP");
    assert!(line(&mut errors).contains("not reloaded; the previous configuration stays in use"));
    let printed = line(&mut errors);
    assert!(printed.contains("tenants.toml:3: tenants[0].name: expected up to 64 letters"), "{printed}");
    assert_eq!(status("contoso").0, 200);
    folder.write("tenants.toml", &text("litware"));
    signal("-HUP");
    assert!(line(&mut errors).contains("reloaded; tenants: litware"));
    assert_eq!((status("contoso").0, status("litware").0), (404, 200));
    // A changed configuration is reloaded without a signal, as is a file that it names.
    folder.write("tenants.toml", &text("adatum"));
    assert!(line(&mut errors).contains("reloaded; tenants: adatum"));
    folder.write("token", "another");
    assert!(line(&mut errors).contains("reloaded; tenants: adatum"));
    assert_eq!(status("adatum").0, 503, "the emulator does not accept that token");
    signal("-INT");
    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    assert!(running.wait().unwrap().success(), "{rest}");
    assert_eq!(rest, "");
}

/// A gateway of one tenant in its own process, and the addresses that it prints.
struct ServeProcess {
    running: std::process::Child,
    url: String,
    ready: String,
    log: PathBuf,
    _folder: TempFolder,
}

impl ServeProcess {
    fn start(name: &str, endpoint: &str, more: &str, arguments: &[&str]) -> ServeProcess {
        let folder = TempFolder::new(name);
        folder.write("token", "t");
        let hash = config(&["hash-password"], &[], "openidm-admin").1;
        let text = format!(
            "{more}\ncallers = [{{ name = 'openidm-admin', password-hash = '{}' }}]\n[[tenants]]\nname = 'contoso'\n\
             callers = ['openidm-admin']\nendpoint = '{endpoint}'\ncredential.access-token.file = 'token'\n",
            hash.trim(),
        );
        let (file, log) = (folder.write("tenants.toml", &text), folder.write("log", ""));
        let mut command = program();
        command.args(["--log-format", "json", "serve", "--port", "0", "--admin-listen", "127.0.0.1:0"]).args(arguments);
        command.arg("--config").arg(file).env("RUST_LOG", "graph_contacts_host=debug").stdout(Stdio::piped());
        command.stderr(std::fs::OpenOptions::new().append(true).open(&log).unwrap());
        let mut running = command.spawn().unwrap();
        let lines: Vec<String> =
            BufReader::new(running.stdout.take().unwrap()).lines().take(3).map(|line| line.unwrap()).collect();
        let url = format!("{}/openidm/system/contoso/user/{UID}", lines[0].strip_prefix("Listening on ").unwrap());
        let ready = lines[2].rsplit(' ').next().unwrap().to_owned();
        ServeProcess { running, url, ready, log, _folder: folder }
    }

    fn read(&self) -> reqwest::RequestBuilder {
        let url = format!("{}?_fields=_id,contacts", self.url);
        reqwest::Client::new().get(url).basic_auth("openidm-admin", Some("openidm-admin"))
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.running.id().to_string()]).status().unwrap().success());
    }

    /// Waits for the end of the process. Returns whether it succeeded, and its log.
    fn wait(mut self) -> (bool, Vec<serde_json::Value>) {
        let ended = self.running.wait().unwrap().success();
        let log = std::fs::read_to_string(&self.log).unwrap();
        (ended, log.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }
}

/// A request in progress completes. Meanwhile `/readyz` reports 503.
#[test]
fn termination_signal_drains_requests() {
    let emulator = run(start_graph("t"));
    let process = ServeProcess::start("drain", &emulator.endpoint(), "", &["--drain", "60"]);
    let delay = Duration::from_millis(1500);
    emulator.inject(Fault::new(FaultKind::Delay(delay)));
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = process.read().header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    let (response, ready, later) = run(async {
        let in_progress = tokio::spawn(send_request(request));
        while emulator.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        process.signal("-TERM");
        let ready = async || reqwest::get(&process.ready).await.unwrap().status().as_u16();
        while ready().await == 200 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (ready, later) = (ready().await, process.read().send().await);
        (in_progress.await.unwrap(), ready, later)
    });
    assert_eq!(response, (200, json!({"_id": UID, "contacts": []})));
    assert_eq!(ready, 503);
    assert!(later.is_err(), "{later:?}");
    let (succeeded, log) = process.wait();
    assert!(succeeded, "{log:?}");
    let line = log.iter().find(|line| line["fields"]["client_request_id"].is_string()).unwrap();
    let sent = emulator.requests()[0].header("client-request-id").map(ToOwned::to_owned);
    assert_eq!(line["fields"]["client_request_id"].as_str(), sent.as_deref());
    let spans = line["spans"].as_array().unwrap();
    assert!(spans.iter().any(|span| span["trace"] == trace) && spans.iter().any(|span| span["tenant"] == "contoso"), "{line}");
}

/// A request that outlasts the drain timeout is aborted, as it is by a second signal.
#[test]
fn drain_timeout_or_second_signal_aborts_requests() {
    let emulator = run(start_graph("t"));
    for (name, more, signals) in [("drained", "drain-seconds = 0", 1), ("pressed", "drain-seconds = 3600", 2)] {
        let process = ServeProcess::start(name, &emulator.endpoint(), more, &[]);
        emulator.inject(Fault::new(FaultKind::Hang));
        let (request, before) = (process.read(), emulator.requests().len());
        let ended = run(async {
            let in_progress = tokio::spawn(request.send());
            while emulator.requests().len() == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            process.signal("-TERM");
            if signals == 2 {
                let ready = async || reqwest::get(&process.ready).await.unwrap().status().as_u16();
                while ready().await == 200 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                process.signal("-INT");
            }
            in_progress.await.unwrap()
        });
        assert!(ended.is_err(), "{ended:?}");
        assert!(process.wait().0);
    }
}

#[test]
fn serve_reports_configuration_errors() {
    let folder = TempFolder::new("unusable");
    let file = folder.write("tenants.toml", "callers = []\n[[tenants]]\nname = 'x'\ncolour = 1\n");
    let mut command = program();
    let output = command.args(["serve", "--port", "0", "--config"]).arg(&file).output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "{printed}");
    for problem in
        [":2: tenants[0].callers: is missing", ":2: tenants[0].credential: is missing", ":4: tenants[0].colour: unknown"]
    {
        assert!(printed.contains(problem), "{problem} in {printed}");
    }
}

#[test]
fn unknown_cloud_is_rejected() {
    let mut command = program();
    let output = command.args(["--cloud", "mars", "test"]).output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && printed.contains("there is no cloud \"mars\": choose one of global, us-gov-l4"),
        "{printed}"
    );
}

/// Even at level `trace` the log has no client secret, no password and no issued token.
#[test]
fn trace_log_contains_no_secret() {
    let emulator = run(start_graph("token-of-graph"));
    emulator.register(AppRegistration {
        tenant: "contoso.example".to_owned(),
        client_id: "app-1".to_owned(),
        graph: "https://graph.microsoft.com".to_owned(),
        credential: ClientCredential::Secret("client-s3cret".to_owned()),
        lifetime: Duration::from_secs(3600),
    });
    let folder = TempFolder::new("logs");
    folder.write("secret", "client-s3cret");
    let hash = config(&["hash-password"], &[], "caller-passw0rd\n").1;
    let endpoint = emulator.endpoint();
    let text = format!(
        "callers = [{{ name = 'idm', password-hash = '{}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['idm']\n\
         endpoint = '{endpoint}'\n[tenants.credential.client-secret]\ntenant = 'contoso.example'\nclient-id = 'app-1'\n\
         login-endpoint = '{endpoint}'\nsecret-file = 'secret'\n",
        hash.trim()
    );
    let file = folder.write("tenants.toml", &text);
    let log = folder.write("log", "");
    let mut command = program();
    command.args(["--log-format", "json", "serve", "--port", "0", "--config"]).arg(&file).env("RUST_LOG", "trace");
    let to_file = std::fs::OpenOptions::new().append(true).open(&log).unwrap();
    let mut running = command.stdout(Stdio::piped()).stderr(to_file).spawn().unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(running.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let url = format!("{}/openidm/system/contoso/user/{UID}", line.trim().strip_prefix("Listening on ").unwrap());
    let request = reqwest::Client::new().get(url).basic_auth("idm", Some("caller-passw0rd"));
    assert_eq!(run(send_request(request)).0, 200);
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    assert!(running.wait().unwrap().success());
    let log = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 10, "{log}");
    assert!(lines.iter().any(|line| line["spans"][1]["tenant"] == "contoso"), "a call is logged with its tenant: {log}");
    for secret in ["client-s3cret", "caller-passw0rd", "emulated-", "token-of-graph", hash.trim()] {
        assert!(!log.contains(secret), "{:?}", log.lines().find(|line| line.contains(secret)));
    }
}
