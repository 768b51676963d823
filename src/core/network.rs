//! What can be told from the platform's own error about a request that got no answer.

/// Error codes (of Node's sockets, resolver and TLS, of undici and Bun) that are given before a request leaves.
const UNSENT_CODES: &[&str] = &[
    "ECONNREFUSED",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ENETDOWN",
    "ENETUNREACH",
    "EHOSTDOWN",
    "EHOSTUNREACH",
    "EADDRNOTAVAIL",
    "UND_ERR_CONNECT_TIMEOUT",
    "ConnectionRefused",
    "FailedToOpenSocket",
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "ERR_TLS_CERT_ALTNAME_INVALID",
];

/// What Deno and Cloudflare say, which give no code.
const UNSENT_WORDS: &[&str] =
    &["tcp connect error", "dns error", "client error (Connect)", "Network connection refused"];

/// Whether a request that failed with this code and message surely never left: no connection was made, so that nothing
/// can have been carried out. Browsers do not say, to keep pages from learning about the network.
pub fn never_left(code: Option<&str>, message: &str) -> bool {
    code.is_some_and(|code| UNSENT_CODES.contains(&code)) || UNSENT_WORDS.iter().any(|words| contains(message, words))
}

/// `str::contains` without its search tables, which would be the largest thing in the module.
fn contains(text: &str, words: &str) -> bool {
    text.as_bytes().windows(words.len()).any(|part| part == words.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sure_counts() {
        assert!(never_left(Some("ECONNREFUSED"), ""));
        assert!(never_left(None, "client error (Connect): tcp connect error: Connection refused (os error 111)"));
        for code in ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "ETIMEDOUT", "UND_ERR_HEADERS_TIMEOUT", ""] {
            assert!(!never_left(Some(code), "Failed to fetch"), "{code}");
        }
        assert!(!never_left(None, "fetch failed"));
    }
}
