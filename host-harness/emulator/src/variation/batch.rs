//! The response to a batch: the order of its items, and its status.

use http::StatusCode;
use serde_json::Value;

use crate::variation::choices::Choices;
use crate::variation::kind::VariationKind;

/// Orders the responses of a batch anew. Returns the status of the batch.
pub(crate) fn vary(responses: &mut [Value], choices: Choices) -> StatusCode {
    if choices.has(VariationKind::BatchOrder) {
        choices.shuffle(VariationKind::BatchOrder, responses);
    }
    let failed = |response: &Value| response.get("status").and_then(Value::as_u64).is_some_and(|status| status >= 400);
    if responses.iter().any(failed) && choices.has(VariationKind::BatchFailedDependency) {
        return StatusCode::FAILED_DEPENDENCY;
    }
    StatusCode::OK
}
