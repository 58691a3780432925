//! `$filter` on directory objects: the expressions that the directory understands, and which of them only advanced queries may
//! have, by the tables of properties.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::condition::{Condition, Literal, Test};
use super::kind::Kind;
use super::property::{Operators, Property, Taken};
use crate::error::{GraphError, Outcome};
use crate::filter::{self, Token};
use crate::schema::Edm;

/// Nesting of a condition; OData.NET has a limit of this kind, whose number for the directory is not documented.
const DEEPEST: usize = 50;

/// Reads an expression on objects of a kind; `advanced` says that the query has what advanced queries have to have.
pub(super) fn read(kind: Kind, expression: &str, advanced: bool) -> Outcome<Condition> {
    let tokens = filter::tokens(expression)?;
    let mut reader = Reader { rest: &tokens, kind, advanced, depth: 0 };
    let condition = reader.any()?;
    if reader.rest.is_empty() { Ok(condition) } else { Err(invalid()) }
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a [Token],
    kind: Kind,
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
            [Token::Word(function), Token::Mark('('), Token::Word(name), ..] => {
                self.skip(3);
                let property = self.property(name)?;
                Condition::Is(property.name, self.function(function, property.name, property.operators)?)
            }
            [Token::Word(manager), Token::Mark('/'), Token::Word(id), Token::Word(eq), Token::Text(value), ..]
                if manager == "manager" && id == "id" && eq == "eq" && self.kind != Kind::Group =>
            {
                self.skip(5);
                Condition::Manager(value.clone())
            }
            [Token::Word(name), Token::Mark('/'), Token::Word(segment), ..] => {
                let property = self.property(name)?;
                self.skip(3);
                self.collection(property, segment)?
            }
            [Token::Word(name), Token::Word(operator), ..] => self.comparison(name, operator)?,
            _ => return Err(invalid()),
        };
        self.depth -= 1;
        Ok(condition)
    }

    /// `startsWith(name, 'x')` from the comma on; `name` is that of the property in the text of an error.
    fn function(&mut self, function: &str, name: &'static str, operators: Operators) -> Outcome<Test> {
        let [Token::Mark(','), Token::Text(value), Token::Mark(')'), ..] = self.rest else { return Err(invalid()) };
        self.skip(3);
        if function.eq_ignore_ascii_case("startswith") {
            self.check(name, operators.starts)?;
            Ok(Test::StartsWith(value.clone()))
        } else if function.eq_ignore_ascii_case("endswith") {
            if !self.advanced {
                return Err(GraphError::needs_advanced("endsWith"));
            }
            self.check(name, operators.ends)?;
            Ok(Test::EndsWith(value.clone()))
        } else {
            // microsoft-graph-docs#562 for contains, on contacts; that the directory answers this is unverified.
            Err(GraphError::unsupported_query("Unsupported Query."))
        }
    }

    /// What follows the slash behind a collection: `any(p:...)`, or `$count eq 0`, which is for advanced queries
    /// (<https://learn.microsoft.com/graph/aad-advanced-queries>).
    fn collection(&mut self, property: &'static Property, segment: &str) -> Outcome<Condition> {
        let unsupported = || GraphError::unsupported_clause(property.name, self.kind.resource());
        let Edm::Collection(item) = property.edm else { return Err(unsupported()) };
        match self.rest {
            [Token::Word(operator), Token::Word(zero), ..] if segment == "$count" && zero == "0" => {
                // The pages of the types have it for proxyAddresses, otherMails and onPremisesProvisioningErrors.
                if !self.advanced || !matches!(property.name, "proxyAddresses" | "otherMails" | "onPremisesProvisioningErrors") {
                    return Err(unsupported());
                }
                self.skip(2);
                let empty = Condition::Empty(property.name);
                match operator.as_str() {
                    "eq" => Ok(empty),
                    "ne" => Ok(Condition::Not(Box::new(empty))),
                    _ => Err(invalid()),
                }
            }
            [Token::Mark('('), Token::Word(range), Token::Mark(':'), ..] if segment.eq_ignore_ascii_case("any") => {
                self.skip(3);
                let condition = self.item(property, *item, range)?;
                self.mark(')')?;
                Ok(condition)
            }
            _ => Err(unsupported()),
        }
    }

    /// The expression inside of `any`, about an item of the collection that it calls `range`.
    fn item(&mut self, property: &'static Property, edm: Edm, range: &str) -> Outcome<Condition> {
        let unsupported = GraphError::unsupported_clause(property.name, self.kind.resource());
        // `identities/any(c:c/issuerAssignedId eq 'j.smith@yahoo.com' and c/issuer eq 'My B2C tenant')`
        // (<https://learn.microsoft.com/graph/api/user-list>); that it is the only form is unverified.
        if let [
            Token::Word(one),
            Token::Mark('/'),
            Token::Word(name),
            Token::Word(eq),
            Token::Text(value),
            Token::Word(and),
            Token::Word(two),
            Token::Mark('/'),
            Token::Word(issuer),
            Token::Word(eq_too),
            Token::Text(issued),
            ..,
        ] = self.rest
            && property.name == "identities"
            && (one.as_str(), two.as_str()) == (range, range)
            && (name.as_str(), issuer.as_str()) == ("issuerAssignedId", "issuer")
            && (eq.as_str(), and.as_str(), eq_too.as_str()) == ("eq", "and", "eq")
        {
            self.skip(11);
            return Ok(Condition::Identity(value.clone(), issued.clone()));
        }
        let (member, test) = match self.rest {
            [Token::Word(one), Token::Mark('/'), Token::Word(member), Token::Word(eq), ..] if one == range && eq == "eq" => {
                let member = property.members.iter().find(|name| *name == member).ok_or(unsupported)?;
                self.skip(4);
                let edm = if *member == "isResolved" { Edm::Boolean } else { Edm::String };
                (Some(*member), Test::In(vec![self.literal(edm)?]))
            }
            [Token::Word(one), Token::Word(operator), ..] if one == range => {
                self.skip(2);
                let literal = self.literal(edm)?;
                let (taken, test) = match operator.as_str() {
                    "eq" => (property.operators.equal, Test::In(vec![literal])),
                    "ge" => (property.operators.order, Test::AtLeast(literal)),
                    "le" => (property.operators.order, Test::AtMost(literal)),
                    _ => return Err(unsupported),
                };
                self.check(property.name, taken)?;
                (None, test)
            }
            [Token::Word(function), Token::Mark('('), Token::Word(one), ..] if one == range => {
                self.skip(3);
                (None, self.function(function, property.name, property.operators)?)
            }
            _ => return Err(unsupported),
        };
        Ok(Condition::Has(property.name, member, test))
    }

    fn comparison(&mut self, name: &str, operator: &str) -> Outcome<Condition> {
        self.skip(2);
        let property = self.property(name)?;
        if !property.edm.is_primitive() {
            return Err(GraphError::unsupported_clause(name, self.kind.resource()));
        }
        let operators = property.operators;
        match operator {
            "eq" | "ne" => {
                let value = self.literal(property.edm)?;
                // Whether null is taken is a matter of its own; ne is what needs an advanced query, whatever it compares with.
                if operator == "ne" && !self.advanced {
                    return Err(GraphError::unsupported_query("Filter operator 'NotEqualsMatch' is not supported."));
                }
                self.check(property.name, if value == Literal::Null { operators.null } else { operators.equal })?;
                let is = Condition::Is(property.name, Test::In(vec![value]));
                Ok(if operator == "ne" { Condition::Not(Box::new(is)) } else { is })
            }
            "in" => {
                self.mark('(')?;
                let mut values = vec![self.literal(property.edm)?];
                while matches!(self.rest, [Token::Mark(','), ..]) {
                    self.skip(1);
                    values.push(self.literal(property.edm)?);
                }
                self.mark(')')?;
                self.check(property.name, operators.equal)?;
                Ok(Condition::Is(property.name, Test::In(values)))
            }
            "ge" | "le" => {
                let value = self.literal(property.edm)?;
                if !matches!(value, Literal::Text(_) | Literal::Moment(_)) {
                    return Err(invalid());
                }
                self.check(property.name, operators.order)?;
                let test = if operator == "ge" { Test::AtLeast } else { Test::AtMost };
                Ok(Condition::Is(property.name, test(value)))
            }
            // OData's other operators, which the directory does not have. The text is unverified for them.
            "gt" | "lt" | "has" => Err(GraphError::unsupported_clause(name, self.kind.resource())),
            _ => Err(invalid()),
        }
    }

    /// A value of that type, or null: `accountEnabled eq 'true'` is an invalid clause (microsoft-graph-docs#3044).
    fn literal(&mut self, edm: Edm) -> Outcome<Literal> {
        let literal = match (edm, self.rest.first()) {
            (_, Some(Token::Word(word))) if word == "null" => Literal::Null,
            (Edm::Boolean, Some(Token::Word(word))) if matches!(word.as_str(), "true" | "false") => {
                Literal::Boolean(word == "true")
            }
            (Edm::DateTimeOffset, Some(Token::Word(_))) => return self.moment(),
            (Edm::String, Some(Token::Text(text))) => Literal::Text(text.clone()),
            _ => return Err(invalid()),
        };
        self.skip(1);
        Ok(literal)
    }

    /// A moment as OData writes it, without quotes: `2021-11-01T00:00:00Z`, or the day alone.
    fn moment(&mut self) -> Outcome<Literal> {
        let mut text = String::new();
        while let Some(piece) = self.rest.first() {
            match piece {
                Token::Word(word) if text.is_empty() || text.ends_with(':') => text.push_str(word),
                Token::Mark(':') if !text.is_empty() => text.push(':'),
                _ => break,
            }
            self.skip(1);
        }
        let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp());
        text.parse::<Timestamp>().ok().or_else(day).map(Literal::Moment).ok_or_else(invalid)
    }

    /// The property of that name. One that no object of the kind has is told as `$select` tells it.
    fn property(&self, name: &str) -> Outcome<&'static Property> {
        self.kind.declared("Invalid filter clause", name)
    }

    fn check(&self, name: &str, taken: Taken) -> Outcome<()> {
        match taken {
            Taken::Always => Ok(()),
            Taken::Advanced if self.advanced => Ok(()),
            Taken::Advanced | Taken::Never => Err(GraphError::unsupported_clause(name, self.kind.resource())),
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

/// microsoft-graph-docs#14036 for the code, #3044 for the text.
fn invalid() -> GraphError {
    GraphError::bad_request("Invalid filter clause")
}
