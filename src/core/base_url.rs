//! The rule for `baseUrl`: nobody between the client and this address can read the key.
//!
//! The platform's `URL` parses it.

/// The parts of a URL, as the platform's `URL` names them.
#[derive(Clone, Debug, Default)]
pub struct UrlParts {
    /// The scheme with its colon, as `https:`.
    pub protocol: String,
    /// The host without its port, as `api.example.com`.
    pub hostname: String,
    /// Scheme, host and port, as `https://api.example.com`; `null` for a scheme without an origin on this platform.
    pub origin: String,
    /// The path, as `/api/`.
    pub pathname: String,
    /// Whether the URL holds a user name or a password.
    pub has_credentials: bool,
}

/// The reason why a `baseUrl` is refused. It does not hold the URL, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseUrlError {
    /// Not a URL, or a path that leaves the page's origin, or a path outside of pages.
    NotAUrl,
    /// A scheme that sends the key unencrypted, or that is not HTTP.
    NotSecure,
    /// A user name or a password.
    Credentials,
    /// A query or a fragment.
    QueryOrFragment,
}

impl BaseUrlError {
    /// The end of a message that starts with "options.baseUrl must ".
    pub fn expected(self) -> &'static str {
        match self {
            Self::NotAUrl => "be a whole URL, or in a page a path on the page's own origin",
            Self::NotSecure => "use https: (http: is allowed on loopback only, since it sends the key unencrypted)",
            Self::Credentials => "have no user name or password in it",
            Self::QueryOrFragment => "have no query or fragment",
        }
    }
}

/// Whether a `baseUrl` is a path, which the caller resolves against the page's origin before [`check`].
pub fn is_path(text: &str) -> bool {
    text.starts_with('/')
}

/// Returns the base that the API's paths are appended to, without a trailing slash.
///
/// `text` is the `baseUrl` as the user wrote it, and `url` its parts, or `None` if it does not parse. `page_origin` is
/// `None` outside of pages and if it is opaque. A URL on the page's origin may have any scheme, since the page itself came
/// from there: `app:` in Electron, `chrome-extension:`, or `http:`.
///
/// # Errors
/// The first rule that the URL breaks.
pub fn check(text: &str, url: Option<&UrlParts>, page_origin: Option<&str>) -> Result<String, BaseUrlError> {
    let url = url.ok_or(BaseUrlError::NotAUrl)?;
    let page_origin = page_origin.filter(|origin| is_on_page_origin(text, url, origin));
    if is_path(text) && page_origin.is_none() {
        return Err(BaseUrlError::NotAUrl);
    }
    let is_secure = url.protocol == "https:" || url.protocol == "http:" && is_loopback(&url.hostname);
    if !is_secure && page_origin.is_none() {
        return Err(BaseUrlError::NotSecure);
    }
    if url.has_credentials {
        return Err(BaseUrlError::Credentials);
    }
    // Not `URL.search` and `URL.hash`: both are empty for a bare `?` or `#`.
    if text.contains(['?', '#']) {
        return Err(BaseUrlError::QueryOrFragment);
    }
    let origin = page_origin.unwrap_or(&url.origin);
    Ok([origin, url.pathname.trim_end_matches('/')].concat())
}

fn is_on_page_origin(text: &str, url: &UrlParts, page_origin: &str) -> bool {
    if url.origin != "null" {
        // A `blob:` URL has the origin of the page that made it.
        return url.origin == page_origin && page_origin.starts_with(&url.protocol);
    }
    // Without an origin to compare, the text itself must not name another host.
    match text.strip_prefix(page_origin) {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => is_path(text) && !is_network_path(text),
    }
}

/// Whether a URL parser reads two slashes, and so a host, at the start of a path. It drops tabs and line breaks, and reads
/// `\` as `/`.
fn is_network_path(text: &str) -> bool {
    let mut characters = text.chars().filter(|character| !matches!(character, '\t' | '\n' | '\r'));
    characters.next().is_some() && matches!(characters.next(), Some('/' | '\\'))
}

/// Whether a host, as `URL` writes it, is this machine. `URL` has expanded short forms such as `127.1`.
fn is_loopback(hostname: &str) -> bool {
    let is_v4 = hostname.strip_prefix("127.").is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b.is_ascii_digit()));
    is_v4 || hostname == "localhost" || hostname.ends_with(".localhost") || hostname == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(protocol: &str, hostname: &str, origin: &str, pathname: &str) -> UrlParts {
        UrlParts {
            protocol: protocol.to_owned(),
            hostname: hostname.to_owned(),
            origin: origin.to_owned(),
            pathname: pathname.to_owned(),
            has_credentials: false,
        }
    }

    #[test]
    fn https_is_accepted_on_any_host_and_loses_its_trailing_slashes() {
        for pathname in ["/", "/api", "/api/", "/api//"] {
            let url = parts("https:", "a.example", "https://a.example", pathname);
            let base = ["https://a.example", pathname.trim_end_matches('/')].concat();
            assert_eq!(check("https://a.example…", Some(&url), None), Ok(base));
        }
    }

    #[test]
    fn http_is_accepted_on_loopback_only() {
        for host in ["localhost", "api.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            let url = parts("http:", host, "http://x", "/");
            assert_eq!(check("http://x", Some(&url), None), Ok("http://x".to_owned()), "{host}");
        }
        for host in [
            "example.com",
            "localhost.example",
            "notlocalhost",
            "127.0.0.1.example",
            "10.0.0.1",
            "0.0.0.0",
            "[::2]",
            "",
        ] {
            let url = parts("http:", host, "http://x", "/");
            assert_eq!(check("http://x", Some(&url), None), Err(BaseUrlError::NotSecure), "{host}");
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        for protocol in ["ftp:", "file:", "data:", "blob:", "ws:", "wss:", "javascript:", "app:"] {
            let url = parts(protocol, "localhost", "null", "/");
            assert_eq!(check("x", Some(&url), None), Err(BaseUrlError::NotSecure), "{protocol}");
            let page_origin = Some("https://a.example");
            assert_eq!(check("x", Some(&url), page_origin), Err(BaseUrlError::NotSecure), "{protocol}");
        }
    }

    #[test]
    fn a_path_is_accepted_on_the_origin_of_any_page() {
        for (protocol, hostname, origin) in [
            ("https:", "a.example", "https://a.example"),
            ("http:", "intranet", "http://intranet:8080"),
            ("chrome-extension:", "abc", "chrome-extension://abc"),
        ] {
            let url = parts(protocol, hostname, origin, "/api/");
            assert_eq!(check("/api/", Some(&url), Some(origin)), Ok([origin, "/api"].concat()));
        }
    }

    #[test]
    fn a_path_is_accepted_if_the_scheme_of_the_page_has_no_origin() {
        let url = parts("app:", "x", "null", "/api/");
        for text in ["/api/", "app://x/api/"] {
            assert_eq!(check(text, Some(&url), Some("app://x")), Ok("app://x/api".to_owned()), "{text}");
        }
        let url = parts("app:", "x", "null", "");
        assert_eq!(check("app://x", Some(&url), Some("app://x")), Ok("app://x".to_owned()));
    }

    #[test]
    fn a_url_on_the_origin_of_an_http_page_is_accepted() {
        let url = parts("http:", "intranet", "http://intranet", "/api");
        let base = Ok("http://intranet/api".to_owned());
        assert_eq!(check("http://intranet/api", Some(&url), Some("http://intranet")), base);
        let other_port = check("http://intranet/api", Some(&url), Some("http://intranet:81"));
        assert_eq!(other_port, Err(BaseUrlError::NotSecure));
    }

    #[test]
    fn a_path_that_leaves_the_origin_is_refused() {
        let url = parts("https:", "evil.example", "https://evil.example", "/");
        for text in ["//evil.example", "/\\evil.example", "/\t/evil.example"] {
            assert_eq!(check(text, Some(&url), Some("https://a.example")), Err(BaseUrlError::NotAUrl), "{text:?}");
        }
        // Neither origin names the host here, so the text decides.
        let url = parts("app:", "x", "null", "/");
        for text in ["//evil", "//x:81", "/\\evil", "/\t/evil", "/\n\r\\evil"] {
            assert_eq!(check(text, Some(&url), Some("app://x")), Err(BaseUrlError::NotAUrl), "{text:?}");
        }
        for text in ["app://xy/api", "app://x:81/api", "app://evil/api"] {
            assert_eq!(check(text, Some(&url), Some("app://x")), Err(BaseUrlError::NotSecure), "{text:?}");
        }
    }

    #[test]
    fn a_path_outside_of_pages_is_refused() {
        assert_eq!(check("/api", None, None), Err(BaseUrlError::NotAUrl));
        let url = parts("https:", "a.example", "https://a.example", "/api");
        assert_eq!(check("/api", Some(&url), None), Err(BaseUrlError::NotAUrl));
    }

    #[test]
    fn a_blob_url_of_the_page_is_refused() {
        let url = parts("blob:", "", "http://intranet", "http://intranet/9f0c");
        let result = check("blob:http://intranet/9f0c", Some(&url), Some("http://intranet"));
        assert_eq!(result, Err(BaseUrlError::NotSecure));
    }

    #[test]
    fn credentials_queries_and_fragments_are_refused() {
        let url = parts("https:", "a.example", "https://a.example", "/");
        for text in ["https://a.example/?q", "https://a.example?", "https://a.example/#f", "https://a.example/#"] {
            assert_eq!(check(text, Some(&url), None), Err(BaseUrlError::QueryOrFragment), "{text}");
        }
        let url = UrlParts { has_credentials: true, ..url };
        assert_eq!(check("https://u:p@a.example/", Some(&url), None), Err(BaseUrlError::Credentials));
    }

    #[test]
    fn a_text_that_does_not_parse_is_refused() {
        for text in ["", "api", "https://", "a.example/api"] {
            assert_eq!(check(text, None, Some("https://a.example")), Err(BaseUrlError::NotAUrl), "{text}");
        }
    }
}
