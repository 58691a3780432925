//! The variations, each with its sources.

/// Declares the variations: the variant, its name in `SEED:NAME,NAME`, and how often it applies, as one response in so many.
macro_rules! variations {
    ($($(#[$doc:meta])+ $variant:ident, $name:literal, $one_in:literal;)+) => {
        /// A form that Microsoft Graph's responses may have or not have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum VariationKind {
            $($(#[$doc])+ $variant,)+
        }

        impl VariationKind {
            /// Every variation, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the name, for example `emptyPages`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Returns the bit of the variation in a set.
            pub(crate) fn bit(self) -> u32 {
                1 << (self as u32)
            }

            /// Returns `n` if the variation applies to one response in `n`.
            pub(crate) fn one_in(self) -> u64 {
                match self {
                    $(Self::$variant => $one_in,)+
                }
            }
        }
    };
}

variations! {
    /// Keys of links in parentheses or as segments, each key by itself: `contactfolders('{id}')` on the page "contact: delta";
    /// `users('UPN')/contactFolders('AAMk...')` in msgraph-sdk-powershell#2743; `mailFolders('inbox')` for a request of
    /// `mailfolders/inbox` in the test data of twentyhq/twenty.
    KeySpelling, "keySpelling", 2;
    /// `contactfolders` in links, on the pages "contact: delta" and "contactFolder: delta".
    LowerCaseFolders, "lowerCaseFolders", 2;
    /// `@` in links as it is (msgraph-sdk-dotnet#3070), otherwise `%40`.
    RawAt, "rawAt", 2;
    /// `=` in the ids of links as it is (`AAMk...AAA=` in microsoft-graph-docs#2188), otherwise `%3D`.
    RawEquals, "rawEquals", 2;
    /// `%24` in place of `$` in the options of links: microsoft-graph-docs-contrib#658, #7980.
    EncodedDollar, "encodedDollar", 2;
    /// State tokens and skip tokens with the `=` that fill up base64, raw or as `%3D`. They are opaque
    /// (<https://learn.microsoft.com/graph/paging>), so they may end so.
    PaddedTokens, "paddedTokens", 2;
    /// The user's id in links in place of the userPrincipalName in the request, and the other way round: `Location` of
    /// msgraph-sdk-powershell#2743; "{id | userPrincipalName}" on every page of Graph's reference.
    OtherUserKey, "otherUserKey", 2;
    /// `$skiptoken` in place of `$skip` in the links of lists in a mailbox: "a `$skiptoken` or `$skip` query parameter"
    /// (<https://learn.microsoft.com/graph/paging>).
    SkipToken, "skipToken", 2;
    /// Fewer rows than the page has room for, with a next link: microsoft-graph-docs-contrib#5631 for lists,
    /// <https://learn.microsoft.com/graph/delta-query-overview> for delta queries.
    ShortPages, "shortPages", 3;
    /// No rows, with a next link: "a page might be empty" (<https://learn.microsoft.com/graph/delta-query-overview>). For lists by
    /// analogy: microsoft-graph-docs#5029 has the reason, items of the store that are not shown.
    EmptyPages, "emptyPages", 4;
    /// The last row of a page again on the next one: "a single entity will be contained multiple times"
    /// (<https://learn.microsoft.com/graph/delta-query-overview>); microsoft-graph-docs-contrib#5631 for lists (3,679 rows of
    /// 3,667).
    RepeatedRows, "repeatedRows", 3;
    /// Null where the metadata allow it and a client does not expect it: items of Collection(String), the number of a phone, the
    /// name and the address of a website, the parts of an address. microsoftgraph/msgraph-metadata, `schemas/v1.0-Prod.csdl`:
    /// "nullable" unless declared otherwise.
    Nulls, "nulls", 2;
    /// Annotations and properties that a client does not know, the latter with null: contact and orgContact are open types in
    /// the CSDL; "`@microsoft.graph.tips`" in lists; phone has `language` and `region` since 2019 (v1.0-Prod.csdl). OData 4.01
    /// Part 1, 5.2 asks clients to be prepared for them.
    UnknownMembers, "unknownMembers", 2;
    /// Names of an enumeration that a client does not know, with a row that has no value besides: "be prepared to handle" evolvable
    /// enumerations (<https://learn.microsoft.com/graph/best-practices-concept>).
    UnknownEnumNames, "unknownEnumNames", 2;
    /// 204 in place of 200 with the entity after `PATCH`, and the other way round: microsoft-graph-docs#137 (200 documented, 204
    /// sent), microsoft-graph-docs-contrib#6570, #8326.
    PatchStatus, "patchStatus", 2;
    /// The responses of a batch in any order: "Individual responses might appear in a different order than the requests"
    /// (<https://learn.microsoft.com/graph/json-batching>).
    BatchOrder, "batchOrder", 1;
    /// 424 for a batch of which an item failed, with the responses of all items: <https://learn.microsoft.com/graph/known-issues>
    /// of 2021 for throttled items; dev-proxy sends it for every failed item.
    BatchFailedDependency, "batchFailedDependency", 2;
    /// Strings of MAPI properties compared without case in `$filter`, in the whole emulator or nowhere. Exchange's restrictions
    /// compare so (MS-OXCDATA 2.12.4, FL_IGNORECASE); for Graph it is unverified, in both directions.
    MapiCase, "mapiCase", 2;
    /// 404 with an empty body: alcionai/corso `graph/errors.go`.
    EmptyNotFound, "emptyNotFound", 2;
    /// `Retry-After` of a throttled request as a date: RFC 9110, 10.2.3; kiota's clients parse both.
    RetryAfterDate, "retryAfterDate", 2;
    /// The members of a distribution list under the names of other pages than the type's of June 2026, as a relationship in place of a
    /// property, and 204 after a change of them: <https://learn.microsoft.com/graph/api/resources/member> and the pages "addMembers"
    /// and "Get distributionList" disagree.
    MemberNames, "memberNames", 2;
}
