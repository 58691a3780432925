//! The status page in a browser. `make test-page` runs these tests; they need Chromium.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use graph_contacts_host::gateway::{self, AdminServer};
use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{StatusCode, header};
use serde_json::Value;

use crate::fixture::{run, send_request};
use crate::hosting::{MultiTenantFixture, TempFolder, admin};

/// Opens an address in Chromium. Returns its output. `CHROMIUM` names the program.
fn browse(profile: &Path, arguments: &[&str], address: &str) -> Output {
    let program = std::env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into());
    let mut command = Command::new(&program);
    // Chromium's sandbox does not work for root or in a container. Only our own page is shown.
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--hide-scrollbars",
    ]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-extensions", "--no-proxy-server"]);
    command.args(["--enable-logging=stderr", "--window-size=1200,900"]).arg(format!("--user-data-dir={}", profile.display()));
    let output = command.args(arguments).arg(address).output();
    output.unwrap_or_else(|error| panic!("{}: {error}: CHROMIUM names the browser", program.display()))
}

/// Returns the messages of the browser's console: policy violations and load failures.
fn console_messages(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stderr).lines().filter(|line| line.contains("CONSOLE")).map(ToOwned::to_owned).collect()
}

/// Returns a cell of the table in a page.
fn find_cell(page: &str, tenant: &str, figure: &str) -> String {
    let row = page.split_once(&format!("<tr data-tenant=\"{tenant}\">")).unwrap_or_else(|| panic!("{page}")).1;
    let cell = row.split_once(&format!("<td data-figure=\"{figure}\">")).unwrap().1;
    cell.split_once("</td>").unwrap().0.to_owned()
}

async fn start_admin_server(fixture: &MultiTenantFixture) -> AdminServer {
    let admin = AdminServer::start(gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap()).unwrap();
    admin.publish_metrics(fixture.metrics());
    admin.set_ready(true);
    admin
}

#[test]
#[ignore = "needs Chromium: make test-page"]
fn status_page_shows_calls() {
    run(async {
        let fixture = MultiTenantFixture::open("page").await;
        let response = CannedResponse::empty(StatusCode::TOO_MANY_REQUESTS).header(header::RETRY_AFTER, "1".parse().unwrap());
        fixture.contoso.inject(Fault::new(FaultKind::Respond(response)).times(2));
        for expected in [503, 503, 200, 200, 200] {
            assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, expected);
        }
        assert_eq!(send_request(fixture.read_of("fabrikam").bearer_auth(&fixture.token)).await.0, 200);
        assert_eq!(send_request(fixture.read_of("fabrikam")).await.0, 401);
        let listener = start_admin_server(&fixture).await;
        let address = format!("http://{}/", listener.address());
        // Some counts follow the response.
        let count_calls = || async {
            let (_, status) = send_request(reqwest::Client::new().get(format!("{address}status.json"))).await;
            status["tenants"].as_array().unwrap().iter().map(|tenant| tenant["total"]["calls"].as_u64().unwrap()).sum::<u64>()
        };
        while count_calls().await < 7 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (_, status): (u16, Value) = send_request(reqwest::Client::new().get(format!("{address}status.json"))).await;

        let profile = TempFolder::new("chromium");
        let profile = profile.write("profile", "").with_file_name("data");
        let picture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/status-page.png");
        let page = browse(&profile, &["--virtual-time-budget=2000", "--dump-dom"], &address);
        assert!(page.status.success(), "{page:?}");
        assert_eq!(console_messages(&page), [""; 0]);
        let page = String::from_utf8(page.stdout).unwrap();
        for (tenant, figure, expected) in [
            ("contoso", "calls", "5"),
            ("contoso", "server-errors", "2"),
            ("contoso", "client-errors", "0"),
            ("contoso", "throttled", "2"),
            ("contoso", "sandboxes", "0"),
            ("contoso", "limits", "0"),
            ("fabrikam", "calls", "1"),
            ("fabrikam", "server-errors", "0"),
            ("-", "calls", "1"),
            ("-", "client-errors", "1"),
        ] {
            assert_eq!(find_cell(&page, tenant, figure), expected, "{figure} of {tenant} in {page}");
        }
        for (number, tenant) in ["contoso", "fabrikam", "-"].into_iter().enumerate() {
            let tenant_status = &status["tenants"][number];
            assert_eq!(tenant_status["name"], tenant);
            assert_eq!(find_cell(&page, tenant, "requests"), tenant_status["total"]["requests"].to_string());
        }
        assert!(page.contains("accepts requests") && page.contains("contoso: calls 5, errors 2, throttled 2"), "{page}");

        let screenshot = format!("--screenshot={}", picture.display());
        let _ = std::fs::remove_file(&picture);
        let drawn = browse(&profile, &["--virtual-time-budget=2000", &screenshot], &address);
        assert!(drawn.status.success() && console_messages(&drawn).is_empty(), "{drawn:?}");
        let size = std::fs::metadata(&picture).unwrap().len();
        assert!(size > 10_000, "a screenshot of {size} bytes is empty");
    });
}

/// Shows that console messages are read: this page violates its policy.
#[test]
#[ignore = "needs Chromium: make test-page"]
fn blocked_page_logs_policy_violation() {
    let folder = TempFolder::new("chromium-policy");
    let page =
        "<!doctype html><meta http-equiv=\"content-security-policy\" content=\"default-src 'none'\"><p style=\"color: red\">x";
    let file = folder.write("page.html", page);
    let output = browse(&file.with_file_name("data"), &["--dump-dom"], &format!("file://{}", file.display()));
    let messages = console_messages(&output);
    assert!(messages.iter().any(|line| line.contains("Content Security Policy")), "{messages:?}");
}
