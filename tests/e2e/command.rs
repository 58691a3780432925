//! The command `graph-contacts`.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::fixture::{Fixture, TOKEN, UID, component_file, run};
use crate::varied;

/// Creates the command that `make build` builds, two folders above this test.
pub fn program() -> Command {
    let tests = std::env::current_exe().unwrap();
    let program: PathBuf = tests.parent().unwrap().parent().unwrap().join("graph-contacts");
    assert!(program.is_file(), "{} is missing: run `make build`", program.display());
    let mut command = Command::new(program);
    command.env_clear().env("GRAPH_CONTACTS_COMPONENT", component_file()).stdin(Stdio::null());
    command
}

pub fn command_with(fixture: &Fixture, arguments: &[&str]) -> Command {
    let mut command = program();
    command.args(arguments).env("GRAPH_ENDPOINT", fixture.emulator.endpoint()).env("GRAPH_ACCESS_TOKEN", TOKEN);
    command
}

pub fn output(mut command: Command) -> Output {
    command.output().unwrap()
}

fn parse_json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn error_output(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn contacts_commands_manage_contacts() {
    run(async {
        let fixture = Fixture::start().await;
        let contacts = |more: &[&str]| output(command_with(&fixture, &[&["contacts"], more, &["--user", UID]].concat()));
        let created = parse_json(&contacts(&["create", r#"{"givenName": "Ada"}"#]));
        let id = created["id"].as_str().unwrap();
        assert_eq!(parse_json(&contacts(&["get", id]))["givenName"], "Ada");

        let mut update = command_with(&fixture, &["contacts", "update", id, "-", "--user", UID]);
        let mut running = update.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        running.stdin.take().unwrap().write_all(br#"{"givenName": null, "nickName": "Countess"}"#).unwrap();
        let updated = parse_json(&running.wait_with_output().unwrap());
        assert_eq!((updated.get("givenName"), &updated["nickName"]), (None, &json!("Countess")));

        let listed = parse_json(&contacts(&["list", "--select", "nickName,businessPhones"]));
        let keys: Vec<&String> = listed[0].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "changeKey", "nickName", "businessPhones"]);
        assert_eq!(parse_json(&contacts(&["list"])).as_array().unwrap().len(), 1);
        assert_eq!(parse_json(&contacts(&["delete", id])), json!({}));
        assert!(error_output(&contacts(&["get", id])).contains("no contact"));
        assert_eq!(parse_json(&output(command_with(&fixture, &["test"]))), json!({}));
        assert!(parse_json(&output(command_with(&fixture, &["schema"])))["user"]["properties"]["__addContacts__"].is_object());
    });
}

/// A dry run prints the requests as curl commands that can be pasted into a shell.
#[test]
fn dry_run_prints_curl_commands() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada", "surname": "O'Brien", "displayName": "Ada"}));
        let dry = |more: &[&str]| {
            let output = output(command_with(&fixture, &[&["contacts", "--user", UID, "--dry-run"], more].concat()));
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let created = dry(&["create", r#"{"givenName": "O'Neill", "homePhones": ["1"]}"#]);
        assert_eq!(
            created,
            format!(
                "curl --request POST \\\n--header \"Authorization: Bearer $GRAPH_ACCESS_TOKEN\" \\\n\
                 --header 'accept: application/json' \\\n--header 'prefer: IdType=\"ImmutableId\"' \\\n\
                 --header 'content-type: application/json' \\\n\
                 --data '{{\"givenName\":\"O'\\''Neill\",\"homePhones\":[\"1\"]}}' \\\n\
                 '{}/v1.0/users/{UID}/contacts'\n",
                fixture.emulator.endpoint()
            )
        );
        assert!(dry(&["list"]).contains("/contacts'") && dry(&["delete", &id]).contains("--request DELETE"));
        assert!(fixture.sent().is_empty());
        let updated = dry(&["update", &id, r#"{"givenName": "Augusta", "surname": "O'Brien"}"#]);
        assert!(
            updated.contains("--request PATCH") && updated.contains(r#"--data '{"displayName":"Ada","givenName":"Augusta"}'"#),
            "{updated}"
        );
        assert_eq!(dry(&["update", &id, r#"{"givenName": "Ada"}"#]).matches("curl").count(), 1, "only the read");
        fixture.assert_nothing_written();
    });
}

#[test]
fn errors_are_printed_on_stderr() {
    run(async {
        let fixture = Fixture::start().await;
        assert!(error_output(&output(command_with(&fixture, &["contacts", "fly"]))).contains("there is no command contacts fly"));
        let mut wrong = command_with(&fixture, &["contacts", "list"]);
        wrong.env("GRAPH_API_VERSION", "v7");
        assert!(error_output(&output(wrong)).contains("GRAPH_API_VERSION"));
        let mut denied = command_with(&fixture, &["contacts", "list"]);
        denied.env("GRAPH_ACCESS_TOKEN", "another-token-9c1");
        let printed = error_output(&output(denied));
        assert!(
            printed.contains("does not accept the connector&#39;s access token")
                || printed.contains("does not accept the connector's access token"),
            "{printed}"
        );
        assert!(!printed.contains("9c1"));
        let mut missing = command_with(&fixture, &["test"]);
        missing.env("GRAPH_CONTACTS_COMPONENT", "/nowhere.wasm");
        let missing = output(missing);
        assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("make build"), "{missing:?}");
    });
}

#[test]
fn invalid_rate_limit_error_has_example() {
    let mut by_option = program();
    by_option.args(["--read-rate-limit", "30/day", "test"]);
    let mut by_variable = program();
    by_variable.arg("test").env("GRAPH_WRITE_RATE_LIMIT", "fast");
    for (command, option) in [(by_option, "--read-rate-limit"), (by_variable, "--write-rate-limit")] {
        let output = output(command);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(printed.contains(option) && printed.contains("30/sec"), "{printed}");
    }
}

#[test]
fn port_in_use_is_reported() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = program();
    command.args(["serve", "--emulator"]).env("PORT", taken.local_addr().unwrap().port().to_string());
    let output = output(command);
    assert!(!output.status.success());
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(printed.contains("is in use") && printed.contains("PORT"), "{printed}");
}

/// `make run` runs this: it prints its address and an example, responds, and exits with success at Ctrl-C.
#[test]
fn serve_with_emulator_responds_and_stops() {
    let mut command = program();
    command.args(["serve", "--emulator", "--port", "0"]).args(varied::arguments());
    let mut running = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("Ctrl-C") {
        assert_ne!(lines.read_line(&mut printed).unwrap(), 0, "{printed}");
    }
    let address = printed.lines().next().unwrap().rsplit("http://").next().unwrap().trim().to_owned();
    assert!(printed.contains(&format!("http://{address}/openidm/system/azuread/user/{UID}")), "{printed}");
    let (status, body) = run(async {
        let url = format!("http://{address}/openidm/system/azuread/user/{UID}?_fields=_id,contacts");
        let request = reqwest::Client::new().get(url).header("X-OpenIDM-Username", "openidm-admin");
        crate::fixture::send_request(request.header("X-OpenIDM-Password", "openidm-admin")).await
    });
    assert_eq!((status, body), (200, json!({"_id": UID, "contacts": []})));
    interrupt(running.id());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(running.wait().unwrap().success(), "{rest}");
}

#[test]
fn emulator_command_serves_cloud() {
    let mut command = program();
    command.args(["emulator", "--port", "0", "--cloud", "china"]).args(varied::arguments()).env("EMULATOR_TOKEN", "t");
    let mut running = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("http://") {
        assert_ne!(lines.read_line(&mut printed).unwrap(), 0, "{printed}");
    }
    let from = printed.find("http://").unwrap();
    let endpoint: String = printed[from..].chars().take_while(|c| !c.is_whitespace() && *c != ',').collect();
    let (status, body) = run(async {
        let client = reqwest::Client::new();
        let get = async |path| {
            crate::fixture::send_request(client.get(format!("{endpoint}/v1.0/users/{UID}{path}")).bearer_auth("t")).await
        };
        assert_eq!(get("/contacts/delta").await.0, 400, "this cloud has no delta queries");
        get("").await
    });
    assert_eq!((status, &body["id"]), (200, &json!(UID)));
    interrupt(running.id());
    assert!(running.wait().unwrap().success());
}

/// The example plan of the project: its first fault applies to the first list of contacts.
#[test]
fn fault_plan_fails_first_request() {
    let plan = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../host-harness/emulator/examples/faults.json");
    let mut command = program();
    command.args(["--max-retries", "0", "serve", "--emulator", "--port", "0", "--faults"]).arg(plan).args(varied::arguments());
    let mut running = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("Ctrl-C") {
        assert_ne!(lines.read_line(&mut printed).unwrap(), 0, "{printed}");
    }
    let address = printed.lines().next().unwrap().rsplit("http://").next().unwrap().trim().to_owned();
    let (status, body) = run(async {
        let url = format!("http://{address}/openidm/system/azuread/user/{UID}?_fields=_id,contacts");
        let request = reqwest::Client::new().get(url).header("X-OpenIDM-Username", "openidm-admin");
        crate::fixture::send_request(request.header("X-OpenIDM-Password", "openidm-admin")).await
    });
    assert_eq!((status, &body["detail"]["kind"], &body["detail"]["retryAfterMs"]), (503, &json!("throttled"), &json!(2128)));
    interrupt(running.id());
    assert!(running.wait().unwrap().success());
}

#[test]
fn invalid_fault_plan_error_has_position() {
    let file = std::env::temp_dir().join(format!("faults-{}.json", std::process::id()));
    std::fs::write(&file, "{\n  \"faults\": [{\"fault\": \"hang\", \"tims\": 1}]\n}").unwrap();
    let mut command = program();
    command.args(["emulator", "--faults"]).arg(&file);
    let printed = error_output(&output(command));
    std::fs::remove_file(&file).unwrap();
    assert!(printed.contains(&file.display().to_string()) && printed.contains("faults[0].tims"), "{printed}");
    assert!(printed.contains("`times`") && printed.contains("line 2 column"), "{printed}");

    let mut unknown = program();
    unknown.args(["emulator", "--cloud", "mars"]);
    assert!(String::from_utf8_lossy(&output(unknown).stderr).contains("us-gov-l4"));

    let mut missing = program();
    missing.args(["emulator", "--faults", "/nowhere/faults.json"]);
    assert!(error_output(&output(missing)).contains("/nowhere/faults.json"));
    for option in [["--faults", "faults.json"], ["--vary", "7"]] {
        let mut without_emulator = program();
        without_emulator.arg("serve").args(option);
        let without_emulator = output(without_emulator);
        assert_eq!(without_emulator.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&without_emulator.stderr).contains("--emulator"), "{without_emulator:?}");
    }
    let mut unknown = program();
    unknown.args(["emulator", "--vary", "7:blankPages"]);
    assert!(String::from_utf8_lossy(&output(unknown).stderr).contains("emptyPages"));
}

/// Sends the signal of Ctrl-C.
fn interrupt(process: u32) {
    assert!(Command::new("kill").args(["-INT", &process.to_string()]).status().unwrap().success());
}
