//! `graph-contacts serve --config` as a separate process, whose log and audit log are kept.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use crate::command::program;
use crate::hosting::TempFolder;

/// A gateway process, which is killed when this is dropped.
pub struct ServeProcess {
    process: Child,
    // Stays open, so that the process can write to it.
    _output: BufReader<ChildStdout>,
    pub address: String,
    log: PathBuf,
    audit: PathBuf,
}

impl ServeProcess {
    /// Starts a gateway for the tenants of `configuration`. `all` sets the log level `trace`. The logs and the compiled component
    /// are in `folder`, where a later process finds them.
    pub fn start(folder: &TempFolder, component: &Path, configuration: &str, all: bool) -> ServeProcess {
        let file = folder.write("tenants.toml", configuration);
        let beside = |name: &str| file.with_file_name(name);
        let (log, audit) = (beside("log"), beside("audit"));
        let to_log = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = program();
        command.env("GRAPH_CONTACTS_COMPONENT", component).env("RUST_LOG", if all { "trace" } else { "warn" });
        command.arg("--artifacts").arg(beside("artifacts")).args(["serve", "--port", "0", "--audit-log"]).arg(&audit);
        let mut process = command.arg("--config").arg(&file).stdout(Stdio::piped()).stderr(to_log).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Listening on ");
        let Some(address) = address else { panic!("the gateway did not start: {}", std::fs::read_to_string(&log).unwrap()) };
        ServeProcess { process, _output: output, address: address.to_owned(), log, audit }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub fn audit(&self) -> String {
        std::fs::read_to_string(&self.audit).unwrap()
    }

    /// Returns the resident memory of the process in KiB, if the system reports it.
    pub fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// Sends a signal, such as `-TERM`.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.process.id().to_string()]).status().unwrap().success());
    }

    /// Waits for the end of the process and returns its status.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for ServeProcess {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
