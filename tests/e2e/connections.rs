//! Connections that send nothing, or too much, before anybody knows who calls.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use graph_contacts_host::hash_password;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::command::program;
use crate::fixture::{UID, component_file, run, send_request};
use crate::hosting::{TempFolder, start_graph};

/// Much more than any wait in these tests.
const PATIENCE: Duration = Duration::from_secs(120);

/// A gateway process that may open 256 files, killed when this is dropped.
struct SmallProcess {
    process: Child,
    _output: BufReader<std::process::ChildStdout>,
    address: String,
    admin: String,
}

impl SmallProcess {
    fn start(folder: &TempFolder, endpoint: &str) -> SmallProcess {
        folder.write("token", "t");
        let configuration = format!(
            "callers = [{{ name = 'idm', password-hash = '{}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['idm']\n\
             endpoint = '{endpoint}'\ncredential.access-token.file = 'token'\n",
            hash_password("secret").unwrap()
        );
        let file = folder.write("tenants.toml", &configuration);
        let serve = program();
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "ulimit -n 256 && exec \"$0\" \"$@\""]).arg(serve.get_program());
        command.args(["serve", "--port", "0", "--admin-listen", "127.0.0.1:0", "--config"]).arg(file);
        command.env_clear().env("GRAPH_CONTACTS_COMPONENT", component_file()).stdin(Stdio::null());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let lines: [String; 3] = std::array::from_fn(|_| {
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            line
        });
        let address = lines[0].trim().strip_prefix("Listening on http://").unwrap().to_owned();
        let admin = lines[2].strip_prefix("Status: http://").unwrap().split("/,").next().unwrap().to_owned();
        SmallProcess { process, _output: output, address, admin }
    }

    async fn admin(&self, path: &str) -> String {
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        client.get(format!("http://{}/{path}", self.admin)).send().await.unwrap().text().await.unwrap()
    }
}

impl Drop for SmallProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Opens a connection and sends half a head.
async fn send_half_head(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The connection may have made room for another one already.
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: ").await;
    stream
}

/// More connections than the process may open files, to both of its listeners.
#[test]
fn half_sent_heads_leave_room_for_others() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("half-heads");
    let process = SmallProcess::start(&folder, &emulator.endpoint());
    run(async {
        let mut held = Vec::new();
        for _ in 0..300 {
            held.push(send_half_head(&process.address).await);
        }
        for _ in 0..100 {
            held.push(send_half_head(&process.admin).await);
        }
        assert_eq!(process.admin("healthz").await, "ok\n");
        let url = format!("http://{}/openidm/system/contoso/user/{UID}?_fields=_id", process.address);
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        assert_eq!(send_request(client.get(url).basic_auth("idm", Some("secret"))).await.0, 200);
        let metrics = process.admin("metrics").await;
        let evicted =
            metrics.lines().find_map(|line| line.strip_prefix("graph_contacts_connections_closed_total{closed=\"evicted\"} "));
        // The system's queue of new connections may still hold some of them.
        assert!(evicted.is_some_and(|count| count.parse::<u32>().unwrap() > 0), "{metrics}");
        drop(held);
    });
}

#[test]
fn long_head_is_refused() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("long-head");
    let process = SmallProcess::start(&folder, &emulator.endpoint());
    run(async {
        for address in [&process.address, &process.admin] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}", "x".repeat(100 << 10));
            // The gateway closes before it has read all of it.
            let _ = stream.write_all(head.as_bytes()).await;
            let mut response = Vec::new();
            let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut response)).await.expect("the connection ends");
            let response = String::from_utf8_lossy(&response).into_owned();
            // What was not read makes the system reset the connection, which may discard the response.
            assert!(response.is_empty() || response.starts_with("HTTP/1.1 431 "), "{response}");
        }
        assert_eq!(process.admin("healthz").await, "ok\n");
    });
}
