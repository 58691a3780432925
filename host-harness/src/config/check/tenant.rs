//! Tenants and their limits.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use super::{Checker, Place, file};
use crate::cloud::Cloud;
use crate::endpoint::Endpoint;
use crate::operation::{Operation, Operations};
use crate::tenant::{TenantLimits, TenantSpec};
use graph_contacts::settings::is_directory_name;

const MIB: usize = 1 << 20;

impl Checker<'_> {
    pub(super) fn tenant(&mut self, tenant: file::Tenant, at: &Place, known: &HashSet<&str>) -> TenantSpec {
        let name = self.required(tenant.name, &at.key("name")).unwrap_or_default();
        let begins = name.bytes().next().is_none_or(|byte| byte.is_ascii_alphanumeric());
        let goes_on = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !begins || !goes_on || name.len() > 64 {
            let rule = "a tenant's name is up to 64 letters, digits, dots, hyphens and underscores, and begins with one of the first two";
            self.wrong(&at.key("name"), rule);
        }
        let cloud = tenant.cloud.and_then(|text| self.parsed::<Cloud>(&text, &at.key("cloud")));
        let cloud = cloud.unwrap_or(Cloud::Global);
        let endpoint = tenant.endpoint.and_then(|text| self.parsed::<Endpoint>(&text, &at.key("endpoint")));
        if tenant.api_version.as_deref().is_some_and(|version| !matches!(version, "v1.0" | "beta")) {
            self.wrong(&at.key("api-version"), "has to be v1.0 or beta");
        }
        let credential = self.required(tenant.credential, &at.key("credential"));
        TenantSpec {
            name,
            callers: self.names_of_callers(tenant.callers, &at.key("callers"), known),
            operations: self.operations(tenant.operations, &at.key("operations")),
            cloud,
            endpoint,
            api_version: tenant.api_version,
            max_retries: self.bounded(tenant.max_retries, 0, 10, &at.key("max-retries")),
            exactly_once: tenant.exactly_once,
            directory: self.directory(tenant.directory, &at.key("directory")),
            credential: credential.and_then(|credential| self.credential(credential, cloud, &at.key("credential"))),
            limits: self.limits(tenant.limits, &at.key("limits")),
        }
    }

    pub(super) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, text: &str, at: &Place) -> Option<T> {
        text.parse().map_err(|error: T::Err| self.wrong(at, error.to_string())).ok()
    }

    fn names_of_callers(&mut self, names: Option<Vec<String>>, at: &Place, known: &HashSet<&str>) -> BTreeSet<String> {
        let names = self.required(names, at).unwrap_or_default();
        for (number, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(name.as_str())) {
            self.wrong(&at.item(number), format!("there is no caller {name:?}: name one of [[callers]]"));
        }
        names.into_iter().collect()
    }

    fn directory(&mut self, names: Option<Vec<String>>, at: &Place) -> Vec<String> {
        let names = names.unwrap_or_default();
        for (number, name) in names.iter().enumerate().filter(|(_, name)| !is_directory_name(name)) {
            let problem = format!("{name:?} is neither the id of a directory nor one of its domains");
            self.wrong(&at.item(number), problem);
        }
        names
    }

    fn operations(&mut self, names: Option<Vec<String>>, at: &Place) -> Operations {
        let Some(names) = names else { return Operations::all() };
        let mut operation = |(number, name): (usize, &String)| {
            let operation = Operation::named(name);
            if operation.is_none() {
                let known = Operation::ALL.map(Operation::name).join(", ");
                self.wrong(&at.item(number), format!("there is no operation {name:?}: choose of {known}"));
            }
            operation
        };
        names.iter().enumerate().filter_map(&mut operation).collect()
    }

    fn limits(&mut self, limits: file::Limits, at: &Place) -> TenantLimits {
        let mib = |mib: u64| usize::try_from(mib).unwrap_or(usize::MAX).saturating_mul(MIB);
        let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        TenantLimits {
            memory: self.bounded(limits.memory_mib, 8, 128, &at.key("memory-mib")).map(mib),
            cpu_time: self.bounded(limits.cpu_seconds, 0.1, 60.0, &at.key("cpu-seconds")).map(Duration::from_secs_f64),
            deadline: self.bounded(limits.deadline_seconds, 1, 3600, &at.key("deadline-seconds")).map(Duration::from_secs),
            mailbox_requests: self.bounded(limits.mailbox_requests, 1, 32, &at.key("mailbox-requests")).map(count),
            calls: self.bounded(limits.calls, 1, 64, &at.key("calls")).map(count),
            response: self.bounded(limits.response_mib, 1, 64, &at.key("response-mib")).map(mib),
            requests: self.bounded(limits.requests, 1, 100_000, &at.key("requests")).map(count),
            answer: self.bounded(limits.answer_mib, 1, 1024, &at.key("answer-mib")).map(mib),
        }
    }
}
