//! Errors of an operator: a configuration that loses its end, or a file that everybody can read.

use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::fixture::{UID, component_file, run, send_request};
use crate::hosting::{TempFolder, start_graph};
use crate::serve_process::ServeProcess;

/// Waits until the log of a process has a text. Returns the log.
fn wait_for_log(process: &ServeProcess, text: &str) -> String {
    loop {
        let log = process.log();
        if log.contains(text) {
            return log;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A file that is written in place is read before its end is there: the tenant then has fewer rights, never more.
#[test]
fn reload_that_widens_rights_is_logged() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("widened");
    folder.write("token", "t");
    let (token, hash) = graph_contacts_host::generate_token().unwrap();
    let endpoint = emulator.endpoint();
    let whole = format!(
        "callers = [{{ name = 'idm', token-hash = '{hash}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['idm']\n\
         endpoint = '{endpoint}'\ncredential.access-token.file = 'token'\noperations = ['read', 'update']\n"
    );
    let cut = whole.split("operations").next().unwrap();
    let process = ServeProcess::start(&folder, &component_file(), &whole, false);
    let write = || {
        let url = format!("{}/openidm/system/contoso/user/{UID}", process.address);
        let request = reqwest::Client::new().request(Method::PUT, url).bearer_auth(&token).header("If-Match", "*");
        let body = json!({"__addContacts__": {"givenName": "Ada"}}).to_string();
        run(send_request(request.header("Content-Type", "application/json").body(body))).0
    };
    assert_eq!(write(), 200);
    folder.write("tenants.toml", cut);
    process.signal("-HUP");
    let log = wait_for_log(&process, "reloaded; tenants: contoso");
    assert!(log.contains("gives the tenant contoso more rights: query, test"), "{log}");
    assert_eq!(write(), 403);
    folder.write("tenants.toml", &whole);
    process.signal("-HUP");
    wait_for_log(&process, "gives the tenant contoso more rights: update");
}

#[test]
#[cfg(unix)]
fn readable_secret_file_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempFolder::new("readable");
    let token = folder.write("token", "t");
    let (_, hash) = graph_contacts_host::generate_token().unwrap();
    let file = folder.write(
        "tenants.toml",
        &format!(
            "callers = [{{ name = 'idm', token-hash = '{hash}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['idm']\n\
             credential.access-token.file = 'token'\n"
        ),
    );
    for (mode, is_warned) in [(0o600, false), (0o640, false), (0o644, true)] {
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(mode)).unwrap();
        let output = crate::command::program().args(["config", "check"]).arg(&file).output().unwrap();
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{printed}");
        assert_eq!(printed.contains("tenants[0].credential.access-token.file: every user of this machine can read"), is_warned);
    }
}

/// RFC 9112, section 3.2: more than one `Host`, an invalid one, or none is 400.
#[test]
fn request_with_other_than_one_host_is_refused() {
    run(async {
        let fixture = crate::fixture::Fixture::start().await;
        let login = "X-OpenIDM-Username: openidm-admin\r\nX-OpenIDM-Password: openidm-admin\r\nConnection: close\r\n";
        for (host, status) in [
            ("Host: localhost\r\n", 200),
            ("Host: localhost\r\nHost: localhost\r\n", 400),
            ("Host: a b\r\n", 400),
            ("Host: user@localhost\r\n", 400),
            ("", 400),
        ] {
            let request = format!("GET /openidm/system/azuread/user/{UID}?_fields=_id HTTP/1.1\r\n{host}{login}\r\n");
            let (actual, body) = crate::fixture::send_raw(fixture.gateway.address(), &request).await;
            assert_eq!(actual, status, "{host:?}: {body}");
        }
    });
}
