//! Where requests go: the API's paths and queries.

use super::text::{push_decimal, text};

/// The URL that a session is created at. `base` has no trailing slash.
pub fn create_url(base: &str) -> String {
    text(&[base, "/chat-v1/sessions"])
}

/// The URL that a session is read at, its messages included.
pub fn poll_url(base: &str, session: u64) -> String {
    let mut url = create_url(base);
    url.push('/');
    push_decimal(&mut url, session);
    url.push_str("?include_messages=true");
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_the_documented_ones() {
        assert_eq!(create_url("https://premium.aiera.com/api"), "https://premium.aiera.com/api/chat-v1/sessions");
        assert_eq!(
            poll_url("https://premium.aiera.com/api", 2229),
            "https://premium.aiera.com/api/chat-v1/sessions/2229?include_messages=true"
        );
    }
}
