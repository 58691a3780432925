//! The connector without its sandbox: mapping, requests, operations and the REST frontend, over a scripted network.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod allowed_requests;
mod arbitrary;
mod azure_ad_graph;
mod azure_ad_graph_meaning;
mod azure_ad_graph_paths;
mod clouds;
mod command;
mod contact_callers;
mod contact_diff;
mod contact_input;
mod contact_round_trip;
mod contact_table;
mod contact_updates;
mod crest_credentials;
mod crest_model;
mod crest_steps;
mod distribution_lists;
mod documentation;
mod examples;
mod filter;
mod graph;
mod identities;
mod links;
mod openidm;
mod operation_table;
mod operations_authorized;
mod operations_batch;
mod operations_contacts;
mod operations_exactly_once;
mod operations_folders;
mod operations_org_contact;
mod operations_retry;
mod operations_search;
mod operations_user;
mod org_contacts;
mod paging;
mod script;
mod scripted_requests;
mod search_pages;
mod settings;
mod stored_contact;
mod user_mailboxes;
mod writes;
