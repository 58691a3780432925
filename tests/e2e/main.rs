//! End to end: the component's file as `make` built it, in the real host, over real HTTP, against the emulator.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod around_contacts;
mod bad_input;
mod bench;
mod calls;
mod clouds;
mod command;
mod component;
mod compression;
mod contact_class;
mod contact_extras;
mod contact_folders;
mod contact_search;
mod contact_sync;
mod crest_patches;
mod crest_queries;
mod crest_requests;
mod documented_commands;
mod exactly_once;
mod failures;
mod hostile;
mod hostile_outbound;
mod hosting;
mod hosting_audit;
mod hosting_command;
mod hosting_metrics;
mod icf_contract;
mod icf_crud;
mod interleaved;
mod isolation;
mod live_sync;
mod long_answers;
mod openidm_callers;
mod openidm_failures;
mod openidm_sync;
mod peers;
mod proxy;
mod rate_limits;
mod served;
mod several_contacts;
mod soak;
mod status_page;
mod time;
mod typed_interfaces;
mod user_search;
