//! The parser of `$filter` on directory objects. It refuses operators that a property does not support, or supports only in
//! advanced queries, by the tables of properties.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::directory::condition::{Condition, Literal, Test};
use crate::directory::condition_limits;
use crate::directory::object_kind::ObjectKind;
use crate::directory::property::{ObjectProperty, OperatorSupport, Operators};
use crate::odata::edm::Edm;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::{FilterToken, tokenize};

/// The deepest nesting of a condition. OData.NET has such a limit; its number for the directory is not documented.
const MAX_DEPTH: usize = 50;
/// The longest prefix of `startsWith`, in characters, and the refusal of a longer one: microsoft-graph-explorer-v4#2103. That
/// advanced queries have no such limit is unverified.
const MAX_PREFIX: usize = 120;

/// Parses an expression on objects of a kind. `advanced` is true if the request has the parameters of an advanced query.
pub(crate) fn parse_condition(kind: ObjectKind, expression: &str, advanced: bool) -> Outcome<Condition> {
    let tokens = tokenize(expression)?;
    let mut parser = ConditionParser { rest: &tokens, kind, advanced, depth: 0 };
    let condition = parser.parse_or()?;
    if !parser.rest.is_empty() {
        return Err(invalid_filter());
    }
    if !advanced {
        condition_limits::check(&condition)?;
    }
    Ok(condition)
}

/// The tokens still to parse.
struct ConditionParser<'a> {
    rest: &'a [FilterToken],
    kind: ObjectKind,
    advanced: bool,
    depth: usize,
}

impl<'a> ConditionParser<'a> {
    fn parse_or(&mut self) -> Outcome<Condition> {
        let mut conditions = vec![self.parse_and()?];
        while self.take_word("or") {
            conditions.push(self.parse_and()?);
        }
        Ok(if conditions.len() == 1 { conditions.remove(0) } else { Condition::Any(conditions) })
    }

    fn parse_and(&mut self) -> Outcome<Condition> {
        let mut conditions = vec![self.parse_term()?];
        while self.take_word("and") {
            conditions.push(self.parse_term()?);
        }
        Ok(if conditions.len() == 1 { conditions.remove(0) } else { Condition::All(conditions) })
    }

    fn parse_term(&mut self) -> Outcome<Condition> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(invalid_filter());
        }
        let condition = match self.rest {
            [FilterToken::Word(not), ..] if not.eq_ignore_ascii_case("not") => {
                self.skip(1);
                if !self.advanced {
                    return Err(GraphError::needs_advanced("not"));
                }
                Condition::Not(Box::new(self.parse_term()?))
            }
            [FilterToken::Mark('('), ..] => {
                self.skip(1);
                let condition = self.parse_or()?;
                self.expect_mark(')')?;
                condition
            }
            [FilterToken::Word(function), FilterToken::Mark('('), FilterToken::Word(name), ..] => {
                self.skip(3);
                let property = self.find_property(name)?;
                Condition::Is(property.name, self.parse_function(function, property.name, property.operators)?)
            }
            [
                FilterToken::Word(manager),
                FilterToken::Mark('/'),
                FilterToken::Word(id),
                FilterToken::Word(eq),
                FilterToken::Quoted(value),
                ..,
            ] if manager == "manager" && id == "id" && eq == "eq" && self.kind != ObjectKind::Group => {
                self.skip(5);
                Condition::Manager(value.clone())
            }
            [FilterToken::Word(name), FilterToken::Mark('/'), FilterToken::Word(segment), ..] => {
                let property = self.find_property(name)?;
                self.skip(3);
                self.parse_collection_clause(property, segment)?
            }
            [FilterToken::Word(name), FilterToken::Word(operator), ..] => self.parse_comparison(name, operator)?,
            _ => return Err(invalid_filter()),
        };
        self.depth -= 1;
        Ok(condition)
    }

    /// Parses `startsWith(name, 'x')` from the comma on. `name` is the property's, for the text of an error.
    fn parse_function(&mut self, function: &str, name: &'static str, operators: Operators) -> Outcome<Test> {
        let [FilterToken::Mark(','), FilterToken::Quoted(value), FilterToken::Mark(')'), ..] = self.rest else {
            return Err(invalid_filter());
        };
        self.skip(3);
        if function.eq_ignore_ascii_case("startswith") {
            self.check_support(name, operators.starts)?;
            if !self.advanced && value.chars().count() > MAX_PREFIX {
                return Err(GraphError::unsupported_clause(name, self.kind.resource()));
            }
            Ok(Test::StartsWith(value.clone()))
        } else if function.eq_ignore_ascii_case("endswith") {
            if !self.advanced {
                return Err(GraphError::needs_advanced("endsWith"));
            }
            self.check_support(name, operators.ends)?;
            Ok(Test::EndsWith(value.clone()))
        } else {
            // microsoft-graph-docs#562 for contains, on contacts. That the directory responds the same is unverified.
            Err(GraphError::unsupported_query("Unsupported Query."))
        }
    }

    /// Parses what follows the slash after a collection: `any(p:...)`, or `$count eq 0`, which only advanced queries have
    /// (<https://learn.microsoft.com/graph/aad-advanced-queries>).
    fn parse_collection_clause(&mut self, property: &'static ObjectProperty, segment: &str) -> Outcome<Condition> {
        let unsupported = || GraphError::unsupported_clause(property.name, self.kind.resource());
        let Edm::Collection(item) = property.edm else { return Err(unsupported()) };
        match self.rest {
            [FilterToken::Word(operator), FilterToken::Word(zero), ..] if segment == "$count" && zero == "0" => {
                // The pages of the types have it for proxyAddresses, otherMails and onPremisesProvisioningErrors.
                if !self.advanced || !matches!(property.name, "proxyAddresses" | "otherMails" | "onPremisesProvisioningErrors") {
                    return Err(unsupported());
                }
                self.skip(2);
                let empty = Condition::Empty(property.name);
                match operator.as_str() {
                    "eq" => Ok(empty),
                    "ne" => Ok(Condition::Not(Box::new(empty))),
                    _ => Err(invalid_filter()),
                }
            }
            [FilterToken::Mark('('), FilterToken::Word(range), FilterToken::Mark(':'), ..]
                if segment.eq_ignore_ascii_case("any") =>
            {
                self.skip(3);
                let condition = self.parse_any_clause(property, *item, range)?;
                self.expect_mark(')')?;
                Ok(condition)
            }
            _ => Err(unsupported()),
        }
    }

    /// Parses the expression inside `any`, on an item of the collection. `range` is the item's name.
    fn parse_any_clause(&mut self, property: &'static ObjectProperty, edm: Edm, range: &str) -> Outcome<Condition> {
        let unsupported = GraphError::unsupported_clause(property.name, self.kind.resource());
        // `identities/any(c:c/issuerAssignedId eq 'j.smith@yahoo.com' and c/issuer eq 'My B2C tenant')`
        // (<https://learn.microsoft.com/graph/api/user-list>). That it is the only form is unverified.
        if let [
            FilterToken::Word(one),
            FilterToken::Mark('/'),
            FilterToken::Word(name),
            FilterToken::Word(eq),
            FilterToken::Quoted(value),
            FilterToken::Word(and),
            FilterToken::Word(two),
            FilterToken::Mark('/'),
            FilterToken::Word(issuer),
            FilterToken::Word(eq_too),
            FilterToken::Quoted(issued),
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
            [FilterToken::Word(one), FilterToken::Mark('/'), FilterToken::Word(member), FilterToken::Word(eq), ..]
                if one == range && eq == "eq" =>
            {
                let member = property.members.iter().find(|name| *name == member).ok_or(unsupported)?;
                self.skip(4);
                let edm = if *member == "isResolved" { Edm::Boolean } else { Edm::String };
                (Some(*member), Test::In(vec![self.parse_literal(edm)?]))
            }
            [FilterToken::Word(one), FilterToken::Word(operator), ..] if one == range => {
                self.skip(2);
                let literal = self.parse_literal(edm)?;
                let (support, test) = match operator.as_str() {
                    "eq" => (property.operators.equal, Test::In(vec![literal])),
                    "ge" => (property.operators.order, Test::AtLeast(literal)),
                    "le" => (property.operators.order, Test::AtMost(literal)),
                    _ => return Err(unsupported),
                };
                self.check_support(property.name, support)?;
                (None, test)
            }
            [FilterToken::Word(function), FilterToken::Mark('('), FilterToken::Word(one), ..] if one == range => {
                self.skip(3);
                (None, self.parse_function(function, property.name, property.operators)?)
            }
            _ => return Err(unsupported),
        };
        Ok(Condition::Has(property.name, member, test))
    }

    fn parse_comparison(&mut self, name: &str, operator: &str) -> Outcome<Condition> {
        self.skip(2);
        let property = self.find_property(name)?;
        if !property.edm.is_primitive() {
            return Err(GraphError::unsupported_clause(name, self.kind.resource()));
        }
        let operators = property.operators;
        match operator {
            "eq" | "ne" => {
                let value = self.parse_literal(property.edm)?;
                // Support for null is separate. `ne` needs an advanced query for any value.
                if operator == "ne" && !self.advanced {
                    return Err(GraphError::unsupported_query("Filter operator 'NotEqualsMatch' is not supported."));
                }
                self.check_support(property.name, if value == Literal::Null { operators.null } else { operators.equal })?;
                let is = Condition::Is(property.name, Test::In(vec![value]));
                Ok(if operator == "ne" { Condition::Not(Box::new(is)) } else { is })
            }
            "in" => {
                self.expect_mark('(')?;
                let mut values = vec![self.parse_literal(property.edm)?];
                while matches!(self.rest, [FilterToken::Mark(','), ..]) {
                    self.skip(1);
                    values.push(self.parse_literal(property.edm)?);
                }
                self.expect_mark(')')?;
                self.check_support(property.name, operators.equal)?;
                Ok(Condition::Is(property.name, Test::In(values)))
            }
            "ge" | "le" => {
                let value = self.parse_literal(property.edm)?;
                if !matches!(value, Literal::String(_) | Literal::DateTimeOffset(_)) {
                    return Err(invalid_filter());
                }
                self.check_support(property.name, operators.order)?;
                let test = if operator == "ge" { Test::AtLeast } else { Test::AtMost };
                Ok(Condition::Is(property.name, test(value)))
            }
            // Operators of OData that the directory does not support. Their text is unverified.
            "gt" | "lt" | "has" => Err(GraphError::unsupported_clause(name, self.kind.resource())),
            _ => Err(invalid_filter()),
        }
    }

    /// Parses a value of that type, or null. `accountEnabled eq 'true'` is an invalid clause (microsoft-graph-docs#3044).
    fn parse_literal(&mut self, edm: Edm) -> Outcome<Literal> {
        let literal = match (edm, self.rest.first()) {
            (_, Some(FilterToken::Word(word))) if word == "null" => Literal::Null,
            (Edm::Boolean, Some(FilterToken::Word(word))) if matches!(word.as_str(), "true" | "false") => {
                Literal::Boolean(word == "true")
            }
            (Edm::DateTimeOffset, Some(FilterToken::Word(_))) => return self.parse_date_time(),
            (Edm::String, Some(FilterToken::Quoted(text))) => Literal::String(text.clone()),
            _ => return Err(invalid_filter()),
        };
        self.skip(1);
        Ok(literal)
    }

    /// Parses a DateTimeOffset as OData writes it, without quotes: `2021-11-01T00:00:00Z`, or only the date.
    fn parse_date_time(&mut self) -> Outcome<Literal> {
        let mut text = String::new();
        while let Some(piece) = self.rest.first() {
            match piece {
                FilterToken::Word(word) if text.is_empty() || text.ends_with(':') => text.push_str(word),
                FilterToken::Mark(':') if !text.is_empty() => text.push(':'),
                _ => break,
            }
            self.skip(1);
        }
        let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp());
        text.parse::<Timestamp>().ok().or_else(day).map(Literal::DateTimeOffset).ok_or_else(invalid_filter)
    }

    /// Returns the property of that name. Graph refuses an unknown one with the text of `$select`.
    fn find_property(&self, name: &str) -> Outcome<&'static ObjectProperty> {
        self.kind.require_property("Invalid filter clause", name)
    }

    fn check_support(&self, name: &str, support: OperatorSupport) -> Outcome<()> {
        match support {
            OperatorSupport::Always => Ok(()),
            OperatorSupport::Advanced if self.advanced => Ok(()),
            OperatorSupport::Advanced | OperatorSupport::Never => Err(GraphError::unsupported_clause(name, self.kind.resource())),
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.rest, [FilterToken::Word(next), ..] if next.eq_ignore_ascii_case(word));
        if is_next {
            self.skip(1);
        }
        is_next
    }

    fn expect_mark(&mut self, mark: char) -> Outcome<()> {
        match self.rest {
            [FilterToken::Mark(next), ..] if *next == mark => {
                self.skip(1);
                Ok(())
            }
            _ => Err(invalid_filter()),
        }
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }
}

/// microsoft-graph-docs#14036 for the code, #3044 for the text.
fn invalid_filter() -> GraphError {
    GraphError::bad_request("Invalid filter clause")
}
