//! `graph-contacts config` and `graph-contacts serve --config`, as a person runs them.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use graph_contacts_host::emulator::{Proof, Registration};
use serde_json::json;

use crate::bench::{UID, answer, run};
use crate::command::program;
use crate::hosting::{Folder, graph};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../host-harness/examples/tenants.toml")
}

/// Runs `graph-contacts config`, and gives whether it succeeded and what it printed, on both of its outputs.
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
fn the_example_is_a_configuration_and_its_schema_is_printed() {
    let folder = Folder::new("example");
    let text = std::fs::read_to_string(example()).unwrap();
    folder.write("fabrikam.token", "t\n");
    let file = folder.write("tenants.toml", &text);
    let file = file.to_str().unwrap();
    let (good, told) = config(&["check", file], &[("CONTOSO_SECRET", "s")], "");
    assert!(good && told.contains("contoso, fabrikam"), "{told}");
    let (good, told) = config(&["check", file], &[], "");
    assert!(!good && told.contains("credential.client-secret.secret-env: CONTOSO_SECRET is not set"), "{told}");
    let (_, schema) = config(&["schema"], &[], "");
    assert_eq!(schema, std::fs::read_to_string(example().with_file_name("tenants.schema.json")).unwrap());
}

#[test]
fn hashes_are_made_for_the_configuration() {
    let (good, hash) = config(&["hash-password"], &[], "secret\n");
    assert!(good && hash.starts_with("$argon2id$") && !hash.contains("secret"), "{hash}");
    let (good, told) = config(&["hash-password"], &[], "\n");
    assert!(!good && told.contains("empty"), "{told}");
    let (good, told) = config(&["new-token"], &[], "");
    assert!(good && told.contains("token: ") && told.contains("token-hash = \"sha256:"), "{told}");
}

/// Started, told to read its configuration again, with a mistake and without, and stopped.
#[test]
fn serve_with_a_configuration() {
    let emulator = run(graph("t"));
    let folder = Folder::new("serve");
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
        assert_ne!(from.read_line(&mut line).unwrap(), 0, "it has ended");
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
        run(answer(request))
    };
    assert_eq!(status("contoso"), (200, json!({"_id": UID, "contacts": []})));
    let audited: serde_json::Value = serde_json::from_str(&line(&mut output)).unwrap();
    assert_eq!((&audited["tenant"], &audited["status"]), (&json!("contoso"), &json!(200)), "{audited}");

    let signal = |name: &str| assert!(Command::new("kill").args([name, &running.id().to_string()]).status().unwrap().success());
    folder.write("tenants.toml", &text("a b"));
    signal("-HUP");
    assert!(line(&mut errors).contains("was not taken, and nothing has changed"));
    let told = line(&mut errors);
    assert!(told.contains("tenants.toml:3: tenants[0].name: a tenant's name is"), "{told}");
    assert_eq!(status("contoso").0, 200);
    folder.write("tenants.toml", &text("litware"));
    signal("-HUP");
    assert!(line(&mut errors).contains("was read again; tenants: litware"));
    assert_eq!((status("contoso").0, status("litware").0), (404, 200));
    signal("-INT");
    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    assert!(running.wait().unwrap().success(), "{rest}");
    assert_eq!(rest, "");
}

#[test]
fn serve_names_the_mistakes_of_its_configuration() {
    let folder = Folder::new("unusable");
    let file = folder.write("tenants.toml", "callers = []\n[[tenants]]\nname = 'x'\ncolour = 1\n");
    let mut command = program();
    let output = command.args(["serve", "--port", "0", "--config"]).arg(&file).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "{told}");
    for mistake in
        [":2: tenants[0].callers: is missing", ":2: tenants[0].credential: is missing", ":4: tenants[0].colour: unknown"]
    {
        assert!(told.contains(mistake), "{mistake} in {told}");
    }
}

#[test]
fn a_cloud_is_one_of_those_there_are() {
    let mut command = program();
    let output = command.args(["--cloud", "mars", "test"]).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("there is no cloud \"mars\": choose one of global, us-gov-l4"), "{told}");
}

/// Even a log of everything shows no secret: of the application, of the caller, or the token that was issued.
#[test]
fn no_log_shows_a_secret() {
    let emulator = run(graph("token-of-graph"));
    emulator.register(Registration {
        tenant: "contoso.example".to_owned(),
        client_id: "app-1".to_owned(),
        graph: "https://graph.microsoft.com".to_owned(),
        proof: Proof::Secret("client-s3cret".to_owned()),
        lifetime: Duration::from_secs(3600),
    });
    let folder = Folder::new("logs");
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
    assert_eq!(run(answer(request)).0, 200);
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    assert!(running.wait().unwrap().success());
    let log = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 10, "{log}");
    assert!(lines.iter().any(|line| line["spans"][0]["tenant"] == "contoso"), "a call is told with its tenant: {log}");
    for secret in ["client-s3cret", "caller-passw0rd", "emulated-", "token-of-graph", hash.trim()] {
        assert!(!log.contains(secret), "{:?}", log.lines().find(|line| line.contains(secret)));
    }
}
