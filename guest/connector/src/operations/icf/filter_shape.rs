//! The shape of a condition on directory objects, which the directory limits.

/// The maximum number of alternatives of a disjunction.
/// <https://github.com/microsoftgraph/microsoft-graph-docs/issues/21098>
const MAX_ALTERNATIVES: usize = 15;
/// The maximum number of levels of conjunctions, disjunctions and comparisons within each other.
/// <https://github.com/microsoftgraph/microsoft-graph-docs/issues/3641>
const MAX_HEIGHT: usize = 3;
/// The maximum length of a prefix, in characters.
/// <https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/2103>
pub const MAX_PREFIX: usize = 120;

/// How conditions are joined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Junction {
    /// `and`
    And,
    /// `or`
    Or,
}

/// The size of a condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilterShape {
    /// How its parts are joined. A comparison has no parts.
    junction: Option<Junction>,
    parts: usize,
    height: usize,
}

impl FilterShape {
    /// The shape of a comparison.
    pub const COMPARISON: FilterShape = FilterShape { junction: None, parts: 1, height: 1 };

    /// Returns the shape of parts that are joined. A part that is joined in the same way does not add a level.
    pub fn join(junction: Junction, parts: impl Iterator<Item = FilterShape>) -> FilterShape {
        let mut whole = FilterShape { junction: Some(junction), parts: 0, height: 1 };
        for part in parts {
            let is_same = part.junction == Some(junction);
            whole.parts += if is_same { part.parts } else { 1 };
            whole.height = whole.height.max(part.height + usize::from(!is_same));
        }
        whole
    }

    /// Returns whether the directory evaluates such a condition.
    pub fn is_supported(self) -> bool {
        self.height <= MAX_HEIGHT && (self.junction != Some(Junction::Or) || self.parts <= MAX_ALTERNATIVES)
    }
}
