//! `graph-contacts serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use graph_contacts_host::config::Config;
use graph_contacts_host::gateway::{self, AdminServer, Gateway};
use graph_contacts_host::{Credential, GatewayLogin, Limits, Secret, Settings};
use graph_emulator::{Emulator, Variation};
use protocol::azure_ad_graph::address::is_directory_name;
use uuid::Uuid;

use crate::demo::{self, DEMO_PASSWORD, DEMO_USERNAME, EmulatorConfig};
use crate::options::Options;
use crate::quickstart::render_quickstart;
use crate::serve_tenants::{self, ServeOptions};
use crate::shutdown::stop;
use crate::signals::StopSignals;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// Port to listen on; 0 selects a free one.
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// System name in the paths: /openidm/system/NAME/user.
    #[arg(long, value_name = "NAME", env = "GATEWAY_SYSTEM", default_value = "azuread")]
    system: String,
    /// Directory id and domains, separated by commas.
    ///
    /// Serves the paths of the Azure AD Graph API that begin with one of them. The emulator has contoso.example.
    #[arg(long, value_name = "NAMES", env = "GATEWAY_DIRECTORY", value_parser = parse_directory)]
    directory: Option<Directory>,
    /// Use an in-memory Microsoft Graph with one user.
    #[arg(long)]
    emulator: bool,
    /// Fault plan of the emulator (docs/emulator.md).
    #[arg(long, value_name = "FILE", requires = "emulator")]
    faults: Option<PathBuf>,
    /// Vary the responses of the emulator by this seed (docs/emulator.md).
    #[arg(long, value_name = "SEED", requires = "emulator")]
    vary: Option<Variation>,
    /// Serve the tenants of this file (docs/hosting.md).
    ///
    /// The file has their callers and credentials. It is reloaded on SIGHUP, and when it or a file that it names changes.
    #[arg(long, value_name = "FILE", conflicts_with = "emulator")]
    config: Option<PathBuf>,
    /// Audit log of --config, one line of JSON a call; - is standard output.
    #[arg(long, value_name = "FILE", requires = "config")]
    audit_log: Option<PathBuf>,
    /// Address of the status page of --config, such as 127.0.0.1:9090.
    ///
    /// Serves /, /status.json, /metrics, /healthz and /readyz without a login.
    #[arg(long, value_name = "ADDRESS:PORT", requires = "config")]
    admin_listen: Option<SocketAddr>,
    /// Host name of the status page, besides addresses and localhost. May be repeated.
    ///
    /// Other hosts are refused, so that no page in a browser can read it under a name of its own.
    #[arg(long, value_name = "NAME", requires = "admin_listen")]
    admin_host: Vec<String>,
    /// Time for running requests to complete at a stop, in seconds. [default: 10]
    ///
    /// A second signal ends them at once. The default is drain-seconds of --config if it is set.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=3600))]
    drain: Option<u64>,
}

impl Args {
    pub(crate) async fn run(self, options: &Options) -> anyhow::Result<ExitCode> {
        self.check_options_of_tenants()?;
        let listener = gateway::bind(SocketAddr::new(self.listen, self.port)).await?;
        let drain = self.drain.map(Duration::from_secs);
        if let Some(file) = &self.config {
            // Before the component is compiled, which takes longer than finding an error.
            Config::read(file)?;
            let admin = match self.admin_listen {
                Some(address) => Some(AdminServer::start(gateway::bind(address).await?)?),
                None => None,
            };
            if let Some(admin) = &admin {
                admin.set_hosts(self.admin_host.clone());
            }
            let audit_log = self.audit_log.as_deref().map(serve_tenants::open_audit_log).transpose()?;
            let host = options.component_host(Limits::default())?;
            serve_tenants::run(listener, file, host, ServeOptions { audit_log, admin, drain }).await?;
            return Ok(ExitCode::SUCCESS);
        }
        let (system, directory) = (Some(self.system.clone()), self.directory.clone().unwrap_or_default().0);
        let mut settings = Settings { system, directory, gateway: login()?, ..options.settings()? };
        let config = EmulatorConfig { faults: self.faults.as_deref(), cloud: settings.cloud, variation: self.vary };
        let emulator = if self.emulator { Some(emulate(&mut settings, config).await?) } else { None };
        let host = options.component_host(Limits::default())?;
        let mut signals = StopSignals::listen()?;
        let gateway = Gateway::start(listener, host, settings.clone())?;

        println!("Listening on http://{}", gateway.address());
        match &emulator {
            Some(emulator) => print!("{}", render_quickstart(gateway.address(), &self.system, &settings, &emulator.endpoint())),
            None => warn_of_missing_settings(&settings),
        }
        signals.wait().await?;
        stop(gateway, drain, signals).await?;
        if let Some(emulator) = emulator {
            emulator.stop().await;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Args {
    /// Checks that options of --config are not given with --emulator, where they would do nothing. clap waives a required option
    /// that conflicts with a given one.
    fn check_options_of_tenants(&self) -> anyhow::Result<()> {
        let given = [("--audit-log", self.audit_log.is_some()), ("--admin-listen", self.admin_listen.is_some())];
        match given.into_iter().find(|(_, is_given)| *is_given && self.config.is_none()) {
            None => Ok(()),
            Some((option, _)) => anyhow::bail!(
                "{option} works only with --config, whose callers and tenants it is about: run `graph-contacts emulator`, and serve \
                 a tenant whose endpoint is the emulator's (docs/hosting.md)"
            ),
        }
    }
}

/// The names of a directory.
#[derive(Clone, Default)]
struct Directory(Vec<String>);

fn parse_directory(text: &str) -> Result<Directory, String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    match names.iter().find(|name| !is_directory_name(name)) {
        None => Ok(Directory(names)),
        Some(name) => Err(format!("expected the id of a directory or one of its domains, found {name}")),
    }
}

/// Starts an emulator and points the settings to it, with a token of its own: a real token must not go there.
async fn emulate(settings: &mut Settings, config: EmulatorConfig<'_>) -> anyhow::Result<Emulator> {
    let token = Uuid::new_v4().to_string();
    let emulator = demo::start_emulator((Ipv4Addr::LOCALHOST, 0).into(), Some(token.clone()), config).await?;
    settings.endpoint = Some(emulator.endpoint().parse()?);
    settings.credential = Credential::bearer(&token)?;
    if settings.directory.is_empty() {
        settings.directory.push(demo::DIRECTORY.to_owned());
    }
    let demo_login = || GatewayLogin { username: DEMO_USERNAME.to_owned(), password: Secret::new(DEMO_PASSWORD) };
    settings.gateway.get_or_insert_with(demo_login);
    Ok(emulator)
}

fn login() -> anyhow::Result<Option<GatewayLogin>> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("GATEWAY_USERNAME"), variable("GATEWAY_PASSWORD")) {
        (Some(username), Some(password)) => Ok(Some(GatewayLogin { username, password: password.into() })),
        (None, None) => Ok(None),
        (Some(_), None) => anyhow::bail!("GATEWAY_USERNAME is set without GATEWAY_PASSWORD: set both"),
        (None, Some(_)) => anyhow::bail!("GATEWAY_PASSWORD is set without GATEWAY_USERNAME: set both"),
    }
}

fn warn_of_missing_settings(settings: &Settings) {
    if settings.gateway.is_none() {
        eprintln!("Nobody can log in to the gateway: set GATEWAY_USERNAME and GATEWAY_PASSWORD, or try --emulator.");
    }
    if settings.credential.is_none() {
        eprintln!("Requests to Microsoft Graph have no access token: set GRAPH_ACCESS_TOKEN or --access-token-file.");
    }
}
