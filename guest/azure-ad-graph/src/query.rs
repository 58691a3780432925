//! The query of a request.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-supported-queries-filters-and-paging-options>

use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;

/// What a query says.
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
    /// `deltaLink`; empty where a differential query begins.
    pub delta_link: Option<String>,
}

/// The longest query that is read, in bytes: more than an address may have in most services.
const LONGEST: usize = 64 << 10;

/// Objects a page at most.
pub(super) const LARGEST_PAGE: u32 = 999;

impl Query {
    /// Reads a query. Options that Azure AD Graph does not have are refused by name, and so is one that is there twice; parameters that are no
    /// options of OData's are for whoever else reads them.
    pub fn read(text: &str) -> Result<Query, Failure> {
        if text.len() > LONGEST {
            return Err(Failure::bad_request(format!("The query is longer than {LONGEST} bytes.")));
        }
        let mut query = Query::default();
        let mut top = None;
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let place = match name.to_ascii_lowercase().as_str() {
                "$filter" => &mut query.filter,
                "$orderby" => &mut query.order_by,
                "$select" => &mut query.select,
                "$expand" => &mut query.expand,
                "$skiptoken" => &mut query.skip_token,
                "deltalink" => &mut query.delta_link,
                "$top" => &mut top,
                // It is read before this.
                "$format" => continue,
                "previous-page" => {
                    query.previous_page = value.eq_ignore_ascii_case("true");
                    continue;
                }
                option if option.starts_with('$') => {
                    return Err(Failure::unsupported_query(format!(
                        "The query option '{}' is not supported: there are $filter, $orderby, $select, $expand, $top, $skiptoken and \
                         $format.",
                        shorten(&name)
                    )));
                }
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                let name = shorten(&name);
                return Err(Failure::bad_request(format!("The query option '{name}' is there twice.")));
            }
        }
        query.top = top.as_deref().map(page_size).transpose()?;
        query.skip_token = query.skip_token.filter(|token| !token.is_empty());
        query.order_by = query.order_by.filter(|order| !order.trim().is_empty());
        Ok(query)
    }

    /// Checks that of these options none is there, which `what` does not take.
    pub fn lacks(&self, options: &[&str], what: &str) -> Result<(), Failure> {
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
            Some((name, _)) => Err(Failure::unsupported_query(format!("The query option '{name}' is not supported for {what}."))),
        }
    }
}

fn page_size(text: &str) -> Result<u32, Failure> {
    let wrong = || Failure::bad_request(format!("Invalid page size specified: $top is a number from 1 to {LARGEST_PAGE}."));
    text.parse().ok().filter(|top| (1..=LARGEST_PAGE).contains(top)).ok_or_else(wrong)
}
