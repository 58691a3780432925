//! The query options of a request.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>

use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;

use crate::page_size::MAX_PAGE_SIZE;

/// The query options of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// `$filter`
    pub filter: Option<String>,
    /// `$orderby`
    pub order_by: Option<String>,
    /// `$select`
    pub select: Option<String>,
    /// `$expand`
    pub expand: Option<String>,
    /// `$top`
    pub top: Option<u32>,
    /// `$skiptoken`
    pub skip_token: Option<String>,
    /// `previous-page=true`
    pub previous_page: bool,
    /// `deltaLink`, which is empty at the start of a differential query.
    pub delta_link: Option<String>,
}

/// The most bytes of a query. Most services allow less.
const MAX_BYTES: usize = 64 << 10;

impl Query {
    /// Parses a query. Parameters that do not begin with `$` are ignored, except for `deltaLink` and `previous-page`. An empty option
    /// is none: programs send `$filter=` for everything (microsoft-graph-docs-contrib, issue 1391).
    ///
    /// # Errors
    ///
    /// If Azure AD Graph does not have an option, or an option is there twice.
    pub fn parse(text: &str) -> Result<Query, Failure> {
        if text.len() > MAX_BYTES {
            return Err(Failure::bad_request(format!("The query has more than {MAX_BYTES} bytes: shorten it.")));
        }
        let mut query = Query::default();
        let mut top = None;
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if name.starts_with('$') && value.trim().is_empty() {
                continue;
            }
            let option = match name.to_ascii_lowercase().as_str() {
                "$filter" => &mut query.filter,
                "$orderby" => &mut query.order_by,
                "$select" => &mut query.select,
                "$expand" => &mut query.expand,
                "$skiptoken" => &mut query.skip_token,
                "deltalink" => &mut query.delta_link,
                "$top" => &mut top,
                // The format of the response is known already.
                "$format" => continue,
                "previous-page" => {
                    query.previous_page = value.eq_ignore_ascii_case("true");
                    continue;
                }
                unknown if unknown.starts_with('$') => {
                    return Err(Failure::unsupported_query(format!(
                        "The query option '{}' is not supported; use $filter, $orderby, $select, $expand, $top, $skiptoken and \
                         $format.",
                        shorten(&name)
                    )));
                }
                _ => continue,
            };
            if option.replace(value.into_owned()).is_some() {
                let name = shorten(&name);
                return Err(Failure::bad_request(format!("The query option '{name}' is there twice: give it once.")));
            }
        }
        query.top = top.as_deref().map(parse_page_size).transpose()?;
        Ok(query)
    }

    /// Checks that the query has none of these options. `resource` does not support them.
    pub fn refuse_options(&self, options: &[&str], resource: &str) -> Result<(), Failure> {
        let given = [
            ("$filter", self.filter.is_some()),
            ("$orderby", self.order_by.is_some()),
            ("$select", self.select.is_some()),
            ("$expand", self.expand.is_some()),
            ("$top", self.top.is_some()),
            ("$skiptoken", self.skip_token.is_some()),
            ("deltaLink", self.delta_link.is_some()),
        ];
        match given.into_iter().find(|(name, given)| *given && options.contains(name)) {
            None => Ok(()),
            Some((name, _)) => {
                Err(Failure::unsupported_query(format!("The query option '{name}' is not supported for {resource}.")))
            }
        }
    }
}

/// Parses `$top`.
fn parse_page_size(text: &str) -> Result<u32, Failure> {
    let invalid =
        || Failure::bad_request(format!("Invalid page size specified: $top must be a number from 1 to {MAX_PAGE_SIZE}."));
    text.parse().ok().filter(|top| (1..=MAX_PAGE_SIZE).contains(top)).ok_or_else(invalid)
}
