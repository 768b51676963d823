//! The headers of a response.

use js_sys::{Date, JsString};

use super::js::{self, ForeignHeaders, ForeignResponse};
use crate::core::retry_after::{self, RetryAfterHeaders};

thread_local! {
    // Created once, since they are read from every response.
    static RETRY_AFTER: JsString = JsString::from("retry-after");
    static RETRY_AFTER_MS: JsString = JsString::from("retry-after-ms");
}

/// The headers of a response. A header that throws counts as absent: SvelteKit's throw outside of an allow-list.
pub struct Headers(Option<ForeignHeaders>);

impl Headers {
    /// The headers of this response.
    pub fn of(response: &ForeignResponse) -> Headers {
        Headers(response.headers().ok())
    }

    /// A header; `None` if it is absent or empty.
    pub fn get(&self, name: &str) -> Option<String> {
        self.read(&name.into())
    }

    fn read(&self, name: &JsString) -> Option<String> {
        self.0.as_ref()?.get(name).ok()??.as_string().filter(|value| !value.is_empty())
    }

    /// The pause that the server asks for, in milliseconds.
    pub fn retry_after_ms(&self) -> Option<f64> {
        let retry_after_ms = RETRY_AFTER_MS.with(|name| self.read(name));
        let retry_after = RETRY_AFTER.with(|name| self.read(name));
        if retry_after_ms.is_none() && retry_after.is_none() {
            return None;
        }
        let date = self.get("date");
        let headers = RetryAfterHeaders {
            retry_after_ms: retry_after_ms.as_deref(),
            retry_after: retry_after.as_deref(),
            date: date.as_deref(),
        };
        retry_after::parse(&headers, Date::now(), &js::parse_date)
    }

    /// The server's id of the request.
    pub fn request_id(&self) -> Option<String> {
        ["x-request-id", "request-id", "x-amzn-requestid"].iter().find_map(|name| self.get(name))
    }
}
