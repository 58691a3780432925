//! Checks the tenants and their limits.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use protocol::azure_ad_graph::address::is_directory_name;
use protocol::cloud::Cloud;
use protocol::operation::Operation;

use super::checker::Checker;
use crate::http_client::endpoint::Endpoint;
use crate::tenants::config::file::{Limits, Tenant};
use crate::tenants::config::position::SettingPath;
use crate::tenants::operation_set::OperationSet;
use crate::tenants::tenant::{TenantLimits, TenantSpec};

const MIB: usize = 1 << 20;
/// What stands for every operation.
const ALL_OPERATIONS: &str = "all";

impl Checker<'_> {
    /// Checks a tenant; `callers` are the names of all callers.
    pub(super) fn check_tenant(&mut self, tenant: Tenant, path: &SettingPath, callers: &HashSet<&str>) -> TenantSpec {
        let name = self.require(tenant.name, &path.key("name")).unwrap_or_default();
        let starts_valid = name.bytes().next().is_none_or(|byte| byte.is_ascii_alphanumeric());
        let is_valid = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !starts_valid || !is_valid || name.len() > 64 {
            let rule = "expected up to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit";
            self.report(&path.key("name"), rule);
        }
        let cloud = tenant.cloud.and_then(|text| self.parse::<Cloud>(&text, &path.key("cloud")));
        let cloud = cloud.unwrap_or(Cloud::GLOBAL);
        if tenant.endpoint.is_none() && cloud.graph.is_none() {
            self.report(&path.key("endpoint"), format!("is missing: the cloud {cloud} publishes none"));
        }
        let endpoint = tenant.endpoint.and_then(|text| self.parse::<Endpoint>(&text, &path.key("endpoint")));
        if tenant.api_version.as_deref().is_some_and(|version| !matches!(version, "v1.0" | "beta")) {
            self.report(&path.key("api-version"), "expected v1.0 or beta");
        }
        let credential = self.require(tenant.credential, &path.key("credential"));
        TenantSpec {
            name,
            callers: self.check_caller_names(tenant.callers, &path.key("callers"), callers),
            operations: self.check_operations(tenant.operations, &path.key("operations")),
            cloud,
            endpoint,
            api_version: tenant.api_version,
            max_retries: self.check_range(tenant.max_retries, 0, 10, &path.key("max-retries")),
            exactly_once: tenant.exactly_once,
            directory: self.check_directory(tenant.directory, &path.key("directory")),
            credential: credential.and_then(|credential| self.check_credential(credential, cloud, &path.key("credential"))),
            limits: self.check_limits(tenant.limits, &path.key("limits")),
        }
    }

    fn check_caller_names(
        &mut self,
        names: Option<Vec<String>>,
        path: &SettingPath,
        callers: &HashSet<&str>,
    ) -> BTreeSet<String> {
        let names = self.require(names, path).unwrap_or_default();
        for (index, _) in names.iter().enumerate().filter(|(_, name)| !callers.contains(name.as_str())) {
            self.report(&path.item(index), "there is no such caller: give the name of one of [[callers]]");
        }
        names.into_iter().collect()
    }

    fn check_directory(&mut self, names: Option<Vec<String>>, path: &SettingPath) -> Vec<String> {
        let names = names.unwrap_or_default();
        for (index, _) in names.iter().enumerate().filter(|(_, name)| !is_directory_name(name)) {
            self.report(&path.item(index), "expected the id of a directory or one of its domains");
        }
        names
    }

    fn check_operations(&mut self, names: Option<Vec<String>>, path: &SettingPath) -> OperationSet {
        // A file that has lost its end must not allow more than before.
        let Some(names) = names else { return OperationSet::read_only() };
        if names.as_slice() == [ALL_OPERATIONS] {
            return OperationSet::all();
        }
        let mut operation = |(index, name): (usize, &String)| {
            let operation = Operation::from_name(name);
            if operation.is_none() {
                let known = Operation::ALL.map(Operation::name).join(", ");
                self.report(&path.item(index), format!("there is no such operation: choose from {known}, or \"all\" by itself"));
            }
            operation
        };
        names.iter().enumerate().filter_map(&mut operation).collect()
    }

    fn check_limits(&mut self, limits: Limits, path: &SettingPath) -> TenantLimits {
        let mib = |mib: u64| usize::try_from(mib).unwrap_or(usize::MAX).saturating_mul(MIB);
        let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        TenantLimits {
            memory: self.check_range(limits.memory_mib, 8, 128, &path.key("memory-mib")).map(mib),
            cpu_time: self.check_range(limits.cpu_seconds, 0.1, 60.0, &path.key("cpu-seconds")).map(Duration::from_secs_f64),
            deadline: self.check_range(limits.deadline_seconds, 1, 3600, &path.key("deadline-seconds")).map(Duration::from_secs),
            mailbox_requests: self.check_range(limits.mailbox_requests, 1, 32, &path.key("mailbox-requests")).map(count),
            calls: self.check_range(limits.calls, 1, 64, &path.key("calls")).map(count),
            response: self.check_range(limits.response_mib, 1, 64, &path.key("response-mib")).map(mib),
            requests: self.check_range(limits.requests, 1, 100_000, &path.key("requests")).map(count),
            gateway_response: self.check_range(limits.answer_mib, 1, 1024, &path.key("answer-mib")).map(mib),
        }
    }
}
