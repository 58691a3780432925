//! `$filter` on users: the conditions that the directory understands, and which of them only advanced queries may have.
//!
//! Operators by property: the page of the type (<https://learn.microsoft.com/graph/api/resources/user>). Which of them work by
//! default: <https://learn.microsoft.com/graph/aad-advanced-queries>. That upper and lower case are one to the directory is
//! unverified for properties other than userPrincipalName.

use super::error::{GraphError, Outcome};
use super::filter::{self, Token};
use super::user::{self, User};

/// When the directory takes an operator for a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Always,
    /// With `ConsistencyLevel: eventual` and `$count=true`.
    Advanced,
    Never,
}

use Taken::{Advanced, Always, Never};

/// A property that can be filtered by.
#[derive(Debug)]
struct Property {
    name: &'static str,
    /// `eq` and `in`; `ne` as well, in advanced queries.
    equal: Taken,
    /// `ge` and `le`: the page of the type has them, the table of advanced queries no longer does. Taken as `eq` is.
    order: Taken,
    starts: Taken,
    ends: Taken,
    /// `eq null`
    null: Taken,
}

const fn row(name: &'static str, equal: Taken, order: Taken, starts: Taken, ends: Taken, null: Taken) -> Property {
    Property { name, equal, order, starts, ends, null }
}

#[rustfmt::skip]
static PROPERTIES: &[Property] = &[
    row("accountEnabled",        Always,   Never,    Never,    Never,    Never),
    row("city",                  Always,   Always,   Always,   Never,    Advanced),
    row("companyName",           Advanced, Advanced, Advanced, Never,    Advanced),
    row("country",               Always,   Always,   Always,   Never,    Advanced),
    row("department",            Always,   Always,   Always,   Never,    Advanced),
    row("displayName",           Always,   Always,   Always,   Never,    Advanced),
    row("employeeId",            Always,   Always,   Never,    Never,    Advanced),
    row("employeeType",          Advanced, Advanced, Never,    Never,    Never),
    row("givenName",             Always,   Always,   Always,   Never,    Advanced),
    row("id",                    Always,   Never,    Never,    Never,    Never),
    row("jobTitle",              Always,   Always,   Always,   Never,    Advanced),
    row("mail",                  Always,   Always,   Always,   Advanced, Advanced),
    row("mailNickname",          Always,   Always,   Always,   Never,    Advanced),
    row("mobilePhone",           Advanced, Advanced, Advanced, Never,    Advanced),
    row("officeLocation",        Advanced, Advanced, Advanced, Never,    Advanced),
    row("onPremisesImmutableId", Always,   Always,   Never,    Never,    Never),
    row("postalCode",            Advanced, Advanced, Advanced, Never,    Advanced),
    row("preferredLanguage",     Advanced, Advanced, Advanced, Never,    Advanced),
    row("state",                 Always,   Always,   Always,   Never,    Advanced),
    row("streetAddress",         Advanced, Advanced, Advanced, Never,    Advanced),
    row("surname",               Always,   Always,   Always,   Never,    Advanced),
    row("usageLocation",         Always,   Always,   Always,   Never,    Advanced),
    row("userPrincipalName",     Always,   Always,   Always,   Advanced, Never),
    row("userType",              Always,   Never,    Never,    Never,    Advanced),
];

/// Nesting of a condition; OData.NET has a limit of this kind, whose number for users is not documented.
const DEEPEST: usize = 50;

/// A condition on a user.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// The property has one of these values.
    Is(&'static str, Vec<Literal>),
    AtLeast(&'static str, String),
    AtMost(&'static str, String),
    StartsWith(&'static str, String),
    EndsWith(&'static str, String),
    /// One of the business phones is this, or begins with it.
    Phone(String),
    PhoneStartsWith(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Boolean(bool),
    Null,
}

impl Condition {
    /// Reads an expression; `advanced` says that the query has what advanced queries have to have.
    pub(super) fn parse(expression: &str, advanced: bool) -> Outcome<Self> {
        let tokens = filter::tokens(expression)?;
        let mut reader = Reader { rest: &tokens, advanced, depth: 0 };
        let condition = reader.any()?;
        if reader.rest.is_empty() { Ok(condition) } else { Err(invalid()) }
    }

    pub(super) fn holds(&self, user: &User) -> bool {
        let text = |name: &str, test: &dyn Fn(&str) -> bool| user.property(name).as_str().is_some_and(test);
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.holds(user)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.holds(user)),
            Self::Not(condition) => !condition.holds(user),
            Self::Is(name, values) => values.iter().any(|value| match value {
                Literal::Text(value) => text(name, &|text| filter::same(text, value)),
                Literal::Boolean(value) => user.property(name).as_bool() == Some(*value),
                Literal::Null => user.property(name).is_null(),
            }),
            Self::AtLeast(name, value) => text(name, &|text| text.to_lowercase() >= value.to_lowercase()),
            Self::AtMost(name, value) => text(name, &|text| text.to_lowercase() <= value.to_lowercase()),
            Self::StartsWith(name, value) => text(name, &|text| filter::begins(text, value)),
            Self::EndsWith(name, value) => text(name, &|text| text.to_lowercase().ends_with(&value.to_lowercase())),
            Self::Phone(value) => user.business_phones.iter().any(|phone| filter::same(phone, value)),
            Self::PhoneStartsWith(value) => user.business_phones.iter().any(|phone| filter::begins(phone, value)),
        }
    }
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a [Token],
    advanced: bool,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Outcome<Condition> {
        let mut conditions = vec![self.all()?];
        while self.take_word("or") {
            conditions.push(self.all()?);
        }
        Ok(if conditions.len() == 1 { conditions.remove(0) } else { Condition::Any(conditions) })
    }

    fn all(&mut self) -> Outcome<Condition> {
        let mut conditions = vec![self.one()?];
        while self.take_word("and") {
            conditions.push(self.one()?);
        }
        Ok(if conditions.len() == 1 { conditions.remove(0) } else { Condition::All(conditions) })
    }

    fn one(&mut self) -> Outcome<Condition> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(invalid());
        }
        let condition = match self.rest {
            [Token::Word(not), ..] if not.eq_ignore_ascii_case("not") => {
                self.skip(1);
                if !self.advanced {
                    return Err(GraphError::needs_advanced("not"));
                }
                Condition::Not(Box::new(self.one()?))
            }
            [Token::Mark('('), ..] => {
                self.skip(1);
                let condition = self.any()?;
                self.mark(')')?;
                condition
            }
            [Token::Word(function), Token::Mark('('), ..] => self.function(function)?,
            [Token::Word(phones), Token::Mark('/'), ..] if phones == "businessPhones" => self.phones()?,
            [Token::Word(name), Token::Word(operator), ..] => self.comparison(name, operator)?,
            [Token::Word(name), Token::Mark('/'), ..] => {
                user::declared("Invalid filter clause", name)?;
                return Err(GraphError::unsupported_clause(name));
            }
            _ => return Err(invalid()),
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn function(&mut self, function: &str) -> Outcome<Condition> {
        let Some((
            [Token::Word(_), Token::Mark('('), Token::Word(name), Token::Mark(','), Token::Text(value), Token::Mark(')')],
            rest,
        )) = self.rest.split_first_chunk()
        else {
            return Err(invalid());
        };
        let property = property(name)?;
        let condition = if function.eq_ignore_ascii_case("startswith") {
            self.check(property, property.starts)?;
            Condition::StartsWith(property.name, value.clone())
        } else if function.eq_ignore_ascii_case("endswith") {
            if !self.advanced {
                return Err(GraphError::needs_advanced("endsWith"));
            }
            self.check(property, property.ends)?;
            Condition::EndsWith(property.name, value.clone())
        } else {
            // microsoft-graph-docs#562 for contains, on contacts; that users answer this is unverified.
            return Err(GraphError::unsupported_query("Unsupported Query."));
        };
        self.rest = rest;
        Ok(condition)
    }

    /// `businessPhones/any(p:p eq '...')`, or with startsWith.
    fn phones(&mut self) -> Outcome<Condition> {
        use Token::{Mark, Text, Word};
        let any = |word: &str| word.eq_ignore_ascii_case("any");
        let (condition, length) = match self.rest {
            [
                Word(_),
                Mark('/'),
                Word(lambda),
                Mark('('),
                Word(range),
                Mark(':'),
                Word(one),
                Word(eq),
                Text(value),
                Mark(')'),
                ..,
            ] if any(lambda) && range == one && eq == "eq" => (Condition::Phone(value.clone()), 10),
            [
                Word(_),
                Mark('/'),
                Word(lambda),
                Mark('('),
                Word(range),
                Mark(':'),
                Word(starts),
                Mark('('),
                Word(one),
                Mark(','),
                Text(value),
                Mark(')'),
                Mark(')'),
                ..,
            ] if any(lambda) && range == one && starts.eq_ignore_ascii_case("startswith") => {
                (Condition::PhoneStartsWith(value.clone()), 13)
            }
            _ => return Err(GraphError::unsupported_clause("businessPhones")),
        };
        self.skip(length);
        Ok(condition)
    }

    fn comparison(&mut self, name: &str, operator: &str) -> Outcome<Condition> {
        self.skip(2);
        let property = property(name)?;
        match operator {
            "eq" | "ne" => {
                let value = self.literal(property)?;
                // Whether null is taken is a matter of its own; ne is what needs an advanced query, whatever it compares with.
                if operator == "ne" && !self.advanced {
                    return Err(GraphError::unsupported_query("Filter operator 'NotEqualsMatch' is not supported."));
                }
                self.check(property, if value == Literal::Null { property.null } else { property.equal })?;
                let is = Condition::Is(property.name, vec![value]);
                Ok(if operator == "ne" { Condition::Not(Box::new(is)) } else { is })
            }
            "in" => {
                self.mark('(')?;
                let mut values = vec![self.literal(property)?];
                while matches!(self.rest, [Token::Mark(','), ..]) {
                    self.skip(1);
                    values.push(self.literal(property)?);
                }
                self.mark(')')?;
                self.check(property, property.equal)?;
                Ok(Condition::Is(property.name, values))
            }
            "ge" | "le" => {
                let Literal::Text(value) = self.literal(property)? else { return Err(invalid()) };
                self.check(property, property.order)?;
                let condition = if operator == "ge" { Condition::AtLeast } else { Condition::AtMost };
                Ok(condition(property.name, value))
            }
            // OData's other operators, which the directory does not have. The text is unverified for them.
            "gt" | "lt" | "has" => Err(GraphError::unsupported_clause(name)),
            _ => Err(invalid()),
        }
    }

    /// A value of the property's type, or null: `accountEnabled eq 'true'` is an invalid clause (microsoft-graph-docs#3044).
    fn literal(&mut self, property: &Property) -> Outcome<Literal> {
        let boolean = property.name == "accountEnabled";
        let literal = match self.rest.first() {
            Some(Token::Text(text)) if !boolean => Literal::Text(text.clone()),
            Some(Token::Word(word)) if word == "null" => Literal::Null,
            Some(Token::Word(word)) if boolean && matches!(word.as_str(), "true" | "false") => Literal::Boolean(word == "true"),
            _ => return Err(invalid()),
        };
        self.skip(1);
        Ok(literal)
    }

    fn check(&self, property: &Property, taken: Taken) -> Outcome<()> {
        match taken {
            Always => Ok(()),
            Advanced if self.advanced => Ok(()),
            Advanced | Never => Err(GraphError::unsupported_clause(property.name)),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let there = matches!(self.rest, [Token::Word(next), ..] if next.eq_ignore_ascii_case(word));
        if there {
            self.skip(1);
        }
        there
    }

    fn mark(&mut self, mark: char) -> Outcome<()> {
        match self.rest {
            [Token::Mark(next), ..] if *next == mark => {
                self.skip(1);
                Ok(())
            }
            _ => Err(invalid()),
        }
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }
}

/// The property of that name. One that no user has is told as `$select` tells it.
fn property(name: &str) -> Outcome<&'static Property> {
    user::declared("Invalid filter clause", name)?;
    PROPERTIES.iter().find(|property| property.name == name).ok_or_else(|| GraphError::unsupported_clause(name))
}

/// microsoft-graph-docs#14036 for the code, #3044 for the text.
fn invalid() -> GraphError {
    GraphError::bad_request("Invalid filter clause")
}
