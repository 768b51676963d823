//! Where requests go: the API's paths, queries and header names.

use super::ident;

/// The header that carries the API key.
pub const KEY_HEADER: &str = "X-API-Key";

/// Where the API is, unless `baseUrl` says otherwise.
pub const BASE_URL: &str = "https://premium.aiera.com/api";

/// The URL that a session is created at. `base` has no trailing slash.
pub fn create_url(base: &str) -> String {
    [base, "/chat-v1/sessions"].concat()
}

/// The URL that a session is read at, its messages included.
pub fn poll_url(base: &str, session: u64) -> String {
    let mut url = create_url(base);
    url.push('/');
    ident::push_decimal(&mut url, session);
    url.push_str("?include_messages=true");
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_the_documented_ones() {
        assert_eq!(create_url(BASE_URL), "https://premium.aiera.com/api/chat-v1/sessions");
        assert_eq!(
            poll_url(BASE_URL, 2229),
            "https://premium.aiera.com/api/chat-v1/sessions/2229?include_messages=true"
        );
    }
}
