//! The table: every field of a contact, and the properties of Microsoft Graph that show it.
//!
//! To add an attribute, add a row here, and its field and case in `wit/types.wit`. The emulator has a table of its own.

/// Hands the table of fields to the macro `$callback`.
///
/// The table is a macro and not a constant, because each row also becomes a field of [`Contact`](crate::contact::Contact) and of
/// the conversion of the record in `wit/types.wit`. All code that names every field is generated from these rows. A row without
/// its counterpart in WIT does not compile, and neither does a counterpart without its row.
///
/// ```text
/// field: Type, clear(WitCase) { "graphName": "meaning", modifier(argument); }
/// ```
///
/// | in a row | what it is |
/// |---|---|
/// | `field` | the field of `Contact`, and in kebab-case that of the record |
/// | `Type` | a type in `field_types`, and the variant of [`Accessor`](crate::contact::accessor::Accessor) of that name |
/// | `clear(WitCase)` | the case of `contact-property`; fields without it cannot be cleared through the record |
/// | `{ … }` | the field's properties in Graph, each with its meaning and the methods of `Property` that describe it |
/// | `as Variant(Kind::X)` | the property shows the entries of one kind, and not the whole list |
///
/// Callers see the properties in this order. For a list with kinds the order is a rule: a property for one kind is read before
/// the property for all kinds.
///
/// Names, types and versions: Microsoft's metadata (`microsoft.graph.contact`), and the pages
/// <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-1.0> and `...?view=graph-rest-beta`.
/// Limits are not in Microsoft's documentation; the service returns 400 beyond them
/// (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/15276>).
#[macro_export]
macro_rules! contact_properties {
    ($callback:ident) => {
        $callback! {
            id: String { "id": "the contact's id, assigned by the service; opaque and case-sensitive", read_only(); }
            change_key: String { "changeKey": "the version of the contact, which changes with every change of it", read_only(); }
            created_date_time: String { "createdDateTime": "when the contact was created, RFC 3339 in UTC", read_only(); }
            last_modified_date_time: String {
                "lastModifiedDateTime": "when the contact was last changed, RFC 3339 in UTC", read_only();
            }
            parent_folder_id: String { "parentFolderId": "the id of the folder that holds the contact", read_only(); }
            display_name: String, clear(DisplayName) {
                "displayName": "the name shown for the contact; the service makes one up if none is given";
            }
            given_name: String, clear(GivenName) { "givenName": "given name"; }
            middle_name: String, clear(MiddleName) { "middleName": "middle name"; }
            surname: String, clear(Surname) { "surname": "surname"; }
            title: String, clear(Title) { "title": "title, such as Dr. or Ms."; }
            generation: String, clear(Generation) { "generation": "generation, such as Jr. or III"; }
            initials: String, clear(Initials) { "initials": "initials"; }
            nick_name: String, clear(NickName) { "nickName": "nickname"; }
            file_as: String, clear(FileAs) { "fileAs": "the name the contact is filed under"; }
            company_name: String, clear(CompanyName) { "companyName": "company"; }
            department: String, clear(Department) { "department": "department"; }
            job_title: String, clear(JobTitle) { "jobTitle": "job title"; }
            profession: String, clear(Profession) { "profession": "profession"; }
            office_location: String, clear(OfficeLocation) { "officeLocation": "where the office is"; }
            manager: String, clear(Manager) { "manager": "the name of the contact's manager: text, not a link"; }
            assistant_name: String, clear(AssistantName) { "assistantName": "the name of the contact's assistant"; }
            email_addresses: EmailAddresses, clear(EmailAddresses) {
                "emailAddresses": "e-mail addresses, each with the name shown for it", limit(3);
            }
            primary_email_address: EmailAddress, clear(PrimaryEmailAddress) {
                "primaryEmailAddress": "the first e-mail slot; global cloud only";
            }
            secondary_email_address: EmailAddress, clear(SecondaryEmailAddress) {
                "secondaryEmailAddress": "the second e-mail slot; global cloud only";
            }
            tertiary_email_address: EmailAddress, clear(TertiaryEmailAddress) {
                "tertiaryEmailAddress": "the third e-mail slot; global cloud only";
            }
            im_addresses: Strings, clear(ImAddresses) { "imAddresses": "instant-messaging addresses", limit(3); }
            phones: Phones, clear(Phones) {
                "businessPhones" as PhonesOfKind(PhoneKind::Business): "business telephone numbers", only_in(V1), limit(2);
                "homePhones" as PhonesOfKind(PhoneKind::Home): "home telephone numbers", only_in(V1), limit(2);
                "mobilePhone" as PhoneOfKind(PhoneKind::Mobile): "the mobile telephone number", only_in(V1);
                "phones": "telephone numbers of every kind", only_in(Beta);
            }
            postal_addresses: PostalAddresses, clear(PostalAddresses) {
                "businessAddress" as AddressOfKind(AddressKind::Business): "business address", only_in(V1);
                "homeAddress" as AddressOfKind(AddressKind::Home): "home address", only_in(V1);
                "otherAddress" as AddressOfKind(AddressKind::Other): "another address", only_in(V1);
                "postalAddresses": "postal addresses of every kind", only_in(Beta);
            }
            websites: Websites, clear(Websites) {
                // This connector maps v1.0's home page to beta's website of kind work: Microsoft documents no mapping.
                "businessHomePage" as WebsiteOfKind(WebsiteKind::Work): "the company's website", only_in(V1);
                "websites": "websites of every kind", only_in(Beta);
            }
            birthday: DateTimeOffset, clear(Birthday) { "birthday": "birthday, YYYY-MM-DD"; }
            wedding_anniversary: Date, clear(WeddingAnniversary) {
                "weddingAnniversary": "wedding anniversary, YYYY-MM-DD", only_in(Beta);
            }
            spouse_name: String, clear(SpouseName) { "spouseName": "the name of the spouse or partner"; }
            children: Strings, clear(Children) { "children": "the names of the children"; }
            gender: String, clear(Gender) { "gender": "gender, free text", only_in(Beta); }
            yomi_given_name: String, clear(YomiGivenName) { "yomiGivenName": "phonetic Japanese given name"; }
            yomi_surname: String, clear(YomiSurname) { "yomiSurname": "phonetic Japanese surname"; }
            yomi_company_name: String, clear(YomiCompanyName) { "yomiCompanyName": "phonetic Japanese company name"; }
            personal_notes: String, clear(PersonalNotes) { "personalNotes": "notes about the contact"; }
            categories: Strings, clear(Categories) {
                "categories": "categories that the mailbox's owner has put the contact in";
            }
            flag: Flag, clear(Flag) { "flag": "follow-up flag", only_in(Beta); }
            is_favorite: Boolean, clear(IsFavorite) { "isFavorite": "whether the contact is a favourite", only_in(Beta); }
            single_value_extended_properties: SingleValueExtended {
                "singleValueExtendedProperties": "MAPI properties with one value; returned for the ids that a caller selects";
            }
            multi_value_extended_properties: MultiValueExtended {
                "multiValueExtendedProperties": "MAPI properties with several values; returned for the ids that a caller selects";
            }
            extensions: Extensions { "extensions": "open extensions; returned if a caller selects them"; }
            photo: Photo { "photo": "width and height of the contact's photo", read_only(); }
        }
    };
}
