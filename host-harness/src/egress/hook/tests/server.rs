//! A server on this machine that sends one response, and a hook that sends requests to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::credentials::credential::Credential;
use crate::egress::hook::EgressHook;
use crate::egress::mailbox_permits::MailboxPermits;
use crate::http_client::client::build_client;
use crate::http_client::egress_config::EgressConfig;
use crate::limit_signal::LimitSignal;
use crate::limits::Limits;
use crate::settings::Settings;

/// Responds to every request with the same text, and then closes the connection if `close` is set.
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) connections: Arc<AtomicUsize>,
    pub(super) requests: tokio::sync::mpsc::UnboundedReceiver<String>,
}

impl Server {
    pub(super) async fn start(response: impl Into<Vec<u8>>, close: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (sender, requests) = tokio::sync::mpsc::unbounded_channel();
        let (counter, response) = (Arc::clone(&connections), response.into());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let (response, sender) = (response.clone(), sender.clone());
                tokio::spawn(async move {
                    while let Some(request) = read_request(&mut stream).await {
                        let _ = sender.send(request);
                        if stream.write_all(&response).await.is_err() || close {
                            return;
                        }
                    }
                    let _ = sender.send("closed".to_owned());
                });
            }
        });
        Self { port, connections, requests }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn hook(&self, limits: &Limits) -> EgressHook {
        let settings = Settings {
            endpoint: Some(self.url("").parse().unwrap()),
            credential: Credential::bearer("host-token").unwrap(),
            ..Settings::default()
        };
        EgressHook::new(
            build_client(&EgressConfig::default()).unwrap(),
            Arc::new(MailboxPermits::new(limits.mailbox_concurrency)),
            &settings,
            limits,
            LimitSignal::default(),
        )
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        seen.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&seen);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let complete = if head.contains("transfer-encoding: chunked") {
            body.ends_with("0\r\n\r\n")
        } else {
            body.len() >= length.unwrap_or(0)
        };
        if complete {
            return Some(text.into_owned());
        }
    }
}
