//! Which rows a page has.

use std::ops::Range;

use crate::faults::delta_state::DeltaBehaviour;
use crate::odata::position::Position;
use crate::variation::choices::Choices;
use crate::variation::kind::VariationKind;

/// The most empty pages in a row.
const MAX_BLANKS: usize = 2;

/// The rows of one page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PageRows {
    /// The rows to show.
    pub(crate) range: Range<usize>,
    /// The position of the next page, if there is one.
    pub(crate) next: Option<Position>,
}

impl PageRows {
    /// Selects the rows of the page at a position, at most `size` of the `count` rows.
    pub(crate) fn select(choices: Choices, from: Position, size: usize, count: usize) -> Self {
        let row = from.row.min(count);
        if size > 0 && choices.has(VariationKind::EmptyPages) && from.blanks < MAX_BLANKS {
            return Self::blank(from);
        }
        let start = if from.repeat && size > 1 { row.saturating_sub(1) } else { row };
        let short = choices.has(VariationKind::ShortPages);
        let size = if short { 1 + choices.pick(VariationKind::ShortPages, size) } else { size };
        // A page has at least one row that is not repeated.
        let end = start.saturating_add(size).max(row + 1).min(count);
        // An empty page may be the last one too.
        let follows = end < count || (end > row && choices.has_at(VariationKind::EmptyPages, 0));
        let repeat = end > row && choices.has(VariationKind::RepeatedRows);
        Self { range: start..end, next: follows.then_some(Position { row: end, blanks: 0, repeat }) }
    }

    /// Selects the rows of a page of a delta query, with the empty pages that its behaviour asks for.
    pub(crate) fn of_round(choices: Choices, behaviour: DeltaBehaviour, from: Position, size: usize, count: usize) -> Self {
        if behaviour.empty_pages && from.blanks == 0 { Self::blank(from) } else { Self::select(choices, from, size, count) }
    }

    /// Creates an empty page, and the next one at the same position.
    pub(crate) fn blank(from: Position) -> Self {
        Self { range: from.row..from.row, next: Some(Position { blanks: from.blanks + 1, ..from }) }
    }
}
