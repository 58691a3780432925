//! The positions of settings in the text of a file.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The path of a setting, such as `tenants[0].limits.memory-mib`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct SettingPath(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Step {
    Key(String),
    Item(usize),
}

impl SettingPath {
    pub(super) fn key(&self, name: &str) -> Self {
        self.with(Step::Key(name.to_owned()))
    }

    pub(super) fn item(&self, index: usize) -> Self {
        self.with(Step::Item(index))
    }

    fn with(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// Returns the path itself, and those of the tables and arrays around it.
    pub(super) fn ancestors(&self) -> impl Iterator<Item = Self> {
        (0..=self.0.len()).rev().filter_map(|length| Some(Self(self.0.get(..length)?.to_vec())))
    }

    /// Returns the line, from 1, of the setting, or of what would contain it.
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
        line_of(text, offset)
    }
}

impl fmt::Display for SettingPath {
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

/// Returns the line of a byte, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Removes the entry at an error's span from a table, and returns its path: the outermost entry whose key or value has this span,
/// else the innermost entry around it.
pub(super) fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<SettingPath> {
    let root = SettingPath::default();
    let path = find_exact(table, span, &root).or_else(|| find_around(table, span, &root))?;
    remove_from_table(table, &path.0).then_some(path)
}

fn find_exact(table: &DeTable<'_>, span: &Range<usize>, parent: &SettingPath) -> Option<SettingPath> {
    let matching = table.iter().find(|(key, value)| key.span() == *span || value.span() == *span);
    let inside = || entries(table, parent).find_map(|(path, value)| descend(value, span, &path, find_exact));
    matching.map(|(key, _)| parent.key(key.get_ref())).or_else(inside)
}

fn find_around(table: &DeTable<'_>, span: &Range<usize>, parent: &SettingPath) -> Option<SettingPath> {
    entries(table, parent).find_map(|(path, value)| {
        let covers = value.span().start <= span.start && span.end <= value.span().end;
        descend(value, span, &path, find_around).or_else(|| covers.then_some(path))
    })
}

fn entries<'a>(table: &'a DeTable<'_>, parent: &SettingPath) -> impl Iterator<Item = (SettingPath, &'a Spanned<DeValue<'a>>)> {
    table.iter().map(|(key, value)| (parent.key(key.get_ref()), value))
}

type Search = fn(&DeTable<'_>, &Range<usize>, &SettingPath) -> Option<SettingPath>;

fn descend(value: &Spanned<DeValue<'_>>, span: &Range<usize>, path: &SettingPath, search: Search) -> Option<SettingPath> {
    match value.get_ref() {
        DeValue::Table(table) => search(table, span, path),
        DeValue::Array(items) => {
            items.iter().enumerate().find_map(|(number, item)| descend(item, span, &path.item(number), search))
        }
        _ => None,
    }
}

fn remove_from_table(table: &mut DeTable<'_>, steps: &[Step]) -> bool {
    match steps {
        [Step::Key(name)] => table.remove(name.as_str()).is_some(),
        [Step::Key(name), rest @ ..] => table.get_mut(name.as_str()).is_some_and(|value| remove_from_value(value, rest)),
        _ => false,
    }
}

fn remove_from_value(value: &mut Spanned<DeValue<'_>>, steps: &[Step]) -> bool {
    match (value.get_mut(), steps) {
        (DeValue::Table(table), steps) => remove_from_table(table, steps),
        (DeValue::Array(items), [Step::Item(number), rest @ ..]) => {
            items.get_mut(*number).is_some_and(|item| remove_from_value(item, rest))
        }
        _ => false,
    }
}
