//! What a response that is not a success means: the one table of Microsoft Graph's error codes, and the statuses.
//!
//! A code says more than its status: the service sends one status for several causes, and one cause with several statuses. So the
//! code decides where the table has it, the inner one first, and otherwise the status. No decision depends on a message.
//! <https://learn.microsoft.com/en-us/graph/errors>

use http::StatusCode;

use crate::error::{ErrorKind, RetryAdvice};

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meaning {
    /// The kind of the error.
    pub kind: ErrorKind,
    /// Whether the same request can succeed later.
    pub retry: RetryAdvice,
    /// What is wrong, and what to do.
    pub advice: &'static str,
}

const fn means(kind: ErrorKind, retry: RetryAdvice, advice: &'static str) -> Meaning {
    Meaning { kind, retry, advice }
}

use ErrorKind::{
    AlreadyExists, ConnectionFailed, InvalidAttributeValue, InvalidCredential, PermissionDenied, PreconditionFailed,
    PreconditionRequired, ResyncRequired, Throttled, Unavailable, UnknownUid, Unsupported,
};
use RetryAdvice::{Never, Once, Repeatedly};

const NOT_FOUND: Meaning = means(UnknownUid, Never, "it does not exist in Microsoft Graph");
const OTHER_MAILBOX: Meaning = means(UnknownUid, Never, "the id is not one of this mailbox");
const NO_MAILBOX: Meaning =
    means(UnknownUid, Never, "the user has no Exchange Online mailbox that Microsoft Graph reaches: check the licence");
const EXISTS: Meaning = means(AlreadyExists, Never, "it exists already");
const REJECTED: Meaning = means(InvalidAttributeValue, Never, "Microsoft Graph rejects the values");
const TOO_LARGE: Meaning = means(InvalidAttributeValue, Never, "the request is too large for Microsoft Graph: send less at once");
const DENIED: Meaning = means(
    PermissionDenied,
    Never,
    "Microsoft Graph denies this to the application: contacts require the permission Contacts.ReadWrite, reading users \
     User.Read.All or User.ReadBasic.All, changing users User.ReadWrite.All, organizational contacts \
     OrgContact.Read.All, memberships Directory.Read.All; and no application access policy may exclude the mailbox",
);
const DISABLED: Meaning = means(PermissionDenied, Never, "the account is disabled: enable it in Microsoft Entra");
const BAD_TOKEN: Meaning = means(
    InvalidCredential,
    Never,
    "Microsoft Graph does not accept the connector's access token: it is missing, has expired, or is for another service",
);
const NOT_IN_TENANT: Meaning =
    means(InvalidCredential, Never, "the tenant does not know the application of the access token: consent to it there");
const CHANGED: Meaning = means(PreconditionFailed, Never, "the object has changed: read it again");
const NEEDS_CONDITION: Meaning = means(PreconditionRequired, Never, "the service requires the revision: read the object again");
/// Without a condition in the request, a conflict is one with another change at the same time.
const CONFLICT: Meaning =
    means(Unavailable, Repeatedly, "Microsoft Graph was changing the object at the same time: try again later");
const THROTTLED: Meaning =
    means(Throttled, Repeatedly, "Microsoft Graph throttles this application: wait before the next request");
const THROTTLED_FOR_LONG: Meaning =
    means(Throttled, Never, "Microsoft Graph throttles this application for a long time: send fewer requests");
const EXPIRED: Meaning = means(ResyncRequired, Never, "the token has expired: enumerate in full");
const UNSUPPORTED: Meaning = means(Unsupported, Never, "Microsoft Graph does not support this");
const PROTECTED: Meaning = means(
    Unsupported,
    Never,
    "the service does not allow this to any application: it protects the object, such as a default folder",
);
const MAILBOX_FULL: Meaning = means(Unavailable, Never, "the mailbox is full: free space in it, or raise its quota");
const DIRECTORY_FULL: Meaning =
    means(Unavailable, Never, "the quota of directory objects is used up: delete some, or raise the quota");
const BUSY: Meaning = means(Unavailable, Repeatedly, "Microsoft Graph is not available: try again later");
/// An internal error is as likely permanent as transient.
const BROKEN: Meaning = means(Unavailable, Once, "Microsoft Graph is not available: try again later");
const FAILED: Meaning = means(Unavailable, Never, "Microsoft Graph is not available: try again later");
const REDIRECTED: Meaning = means(Unavailable, Never, "the response is a redirection, which is not followed: check the endpoint");
const PROXY: Meaning = means(ConnectionFailed, Never, "a proxy on the way demands credentials: set them in the host");

/// The codes whose meaning is another one than their status says, or that come with several statuses.
///
/// Sources: <https://learn.microsoft.com/en-us/graph/errors>, <https://learn.microsoft.com/en-us/graph/resolve-auth-errors>, the
/// response codes of Exchange Web Services, which Outlook's part of Graph passes on
/// (<https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsecode>), the codes of Azure AD Graph
/// (`ErrorCodes.cs` of its .NET library), `graph/errors.go` of alcionai/corso, and the reports that are named.
const CODES: &[(&str, Meaning)] = &[
    // Nothing has a malformed id: a 400.
    ("ErrorInvalidIdMalformed", NOT_FOUND),
    ("ErrorInvalidIdEmpty", NOT_FOUND),
    ("ErrorInvalidId", NOT_FOUND),
    ("ErrorInvalidFolderId", NOT_FOUND),
    ("ErrorItemNotFound", NOT_FOUND),
    ("ErrorFolderNotFound", NOT_FOUND),
    ("itemNotFound", NOT_FOUND),
    ("ImageNotFound", NOT_FOUND),
    ("ResourceNotFound", NOT_FOUND),
    ("Request_ResourceNotFound", NOT_FOUND),
    ("Directory_ObjectNotFound", NOT_FOUND),
    ("ErrorInvalidUser", NOT_FOUND),
    ("ErrorInvalidMailboxItemId", OTHER_MAILBOX),
    // Seen as 404, and as the inner code of a 403 ErrorAccessDenied.
    ("MailboxNotEnabledForRESTAPI", NO_MAILBOX),
    ("MailboxNotSupportedForRESTAPI", NO_MAILBOX),
    ("MailboxNotHostedInExchangeOnline", NO_MAILBOX),
    ("RESTAPINotEnabledForUser", NO_MAILBOX),
    ("ErrorNonExistentMailbox", NO_MAILBOX),
    ("ErrorMissingEmailAddress", NO_MAILBOX),
    ("ErrorFolderExists", EXISTS),
    ("NameAlreadyExists", EXISTS),
    ("Request_MultipleObjectsWithSameKeyValue", EXISTS),
    ("ErrorAccessDenied", DENIED),
    ("ErrorSendAsDenied", DENIED),
    ("Authorization_RequestDenied", DENIED),
    // The mailbox is on premises, or an application access policy excludes it.
    ("extensionError", DENIED),
    ("ErrorAccountDisabled", DISABLED),
    ("Authorization_IdentityDisabled", DISABLED),
    ("Authorization_IdentityNotFound", NOT_IN_TENANT),
    ("InvalidAuthenticationToken", BAD_TOKEN),
    ("Authentication_ExpiredToken", BAD_TOKEN),
    ("Authentication_MissingOrMalformed", BAD_TOKEN),
    ("Authentication_Unauthorized", BAD_TOKEN),
    ("Authentication_UnsupportedTokenType", BAD_TOKEN),
    // A 403: msgraph-sdk-powershell 2743, about a folder that the service protects.
    ("ErrorCannotDeleteObject", PROTECTED),
    ("ErrorDeleteDistinguishedFolder", PROTECTED),
    // 403 in OfficeDocs-O365ServiceDescriptions 69, 507 in the documentation.
    ("ErrorQuotaExceeded", MAILBOX_FULL),
    ("quotaLimitReached", MAILBOX_FULL),
    ("Directory_QuotaExceeded", DIRECTORY_FULL),
    // 412 without any condition: msgraph-sdk-dotnet 1201, davmail 491. 409 and 503: msgraph-sdk-ruby 38.
    ("ErrorIrresolvableConflict", CHANGED),
    ("ErrorStaleObject", CHANGED),
    ("ErrorChangeKeyRequired", NEEDS_CONDITION),
    ("ErrorChangeKeyRequiredForWriteOperations", NEEDS_CONDITION),
    ("ConcurrentItemSave", CONFLICT),
    ("ErrorItemSave", CONFLICT),
    ("Directory_ConcurrencyViolation", CONFLICT),
    ("resourceLocked", CONFLICT),
    // Throttling comes as 429, and as 503 from older parts of the service.
    ("ApplicationThrottled", THROTTLED),
    ("TooManyRequests", THROTTLED),
    ("activityLimitReached", THROTTLED),
    ("throttledRequest", THROTTLED),
    ("ErrorServerBusy", THROTTLED),
    ("ErrorTooManyObjectsOpened", THROTTLED),
    ("ErrorExceededConnectionCount", THROTTLED),
    ("Request_ThrottledTemporarily", THROTTLED),
    ("Request_ThrottledPermanently", THROTTLED_FOR_LONG),
    ("SyncStateNotFound", EXPIRED),
    ("SyncStateInvalid", EXPIRED),
    ("resyncRequired", EXPIRED),
    ("Directory_ExpiredPageToken", EXPIRED),
    ("ErrorMailboxStoreUnavailable", BUSY),
    ("ErrorMailboxMoveInProgress", BUSY),
    ("ErrorMailboxFailover", BUSY),
    ("ErrorInternalServerTransientError", BUSY),
    ("ErrorTimeoutExpired", BUSY),
    ("ErrorADUnavailable", BUSY),
    ("ErrorConnectionFailed", BUSY),
    ("serviceNotAvailable", BUSY),
    ("Directory_ReplicaUnavailable", BUSY),
];

/// Returns the meaning of a failure by its codes, the innermost first, and by its status. Codes are compared without case,
/// because the service spells some of them in several ways. `is_conditional`: the request had a condition.
pub fn find(status: StatusCode, codes: &[&str], is_conditional: bool) -> Meaning {
    let known = codes.iter().find_map(|code| CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)));
    let meaning = known.map_or_else(|| find_by_status(status, codes), |(_, meaning)| *meaning);
    if meaning == CHANGED && !is_conditional { CONFLICT } else { meaning }
}

fn find_by_status(status: StatusCode, codes: &[&str]) -> Meaning {
    match status.as_u16() {
        300..=399 => REDIRECTED,
        401 => BAD_TOKEN,
        402 | 403 | 451 => DENIED,
        404 => NOT_FOUND,
        405 | 501 => UNSUPPORTED,
        407 => PROXY,
        // With a code, something exists. Without one, nothing says what: two changes met.
        409 if codes.is_empty() => CONFLICT,
        409 => EXISTS,
        410 => EXPIRED,
        412 => CHANGED,
        413 | 414 | 431 => TOO_LARGE,
        // Locked: 423.
        423 => CONFLICT,
        428 => NEEDS_CONDITION,
        429 => THROTTLED,
        // In a batch, 424 is for an item that was not carried out because of another one.
        408 | 421 | 424 | 425 | 502 | 503 | 504 | 509 => BUSY,
        400..=499 => REJECTED,
        507 => MAILBOX_FULL,
        505 | 506 | 508 | 510 | 511 => FAILED,
        _ => BROKEN,
    }
}
