//! `graph-contacts config`: what helps with the configuration of `serve --config`.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use graph_contacts_host::config::{self, Config};
use graph_contacts_host::{hash_password, new_token};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Says everything that is wrong with a configuration, each mistake with its line, or that nothing is.
    ///
    /// The files and variables that it names are read, so this is to be run where the gateway runs.
    Check {
        /// The configuration.
        file: PathBuf,
    },
    /// Prints the JSON schema of the configuration.
    Schema,
    /// Reads a password from standard input, and prints its hash for `password-hash`.
    HashPassword,
    /// Prints a new bearer token, and its hash for `token-hash`.
    NewToken,
}

impl Command {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check { file } => {
                let config = Config::read(&file)?;
                let tenants: Vec<&str> = config.tenants().collect();
                println!("{}: nothing is wrong; tenants: {}", file.display(), tenants.join(", "));
            }
            Self::Schema => print!("{}", config::schema()),
            Self::HashPassword => {
                let mut password = String::new();
                std::io::stdin().read_to_string(&mut password).context("cannot read the password from standard input")?;
                // A shell's echo ends the line.
                let password = password.strip_suffix('\n').map_or(password.as_str(), |line| line.trim_end_matches('\r'));
                println!("{}", hash_password(password)?);
            }
            Self::NewToken => {
                let (token, hash) = new_token()?;
                println!("token: {token}\ntoken-hash = \"{hash}\"");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
