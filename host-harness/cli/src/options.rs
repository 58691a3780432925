//! The options that all commands share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
#[cfg(feature = "artifacts")]
use graph_contacts_host::Artifacts;
use graph_contacts_host::{Cloud, ComponentHost, Credential, EgressConfig, Endpoint, Limits, RateLimit, Settings};

#[cfg(feature = "artifacts")]
use crate::default_paths::default_artifact_directory;
use crate::default_paths::default_component;

/// The options that all commands share.
#[derive(Args)]
pub(crate) struct Options {
    /// Log format on standard error. RUST_LOG sets the level.
    #[arg(long, value_name = "FORMAT", env = "LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Component file. [default: graph_contacts.wasm]
    ///
    /// The default is beside this program, else where `make build` writes it.
    #[arg(long, value_name = "FILE", env = "GRAPH_CONTACTS_COMPONENT")]
    component: Option<PathBuf>,
    /// Directory for the compiled component. [default: ~/.cache/graph-contacts]
    ///
    /// It is used only if nobody else can write to it. XDG_CACHE_HOME replaces ~/.cache.
    #[cfg(feature = "artifacts")]
    #[arg(long, value_name = "DIRECTORY", env = "GRAPH_CONTACTS_ARTIFACTS")]
    artifacts: Option<PathBuf>,
    /// Microsoft cloud of the tenant. [default: global]
    ///
    /// One of global, us-gov-l4, us-gov-l5, china, bleu, delos, usnat and ussec.
    #[arg(long, value_name = "NAME", env = "GRAPH_CLOUD")]
    cloud: Option<Cloud>,
    /// Microsoft Graph endpoint, without the version. [default: the cloud's]
    #[arg(long, value_name = "URL", env = "GRAPH_ENDPOINT")]
    endpoint: Option<Endpoint>,
    /// Microsoft Graph version: v1.0 or beta. [default: v1.0]
    #[arg(long, value_name = "VERSION", env = "GRAPH_API_VERSION")]
    api_version: Option<String>,
    /// File with the access token.
    #[arg(long, value_name = "FILE")]
    access_token_file: Option<PathBuf>,
    /// Deadline of an operation, in seconds.
    #[arg(long, value_name = "SECONDS", env = "GRAPH_TIMEOUT_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Maximum retries of a request after transient failures. [default: 3]
    #[arg(long, value_name = "TIMES", env = "GRAPH_MAX_RETRIES")]
    max_retries: Option<u32>,
    /// Delay before the first retry, in seconds. [default: 3]
    ///
    /// Applies if Microsoft Graph sends no Retry-After.
    #[arg(long, value_name = "SECONDS", env = "GRAPH_RETRY_DELAY_SECONDS", value_parser = parse_seconds)]
    retry_delay: Option<Duration>,
    /// Store a key with each new contact: on or off. [default: on]
    ///
    /// The key finds the contact again if the response was lost.
    #[arg(long, value_name = "ON|OFF", env = "GRAPH_EXACTLY_ONCE", value_parser = parse_switch)]
    exactly_once: Option<bool>,
    /// Rate limit of requests that read, such as 30/sec. [default: none]
    ///
    /// Further requests wait. Units are sec, min and hour.
    #[arg(long, value_name = "RATE", env = "GRAPH_READ_RATE_LIMIT")]
    read_rate_limit: Option<RateLimit>,
    /// Rate limit of requests that write, such as 100/min. [default: none]
    #[arg(long, value_name = "RATE", env = "GRAPH_WRITE_RATE_LIMIT")]
    write_rate_limit: Option<RateLimit>,
    /// Proxy for requests to Microsoft. [default: HTTPS_PROXY]
    ///
    /// An example is http://proxy.example:3128. Put a password for it into HTTPS_PROXY or https_proxy, because other users can
    /// read a command line.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Hosts that bypass the proxy, separated by commas. [default: NO_PROXY]
    ///
    /// Names with their subdomains, addresses, networks such as 10.0.0.0/8, or *. Requests to this machine always bypass it.
    #[arg(long, value_name = "HOSTS")]
    no_proxy: Option<String>,
    /// File of CA certificates (PEM) to trust besides the system's.
    ///
    /// A proxy that inspects TLS needs its CA certificate here.
    #[arg(long, value_name = "FILE", env = "GRAPH_CA_FILE")]
    ca_file: Option<PathBuf>,
}

/// The format of the log.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Options {
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        Ok(Settings {
            cloud: self.cloud,
            endpoint: self.endpoint.clone(),
            api_version: self.api_version.clone(),
            credential: self.credential()?,
            deadline: Duration::from_secs(self.timeout),
            max_retries: self.max_retries,
            retry_delay: self.retry_delay,
            exactly_once: self.exactly_once,
            read_rate_limit: self.read_rate_limit.clone(),
            write_rate_limit: self.write_rate_limit.clone(),
            ..Settings::default()
        })
    }

    /// Returns the credential of a file or of the environment. The token is not an option, because every user of the machine
    /// can read a command line.
    fn credential(&self) -> anyhow::Result<Credential> {
        if let Some(file) = &self.access_token_file {
            let token =
                std::fs::read_to_string(file).with_context(|| format!("cannot read the access token from {}", file.display()))?;
            return Credential::bearer(&token).with_context(|| format!("in {}", file.display()));
        }
        match std::env::var("GRAPH_ACCESS_TOKEN") {
            Ok(token) if !token.is_empty() => Credential::bearer(&token).context("in GRAPH_ACCESS_TOKEN"),
            Ok(_) | Err(std::env::VarError::NotPresent) => Ok(Credential::none()),
            Err(std::env::VarError::NotUnicode(_)) => anyhow::bail!("GRAPH_ACCESS_TOKEN is not UTF-8"),
        }
    }

    /// Loads the component, from the artifact directory if it was compiled before.
    pub(crate) fn component_host(&self, limits: Limits) -> anyhow::Result<ComponentHost> {
        #[cfg(not(feature = "artifacts"))]
        let load = |file: &Path| ComponentHost::from_file(file, limits.clone());
        #[cfg(feature = "artifacts")]
        let load = |file: &Path| match self.artifacts.clone().or_else(default_artifact_directory) {
            Some(directory) => ComponentHost::from_file_or_artifact(file, limits.clone(), &Artifacts::in_directory(directory)),
            None => ComponentHost::from_file(file, limits.clone()),
        };
        let host = match &self.component {
            Some(file) => load(file),
            None => {
                load(&default_component()).context("no usable component: name one with --component or GRAPH_CONTACTS_COMPONENT")
            }
        };
        host?.with_egress(&self.egress_config()?)
    }

    fn egress_config(&self) -> anyhow::Result<EgressConfig> {
        let mut config = EgressConfig::default();
        let variable =
            |names: [&str; 2]| names.into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
        let bypass = self.no_proxy.clone().or_else(|| variable(["no_proxy", "NO_PROXY"]));
        if let Some(address) = self.proxy.clone().or_else(|| variable(["https_proxy", "HTTPS_PROXY"])) {
            config = config.with_proxy(&address, bypass.as_deref()).context("in --proxy or HTTPS_PROXY")?;
        }
        if let Some(file) = &self.ca_file {
            let pem = std::fs::read(file).with_context(|| format!("cannot read --ca-file {}", file.display()))?;
            config = config.with_ca_certificates(&pem).with_context(|| format!("in --ca-file {}", file.display()))?;
        }
        Ok(config)
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "expected a number of seconds".to_owned())
}

fn parse_switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("expected on or off".to_owned()),
    }
}
