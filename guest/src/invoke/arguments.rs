//! The arguments of an operation by name: a JSON object, checked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use connector::bounded_json;
use connector::contact::{Version, from_json};
use connector::error::{Error, Kind, Problems, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::selection::Selection;
use connector::operations::icf::object_class::ObjectClass;

/// The arguments of an operation.
pub(super) struct Arguments<'a> {
    operation: &'a str,
    members: Map<String, Value>,
}

impl<'a> Arguments<'a> {
    /// Reads the text of a JSON object.
    pub(super) fn read(operation: &'a str, arguments: &str) -> Result<Arguments<'a>> {
        let wrong = |problem: String| Error::new(Kind::InvalidAttributeValue, problem);
        match bounded_json::read(arguments.as_bytes()) {
            Ok(Value::Object(members)) => Ok(Arguments { operation, members }),
            Ok(_) => Err(wrong("the arguments are JSON, but not an object".to_owned())),
            Err(error) => Err(wrong(format!("the arguments are not JSON: {error}"))),
        }
    }
    pub(super) fn wrong(&self, name: &str, problem: &str) -> Error {
        Error::attribute(name, format!("{problem} (argument of {})", self.operation))
    }

    /// Checks that there are no others than those of these names.
    pub(super) fn only(&self, names: &[&str]) -> Result<()> {
        let others = self.members.keys().filter(|name| !names.contains(&name.as_str()));
        others.map(|name| self.wrong(name, "there is no such argument")).collect::<Problems>().result()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| self.wrong(name, "a string is wanted"))).transpose()
    }

    pub(super) fn text(&self, name: &str) -> Result<&str> {
        self.optional_text(name)?.ok_or_else(|| self.wrong(name, "it is missing"))
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>> {
        let wrong = || self.wrong(name, "an array of strings is wanted");
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(value) => value.as_array().ok_or_else(wrong)?.iter().map(|item| item.as_str().ok_or_else(wrong)).collect(),
        }
    }

    pub(super) fn owned_texts(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.texts(name)?.into_iter().map(str::to_owned).collect())
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<usize>> {
        let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
        self.get(name).map(|value| number(value).ok_or_else(|| self.wrong(name, "a whole number is wanted"))).transpose()
    }

    pub(super) fn truth(&self, name: &str) -> Result<bool> {
        self.get(name).map_or(Ok(false), |value| value.as_bool().ok_or_else(|| self.wrong(name, "true or false is wanted")))
    }

    /// The properties that `select` names.
    pub(super) fn selection(&self, version: Version) -> Result<Selection> {
        let named = self.texts("select")?.into_iter().map(|name| (name.to_owned(), Value::Null)).collect();
        Ok(Selection::of(&from_json::parse_input(&named, version, "select.")?, version))
    }

    pub(super) fn object(&self, name: &str) -> Result<&Map<String, Value>> {
        self.get(name).and_then(Value::as_object).ok_or_else(|| self.wrong(name, "an object is wanted"))
    }

    pub(super) fn container(&self) -> Result<Container> {
        Ok(Container { mailbox: Mailbox::named(self.text("mailbox")?), folders: self.owned_texts("folders")? })
    }

    /// The container of the objects of a class, which those outside of mailboxes have none of.
    pub(super) fn container_of(&self, class: ObjectClass) -> Result<Container> {
        if class.is_in_mailbox() { self.container() } else { Ok(Container::of(Mailbox::Me)) }
    }

    pub(super) fn mailbox(&self) -> Result<Mailbox> {
        Ok(Mailbox::named(self.text("mailbox")?))
    }

    /// The bytes that an argument has in base64.
    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        STANDARD.decode(self.text(name)?).map_err(|_| self.wrong(name, "base64 is wanted"))
    }
}
