//! The rule of what may be a `baseUrl`: somewhere that the key can be sent to without being read on the way.
//!
//! Taking a URL apart is left to the platform's own `URL`.

/// A URL as the platform's `URL` takes it apart.
pub struct Parts<'a> {
    /// `https:`
    pub protocol: &'a str,
    /// `api.example.com`
    pub hostname: &'a str,
    /// `https://api.example.com`
    pub origin: &'a str,
    /// `/api/`
    pub pathname: &'a str,
    /// Whether there is a user name or a password in it.
    pub credentials: bool,
    /// Whether there is a `?` or a `#` in it.
    pub extras: bool,
}

/// The base to put the API's paths after, without a trailing slash, or what would be right instead.
/// `page_origin` is the origin of the page that this runs in.
///
/// # Errors
/// The end of a sentence that starts with "baseUrl must ".
pub fn check(url: &Parts, page_origin: Option<&str>) -> Result<String, &'static str> {
    let safe = match url.protocol {
        "https:" => true,
        "http:" => is_loopback(url.hostname) || Some(url.origin) == page_origin,
        _ => false,
    };
    if !safe {
        return Err("use https: (http: only on loopback, since anybody on the way could read the key)");
    }
    if url.credentials {
        return Err("have no user name or password in it");
    }
    if url.extras {
        return Err("have no query or fragment");
    }
    Ok([url.origin, url.pathname.trim_end_matches('/')].concat())
}

/// Whether a host name, as `URL` writes it, is this machine's own.
fn is_loopback(hostname: &str) -> bool {
    let v4 = hostname.strip_prefix("127.").is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b.is_ascii_digit()));
    v4 || hostname == "localhost" || hostname.ends_with(".localhost") || hostname == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'a>(protocol: &'a str, hostname: &'a str, origin: &'a str) -> Parts<'a> {
        Parts { protocol, hostname, origin, pathname: "/api//", credentials: false, extras: false }
    }

    #[test]
    fn https_anywhere_http_on_loopback_or_the_pages_own_origin() {
        let https = parts("https:", "a.example", "https://a.example");
        assert_eq!(check(&https, None).as_deref(), Ok("https://a.example/api"));
        for host in ["localhost", "api.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(check(&parts("http:", host, "http://x"), None).is_ok(), "{host}");
        }
        for host in ["example.com", "localhost.example", "127.0.0.1.example", "10.0.0.1", "0.0.0.0", "[::2]", ""] {
            assert!(check(&parts("http:", host, "http://x"), None).is_err(), "{host}");
        }
        let own = parts("http:", "intranet", "http://intranet");
        assert!(check(&own, Some("http://intranet")).is_ok());
        assert!(check(&own, Some("http://intranet:81")).is_err());
        for protocol in ["ftp:", "file:", "data:", "blob:", "ws:", "javascript:"] {
            assert!(check(&parts(protocol, "localhost", "null"), None).is_err(), "{protocol}");
        }
    }

    #[test]
    fn nothing_but_a_place() {
        let url = || parts("https:", "a.example", "https://a.example");
        assert!(check(&Parts { credentials: true, ..url() }, None).is_err());
        assert!(check(&Parts { extras: true, ..url() }, None).is_err());
    }
}
