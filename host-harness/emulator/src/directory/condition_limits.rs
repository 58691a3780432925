//! The limits of a `$filter` on directory objects that is not an advanced query.

use crate::directory::condition::{Condition, Test};
use crate::odata::error::{GraphError, Outcome};

/// The most alternatives: "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed:
/// 15" (microsoft-graph-docs#21098). The values of `in` count as alternatives there. That report and the article on `$filter`
/// except advanced queries.
const MAX_ALTERNATIVES: usize = 15;
/// The most levels: "search filter expression has excessive height: 4. Max allowed: 3" for a comparison within `and`, within `or`,
/// within `and` (microsoft-graph-docs#3641). That `not` is a level, and that advanced queries have no such limit, is unverified.
const MAX_HEIGHT: usize = 3;

/// Checks a condition against both limits. The code of the errors is unverified.
pub(crate) fn check(condition: &Condition) -> Outcome<()> {
    let alternatives = count_most_alternatives(condition);
    if alternatives > MAX_ALTERNATIVES {
        return Err(GraphError::unsupported_query(format!(
            "Too many child clauses specified in search filter expression containing 'OR' operators: {alternatives}. Max allowed: \
             {MAX_ALTERNATIVES}"
        )));
    }
    let height = measure_height(condition);
    if height > MAX_HEIGHT {
        return Err(GraphError::unsupported_query(format!(
            "search filter expression has excessive height: {height}. Max allowed: {MAX_HEIGHT}"
        )));
    }
    Ok(())
}

/// Counts the alternatives of the disjunction that has the most.
fn count_most_alternatives(condition: &Condition) -> usize {
    match condition {
        Condition::All(conditions) => conditions.iter().map(count_most_alternatives).max().unwrap_or(0),
        Condition::Any(conditions) => {
            let within = conditions.iter().map(count_most_alternatives).max().unwrap_or(0);
            count_alternatives(condition).max(within)
        }
        Condition::Not(condition) => count_most_alternatives(condition),
        Condition::Is(_, Test::In(values)) | Condition::Has(_, _, Test::In(values)) => values.len(),
        _ => 0,
    }
}

/// Counts the alternatives of a condition. A disjunction within a disjunction is part of it.
fn count_alternatives(condition: &Condition) -> usize {
    match condition {
        Condition::Any(conditions) => conditions.iter().map(count_alternatives).sum(),
        _ => 1,
    }
}

/// Counts the levels of a condition. Conjunctions within a conjunction are one level, and so are disjunctions.
fn measure_height(condition: &Condition) -> usize {
    let measure_all = |conditions: &[Condition], is_same: fn(&Condition) -> bool| {
        let heights = conditions.iter().map(|one| measure_height(one) + usize::from(!is_same(one)));
        heights.max().unwrap_or(1)
    };
    match condition {
        Condition::All(conditions) => measure_all(conditions, |one| matches!(one, Condition::All(_))),
        Condition::Any(conditions) => measure_all(conditions, |one| matches!(one, Condition::Any(_))),
        Condition::Not(condition) => measure_height(condition) + 1,
        _ => 1,
    }
}
