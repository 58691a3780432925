//! Where in the text of a file its settings are.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The way to a setting: `tenants[0].limits.memory-mib`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Place(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Step {
    Key(String),
    Item(usize),
}

impl Place {
    pub(super) fn key(&self, name: &str) -> Self {
        self.with(Step::Key(name.to_owned()))
    }

    pub(super) fn item(&self, number: usize) -> Self {
        self.with(Step::Item(number))
    }

    fn with(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The place itself, and those that it is in.
    pub(super) fn around(&self) -> impl Iterator<Item = Self> {
        (0..=self.0.len()).rev().filter_map(|length| Some(Self(self.0.get(..length)?.to_vec())))
    }

    /// The line, from 1, of the setting, or of what it would be in.
    pub(super) fn line(&self, text: &str, root: &DeTable<'_>) -> usize {
        let mut offset = 0;
        let mut table = Some(root);
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        for step in &self.0 {
            let found = match step {
                Step::Key(name) => table.and_then(|table| table.get_key_value(name.as_str())).map(|(key, value)| {
                    offset = key.span().start;
                    value
                }),
                Step::Item(number) => value.and_then(|value| value.get_ref().as_array()?.get(*number)).inspect(|item| {
                    offset = item.span().start;
                }),
            };
            let Some(found) = found else { break };
            (value, table) = (Some(found), found.get_ref().as_table());
        }
        line(text, offset)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(name) if number == 0 => f.write_str(name)?,
                Step::Key(name) => write!(f, ".{name}")?,
                Step::Item(number) => write!(f, "[{number}]")?,
            }
        }
        Ok(())
    }
}

/// The line of a byte, from 1.
pub(super) fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Takes the entry that an error's span is about out of a table, and says which it was: the outermost whose key or value is
/// just there, else the innermost around it.
pub(super) fn take_out(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<Place> {
    let place = exact(table, span, &Place::default()).or_else(|| around(table, span, &Place::default()))?;
    remove(table, &place.0).then_some(place)
}

fn exact(table: &DeTable<'_>, span: &Range<usize>, here: &Place) -> Option<Place> {
    let is_it = table.iter().find(|(key, value)| key.span() == *span || value.span() == *span);
    let inside = || entries(table, here).find_map(|(place, value)| descend(value, span, &place, exact));
    is_it.map(|(key, _)| here.key(key.get_ref())).or_else(inside)
}

fn around(table: &DeTable<'_>, span: &Range<usize>, here: &Place) -> Option<Place> {
    entries(table, here).find_map(|(place, value)| {
        let covers = value.span().start <= span.start && span.end <= value.span().end;
        descend(value, span, &place, around).or_else(|| covers.then_some(place))
    })
}

fn entries<'a>(table: &'a DeTable<'_>, here: &Place) -> impl Iterator<Item = (Place, &'a Spanned<DeValue<'a>>)> {
    table.iter().map(|(key, value)| (here.key(key.get_ref()), value))
}

type Search = fn(&DeTable<'_>, &Range<usize>, &Place) -> Option<Place>;

fn descend(value: &Spanned<DeValue<'_>>, span: &Range<usize>, place: &Place, search: Search) -> Option<Place> {
    match value.get_ref() {
        DeValue::Table(table) => search(table, span, place),
        DeValue::Array(items) => {
            items.iter().enumerate().find_map(|(number, item)| descend(item, span, &place.item(number), search))
        }
        _ => None,
    }
}

fn remove(table: &mut DeTable<'_>, steps: &[Step]) -> bool {
    match steps {
        [Step::Key(name)] => table.remove(name.as_str()).is_some(),
        [Step::Key(name), rest @ ..] => table.get_mut(name.as_str()).is_some_and(|value| remove_in(value, rest)),
        _ => false,
    }
}

fn remove_in(value: &mut Spanned<DeValue<'_>>, steps: &[Step]) -> bool {
    match (value.get_mut(), steps) {
        (DeValue::Table(table), steps) => remove(table, steps),
        (DeValue::Array(items), [Step::Item(number), rest @ ..]) => {
            items.get_mut(*number).is_some_and(|item| remove_in(item, rest))
        }
        _ => false,
    }
}
