//! What an operation is: one declaration, from which the JSON interface, the dry run and the command line derive.

use serde_json::Value;

use crate::invoke::argument::Argument;
use crate::invoke::arguments::Arguments;
use connector::error::Result;
use connector::graph::request::GraphRequest;
use connector::operations::connector::Connector;

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Its name: `contacts.list`. On the command line, its parts are words: `contacts list`.
    pub name: &'static str,
    /// What it does, in one imperative line.
    pub help: &'static str,
    /// Its arguments; the command line takes those that are words in this order.
    pub arguments: &'static [Argument],
    /// Its result, as `wit/json.wit` describes it.
    pub result: &'static str,
    /// Whether the command line has it.
    pub is_command: bool,
    /// Runs it.
    pub run: fn(&Connector<'_>, &Arguments) -> Result<Value>,
    /// Returns the requests that it would send, in their order; for a list, the first page. Writes nothing, and reads what is
    /// stored only where that decides what would be written.
    pub requests: fn(&Connector<'_>, &Arguments) -> Result<Vec<GraphRequest>>,
}

/// Returns the requests of an operation that sends one.
pub fn one(request: Result<GraphRequest>) -> Result<Vec<GraphRequest>> {
    request.map(|request| vec![request])
}

/// Returns the result of an operation that only succeeds.
pub fn to_empty_object((): ()) -> Value {
    Value::Object(serde_json::Map::new())
}
