//! The command line: the operations of the table that are commands, such as `contacts list`.

use std::io::{BufWriter, Read, Write};

use lexopt::Arg;
use lexopt::prelude::{Long, Short, Value as Positional};
use serde_json::{Map, Value};

use crate::invoke::argument::{Argument, ArgumentType, Syntax};
use crate::invoke::arguments::parse_object;
use crate::invoke::operation::Operation;
use crate::invoke::table::operations;
use connector::bounded_json;
use connector::error::{Error, ErrorKind, Result};

/// The request of a command line.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// To print the help, [`format_usage`].
    Help,
    /// To run the operation of that name, with these arguments.
    Invoke(&'static str, Value),
    /// To print the requests that the operation would send.
    DryRun(&'static str, Value),
}

/// Parses a command line without the program's name. Reads `stdin` where a word is `-` and an object is expected.
pub fn parse(arguments: impl IntoIterator<Item = String>, stdin: impl Read) -> Result<Command> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let (mut words, mut options, mut dry_run) = (Vec::new(), Vec::new(), false);
    while let Some(argument) = parser.next().map_err(usage_error)? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("dry-run") => dry_run = true,
            Long(name) => match find_option(name) {
                Some((option, true)) => options.push((option, to_text(parser.value())?)),
                Some((option, false)) => options.push((option, String::new())),
                None => return Err(usage_error(Arg::Long(name).unexpected())),
            },
            Positional(word) => words.push(to_text(Ok(word))?),
            other => return Err(usage_error(other.unexpected())),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if matches!(words.as_slice(), [] | ["help"]) {
        return Ok(Command::Help);
    }
    let (operation, words) = find_command(&words)?;
    let values = Value::Object(parse_values(operation, words, &options, stdin)?);
    Ok(if dry_run { Command::DryRun(operation.name, values) } else { Command::Invoke(operation.name, values) })
}

/// Returns the operations that are commands.
fn commands() -> impl Iterator<Item = &'static Operation> {
    operations().filter(|operation| operation.is_command)
}

/// Returns the words of an operation's command: `contacts list`.
fn to_words(operation: &Operation) -> String {
    operation.name.replace('.', " ")
}

/// Returns the option of that name of any command, and whether it takes a value.
fn find_option(name: &str) -> Option<(&'static str, bool)> {
    let arguments = commands().flat_map(|operation| operation.arguments);
    let mut options = arguments.filter_map(|argument| Some((argument.option()?, !matches!(argument.syntax, Syntax::Switch(_)))));
    options.find(|(option, _)| *option == name)
}

/// Returns the operation that the first words name, and the words after them.
fn find_command<'w>(words: &'w [&'w str]) -> Result<(&'static Operation, &'w [&'w str])> {
    let found = commands().find_map(|operation| {
        let count = operation.name.split('.').count();
        let (name, rest) = words.split_at_checked(count)?;
        operation.name.split('.').eq(name.iter().copied()).then_some((operation, rest))
    });
    found.ok_or_else(|| usage_error(format!("there is no command {}", words.join(" "))))
}

/// Returns the arguments of an operation, from the words after its name and the options.
fn parse_values(
    operation: &'static Operation,
    words: &[&str],
    options: &[(&'static str, String)],
    mut stdin: impl Read,
) -> Result<Map<String, Value>> {
    let has = |operation: &Operation, option: &str| operation.arguments.iter().any(|argument| argument.option() == Some(option));
    if let Some((option, _)) = options.iter().find(|(option, _)| !has(operation, option)) {
        let others: Vec<String> = commands().filter(|operation| has(operation, option)).map(to_words).collect();
        let problem = format!("{} has no option --{option}; these have: {}", to_words(operation), others.join(", "));
        return Err(usage_error(problem));
    }
    let mut words = words.iter();
    let mut values = Map::new();
    for argument in operation.arguments {
        let given =
            |name: &'static str| options.iter().filter(move |(option, _)| *option == name).map(|(_, value)| value.as_str());
        let value = match argument.syntax {
            Syntax::None => continue,
            Syntax::Word(placeholder) => {
                let missing = || usage_error(format!("{}: {placeholder} is missing", to_words(operation)));
                let word = words.next().ok_or_else(missing)?;
                match argument.value_type {
                    ArgumentType::Object => parse_json_word(placeholder, word, false, &mut stdin)?,
                    ArgumentType::Objects => parse_json_word(placeholder, word, true, &mut stdin)?,
                    _ => (*word).into(),
                }
            }
            Syntax::Option { name, default, .. } => given(name).next_back().unwrap_or(default).into(),
            Syntax::Repeated(name, _) => given(name).collect(),
            Syntax::List(name, _) => match given(name).next_back() {
                Some(list) => list.split(',').map(str::trim).collect(),
                None => continue,
            },
            Syntax::Switch(name) => match given(name).next() {
                Some(_) => true.into(),
                None => continue,
            },
        };
        values.insert(argument.name.to_owned(), value);
    }
    match words.next() {
        None => Ok(values),
        Some(word) => Err(usage_error(format!("{}: {word} is one word too many", to_words(operation)))),
    }
}

/// Returns the help.
pub fn format_usage() -> String {
    let mut usage = "Contacts in Microsoft 365 mailboxes, through Microsoft Graph.\n\nUsage:\n".to_owned();
    let mut lines: Vec<(String, &str)> = commands().map(|operation| (format_synopsis(operation), operation.help)).collect();
    lines.push(("help".to_owned(), "Show this page"));
    push_aligned(&mut usage, &lines);
    usage.push_str("\nWords and options:\n");
    let mut lines: Vec<(String, &str)> = Vec::new();
    for argument in commands().flat_map(|operation| operation.arguments) {
        let line = (format_argument(argument), argument.help);
        if !line.0.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.push(("--dry-run".to_owned(), "print the requests as curl commands, and write nothing"));
    push_aligned(&mut usage, &lines);
    usage.push_str(NOTES);
    usage
}

/// What the table does not say.
const NOTES: &str = "
Without --user, the mailbox is me. Give --folder once for each nested folder. Separate NAMES with commas. CONTACT, LIST and
MEMBERS are JSON, or - to read it from standard input. With --dry-run, `contacts update` still reads the contact: what is stored
decides what would be sent.

Environment: GRAPH_CLOUD, GRAPH_ENDPOINT, GRAPH_API_VERSION, GRAPH_TIMEOUT_SECONDS, and GRAPH_ACCESS_TOKEN, or GRAPH_TENANT_ID,
GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET, where the host adds no credential.
";

/// Returns the words and options of a command: `contacts get [--user USER] ID`.
fn format_synopsis(operation: &Operation) -> String {
    let (words, options): (Vec<&Argument>, Vec<&Argument>) = operation
        .arguments
        .iter()
        .filter(|argument| argument.syntax != Syntax::None)
        .partition(|argument| argument.option().is_none());
    let mut synopsis = to_words(operation);
    for option in options {
        let several = if matches!(option.syntax, Syntax::Repeated(..)) { "..." } else { "" };
        synopsis.push_str(&format!(" [{}]{several}", format_argument(option)));
    }
    for word in words {
        synopsis.push(' ');
        synopsis.push_str(&format_argument(word));
    }
    synopsis
}

/// Returns how an argument is written: `--user USER`; nothing if the command line does not take it.
fn format_argument(argument: &Argument) -> String {
    match argument.syntax {
        Syntax::None => String::new(),
        Syntax::Word(placeholder) => placeholder.to_owned(),
        Syntax::Option { name, placeholder, .. } | Syntax::Repeated(name, placeholder) | Syntax::List(name, placeholder) => {
            format!("--{name} {placeholder}")
        }
        Syntax::Switch(name) => format!("--{name}"),
    }
}

/// Adds lines in two columns.
fn push_aligned(page: &mut String, lines: &[(String, &str)]) {
    let width = lines.iter().map(|(left, _)| left.len()).max().unwrap_or_default();
    for (left, right) in lines {
        page.push_str(&format!("  {left:width$}  {right}\n"));
    }
}

/// Prints the elements of a list as they are read, each indented: what [`print`] prints of the whole list. After an error the
/// list has no end, so that nobody takes a part for the whole.
pub struct ListPrinter<W: Write> {
    out: BufWriter<W>,
    count: usize,
}

impl<W: Write> ListPrinter<W> {
    /// Creates a printer to `out`.
    pub fn new(out: W) -> ListPrinter<W> {
        ListPrinter { out: BufWriter::new(out), count: 0 }
    }

    /// Prints an element.
    pub fn print(&mut self, element: &Value) -> Result<()> {
        let start = if self.count == 0 { "[\n  " } else { ",\n  " };
        self.count += 1;
        let text = format!("{element:#}").replace('\n', "\n  ");
        self.out.write_all(start.as_bytes()).and_then(|()| self.out.write_all(text.as_bytes())).map_err(build_print_error)
    }

    /// Prints the end of the list.
    pub fn end(mut self) -> Result<()> {
        let end: &[u8] = if self.count == 0 { b"[]\n" } else { b"\n]\n" };
        self.out.write_all(end).and_then(|()| self.out.flush()).map_err(build_print_error)
    }
}

fn build_print_error(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("the result could not be printed: {error}"))
}

/// Prints a result, whole.
pub fn print(text: &str, mut out: impl Write) -> Result<()> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(build_print_error)
}

fn usage_error(problem: impl ToString) -> Error {
    Error::new(ErrorKind::InvalidAttributeValue, format!("{}; `help` shows the commands", problem.to_string()))
}

fn to_text(value: std::result::Result<std::ffi::OsString, lexopt::Error>) -> Result<String> {
    value.map_err(usage_error)?.into_string().map_err(|_| usage_error("an argument is not UTF-8"))
}

/// Parses the object that a word is, or that standard input has; with `is_list`, also an array.
fn parse_json_word(placeholder: &str, word: &str, is_list: bool, mut stdin: impl Read) -> Result<Value> {
    let mut text = word.to_owned();
    if word == "-" {
        text.clear();
        let read = stdin.read_to_string(&mut text);
        read.map_err(|error| Error::new(ErrorKind::InvalidAttributeValue, format!("standard input could not be read: {error}")))?;
    }
    match bounded_json::parse(text.as_bytes()) {
        Ok(array @ Value::Array(_)) if is_list => Ok(array),
        _ => parse_object(placeholder, &text).map(Value::Object).map_err(|error| usage_error(error.message)),
    }
}
