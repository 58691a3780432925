//! The errors of Microsoft Graph that the emulator sends, each with the source of its status, code and text.

use http::StatusCode;
use http::header::HeaderName;

/// A Graph error, before it becomes a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Headers of the response beside those of every error.
    pub(crate) headers: Vec<(HeaderName, String)>,
    /// Code and target of the detail that some errors of the directory have.
    pub(crate) detail: Option<(&'static str, String)>,
}

/// The result of a handler.
pub(crate) type Outcome<T> = Result<T, GraphError>;

impl GraphError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new(), detail: None }
    }

    /// Adds a header to the response.
    pub(crate) fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A user without a picture: Azure-Samples/ms-identity-dotnetcore-b2c-account-management#23; the status is from
    /// msgraph-sdk-dotnet-core#851.
    pub(crate) fn image_not_found() -> Self {
        let message = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.";
        Self::new(StatusCode::NOT_FOUND, "ImageNotFound", message)
    }

    /// A request that OData cannot parse. The code is from microsoft-graph-docs#562, the texts are from OData.NET.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// microsoft-graph-docs#4052.
    pub(crate) fn unknown_segment(segment: &str) -> Self {
        Self::bad_request(format!("Resource not found for the segment '{segment}'."))
    }

    /// mguessan/davmail#488 for `$select`, in 2026. In other clauses, the text is OData.NET's.
    pub(crate) fn unknown_property(clause: &str, property: &str, entity: &str) -> Self {
        Self::bad_request(format!("{clause}: Could not find a property named '{property}' on type 'microsoft.graph.{entity}'."))
    }

    /// microsoft-graph-docs#562: a member of a collection in a filter without a lambda.
    pub(crate) fn not_single_value(property: &str) -> Self {
        Self::bad_request(format!(
            "The parent value for a property access of a property '{property}' is not a single value. Property access can only \
             be applied to a single value."
        ))
    }

    /// microsoft-graph-docs#2933.
    pub(crate) fn invalid_filter() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.")
    }

    /// A JSON body of the wrong type: msgraph-sdk-dotnet#270 and #450 for the code. That every type error of contacts has this
    /// code is unverified.
    pub(crate) fn request_body_read(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "RequestBodyRead", message)
    }

    /// msgraph-sdk-dotnet#270; the type was then spelled `Microsoft.OutlookServices.*`.
    pub(crate) fn undeclared(property: &str, entity: &str) -> Self {
        Self::request_body_read(format!(
            "The property '{property}' does not exist on type 'microsoft.graph.{entity}'. Make sure to only use property names \
             that are defined by the type or mark the type as open type."
        ))
    }

    /// A property twice in a body, in two spellings. The text is OData.NET's; that Graph refuses it is unverified.
    pub(crate) fn duplicate_property(property: &str) -> Self {
        Self::request_body_read(format!(
            "Multiple properties with the name '{property}' were detected in a resource or complex value. In OData, duplicate \
             property names are not allowed."
        ))
    }

    /// A value for a property that the service sets. Status and text are from msgraph-sdk-dotnet#2408 and
    /// microsoft-graph-docs#6439, the code is from microsoft-graph-docs#17008, all for messages. That contacts and folders are
    /// refused alike is unverified.
    pub(crate) fn set_action() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ErrorInvalidPropertySet", "Set action is invalid for property.")
    }

    /// Text and status from microsoft-graph-docs#15276; the code is unverified.
    pub(crate) fn too_many_values(property: &str, count: usize, limit: usize) -> Self {
        let mut letters = property.chars();
        let pascal: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
        Self::new(
            StatusCode::BAD_REQUEST,
            "ErrorInvalidArgument",
            format!("The multi value property {pascal} has {count} entries, that exceeds the max allowed value of {limit}"),
        )
    }

    /// A value that the mailbox refuses. The code is unverified.
    pub(crate) fn invalid_argument(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ErrorInvalidArgument", message)
    }

    /// The code is in alcionai/corso `graph/errors.go`, the text is that of Exchange Web Services. The status is unverified.
    pub(crate) fn folder_exists() -> Self {
        Self::new(StatusCode::CONFLICT, "ErrorFolderExists", "A folder with the specified name already exists.")
    }

    /// A second open extension with the same name. Status, code and text are unverified.
    pub(crate) fn extension_exists() -> Self {
        Self::new(StatusCode::CONFLICT, "NameAlreadyExists", "An extension already exists with given id.")
    }

    /// A move of the default folder: the code and text of Exchange Web Services. The status is unverified.
    pub(crate) fn distinguished_folder() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ErrorMoveDistinguishedFolder", "Distinguished folders cannot be moved.")
    }

    /// A move of a folder into itself or below itself: the code and text of Exchange Web Services. The status is unverified.
    pub(crate) fn move_failed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ErrorMoveCopyFailed", "The move or copy operation failed.")
    }

    /// Graph refuses to delete the default folder (msgraph-beta-sdk-php#300). Status, code and text are from
    /// msgraph-sdk-powershell#2743, about another such folder.
    pub(crate) fn default_folder() -> Self {
        Self::new(StatusCode::FORBIDDEN, "ErrorCannotDeleteObject", "Object cannot be deleted.")
    }

    /// The crate `io-msgraph` saw 500 for nulls that Outlook cannot store. The code is unverified.
    pub(crate) fn null_refused() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "ErrorInternalServerError",
            "An internal server error occurred. The operation failed.",
        )
    }

    /// Texts from msgraph-sample-reactspa#54 (no token) and microsofthackathons/tdi#24 (an expired token).
    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    /// microsoft-graph-docs#6059: a directory object that does not exist.
    pub(crate) fn unknown_resource(key: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Request_ResourceNotFound",
            format!("Resource '{key}' does not exist or one of its queried reference-property objects are not present."),
        )
    }

    /// A query that the directory does not support.
    pub(crate) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// microsoft-graph-docs-contrib#9135: a filter on a property without support for it, or only with support in advanced
    /// queries.
    pub(crate) fn unsupported_clause(property: &str, resource: &str) -> Self {
        Self::unsupported_query(format!(
            "Unsupported or invalid query filter clause specified for property '{property}' of resource '{resource}'."
        ))
    }

    /// More groups than a function returns. The code is from JulianHayward/AzADServicePrincipalInsights#3, the text is unverified.
    pub(crate) fn result_too_large() -> Self {
        let message = "The result size limit was exceeded.";
        Self::new(StatusCode::BAD_REQUEST, "Directory_ResultSizeLimitExceeded", message)
    }

    /// A request that the directory refuses.
    pub(crate) fn directory_bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// The error with the directory's code and OData.NET's text (msgraph-sdk-java#575).
    pub(crate) fn into_directory_error(self) -> Self {
        Self { code: "Request_BadRequest", ..self }
    }

    /// The item with status 405 in <https://learn.microsoft.com/graph/json-batching>.
    pub(crate) fn directory_method_not_allowed() -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message)
    }

    /// msgraph-sdk-powershell#3238 and entra-powershell#1102, for `Delete`.
    pub(crate) fn data_contract(operation: &str, resource: &str) -> Self {
        Self::directory_bad_request(format!(
            "Data contract version does not allow '{operation}' operations against instances of resource '{resource}'."
        ))
    }

    /// The text is from microsoft-graph-docs#7301 and #18038, about users. Status and code are from
    /// microsoft-graph-docs-contrib#3564, about the same refusal.
    pub(crate) fn synchronized() -> Self {
        Self::directory_bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently \
             undergoing migration.",
        )
    }

    /// microsoft-graph-docs#21601.
    pub(crate) fn read_only(property: &str) -> Self {
        Self::directory_bad_request(format!("Property '{property}' is read-only and cannot be set."))
    }

    /// The text is from MSGraph-SDK-Code-Generator#244, in 2023. Status and code are those of the other refusals of a new user.
    pub(crate) fn required(property: &str) -> Self {
        Self::directory_bad_request(format!("Property {property} value is required but is empty or missing."))
    }

    /// msgraph-sdk-powershell#3307.
    pub(crate) fn password_required() -> Self {
        Self::directory_bad_request("A password must be specified to create a new user.")
    }

    /// A value that the directory refuses although its type is right. The text is unverified.
    pub(crate) fn invalid_value(property: &str, resource: &str) -> Self {
        Self::directory_bad_request(format!("Invalid value specified for property '{property}' of resource '{resource}'."))
    }

    /// microsoft-graph-docs#1508.
    pub(crate) fn object_conflict(property: &str) -> Self {
        let message = format!("Another object with the same value for property {property} already exists.");
        Self { detail: Some(("ObjectConflict", property.to_owned())), ..Self::directory_bad_request(message) }
    }

    /// pnp/pnpframework#139.
    pub(crate) fn reference_exists(property: &str) -> Self {
        Self::directory_bad_request(format!(
            "One or more added object references already exist for the following modified properties: '{property}'."
        ))
    }

    /// An expired delta link of the directory: devblogs.microsoft.com of 2020-07-03. The text is unverified.
    pub(crate) fn directory_sync_state() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "syncStateNotFound", "The sync state is no longer valid. Start anew without a token.")
    }

    /// <https://learn.microsoft.com/graph/aad-advanced-queries#error-handling-for-advanced-queries-on-directory-objects>, for
    /// endsWith.
    pub(crate) fn needs_advanced(operator: &str) -> Self {
        Self::unsupported_query(format!(
            "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true query \
             parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more \
             information"
        ))
    }

    /// microsoft-graph-docs#2914: the mailbox of a user that does not exist.
    pub(crate) fn unknown_mailbox() -> Self {
        Self::new(StatusCode::NOT_FOUND, "ResourceNotFound", "Resource could not be discovered.")
    }

    /// A user without an Exchange Online mailbox. Observed as 404.
    pub(crate) fn no_mailbox() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    }

    /// alcionai/corso `graph/errors.go`.
    pub(crate) fn item_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "ErrorItemNotFound", "The specified object was not found in the store.")
    }

    /// An id that Exchange cannot have created.
    pub(crate) fn malformed_id() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ErrorInvalidIdMalformed", "Id is malformed.")
    }

    /// microsoft-graph-docs#2188: a method that the address does not support.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "ErrorInvalidRequest", "The OData request is not supported.")
    }

    /// microsoft-graph-docs#2256 and msgraph-sdk-dotnet#1201, both for messages. That PATCH of a contact supports If-Match is
    /// unverified: Microsoft's OpenAPI declares the header only on DELETE.
    pub(crate) fn conflict() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in the request does not match \
             the current change key for the item.",
        )
    }

    /// A malformed state token, or one of another collection. Status and text are unverified.
    pub(crate) fn malformed_token() -> Self {
        Self::bad_request("Badly formed token.")
    }

    /// An expired state token. The first code with its text is from a log in microsoft-graph-docs#2350. The others are in
    /// alcionai/corso `graph/errors.go`; their texts are unverified.
    pub(crate) fn sync_state(code: &'static str, generation: u32, highest: u32) -> Self {
        let message = match code {
            "SyncStateNotFound" => {
                format!("The sync state generation is not found; generation={generation};[highest={highest}][{highest}].")
            }
            _ => "The sync state is no longer valid. Start anew without a token.".to_owned(),
        };
        Self::new(StatusCode::GONE, code, message)
    }

    /// Code and text for `MailboxConcurrency` are from calcom/cal.diy#343; alcionai/corso has the code too. The name of the
    /// other limit is in microsoft-graph-docs, its text is by analogy.
    pub(crate) fn throttled(limit: &str) -> Self {
        let message = format!("Application is over its {limit} limit.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "ApplicationThrottled", message)
    }

    /// The 429 of Graph's gateway: code and text from <https://learn.microsoft.com/graph/throttling>.
    pub(crate) fn too_many_requests() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Please retry again later.")
    }

    /// msgraph-sdk-java#559, where two ids differed only in case.
    pub(crate) fn duplicate_item(id: &str) -> Self {
        Self::bad_request(format!("Request Id {id} has to be unique in a batch."))
    }

    /// Softeria/ms-365-mcp-server#677, in 2026.
    pub(crate) fn item_without_type(id: &str) -> Self {
        Self::bad_request(format!("Write request with id '{id}' does not contain a Content-Type header."))
    }

    /// msgraph-sdk-dotnet#2628.
    pub(crate) fn item_without_body(id: &str) -> Self {
        Self::bad_request(format!("Write request id : {id} does not contain Content-Type header or body."))
    }

    /// A batch within a batch, which Graph does not support. Status and text are unverified.
    pub(crate) fn nested_batch() -> Self {
        Self::bad_request("A batch cannot be an item of a batch.")
    }

    /// A body over the limit. The status is by RFC 9110; the code is unverified.
    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "The request body is too large.")
    }

    /// A part of Graph that the emulator lacks. The text says so, so that nobody takes it for the service's behaviour.
    pub(crate) fn not_emulated(what: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", format!("The emulator does not have {what}."))
    }
}
