//! Whether a failed request never left this machine, according to the platform's error.
//!
//! A create that never left may be repeated without harm. An error without a reason counts as sent: browsers hide the
//! reason, and a connection that was reset while it was open may have carried the request.
//!
//! Deno needs the caller's help. Deno 2.9 resends a POST after a kept-alive connection broke, and reports the failure of
//! the second attempt, for example a refused connection. It does not resend a body that is a `Blob`.

use super::text::contains;

/// Codes of Node, undici and Bun that occur only before a request is sent.
const CODES: [&str; 29] = [
    // The name was not resolved. `ENOTFOUND` has its system call in Node, but not in node-fetch.
    "ENOTFOUND",
    "EAI_AGAIN",
    // The connection was not made: undici, whose codes include the TLS handshake, and Bun.
    "UND_ERR_CONNECT_TIMEOUT",
    "ConnectionRefused",
    "FailedToOpenSocket",
    // The proxy was not reached over TLS (undici), or refused the tunnel (Node 24).
    "UND_ERR_PRX_TLS",
    "ERR_PROXY_TUNNEL",
    // The certificate was refused. Node checks it before it sends.
    "CERT_CHAIN_TOO_LONG",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_REJECTED",
    "CERT_REVOKED",
    "CERT_SIGNATURE_FAILURE",
    "CERT_UNTRUSTED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "HOSTNAME_MISMATCH",
    "INVALID_CA",
    "INVALID_PURPOSE",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    // The TLS handshake failed. Alerts that a server may also send later, such as `internal_error`, are not listed, nor are
    // those on the client's certificate, which TLS 1.3 sends after the client's first data.
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_SSL_UNSUPPORTED_PROTOCOL",
    "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE",
    "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    "ERR_SSL_TLSV1_UNRECOGNIZED_NAME",
];

/// Codes that mean the same unless the error names another system call: a read on an open connection fails with them too if
/// the network disappears.
const CONNECT_CODES: [&str; 6] =
    ["ECONNREFUSED", "ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH", "EADDRNOTAVAIL"];

/// Parts of messages that occur only before a request is sent, for errors whose code says less.
const MESSAGE_PARTS: [&str; 9] = [
    // Node, if the server closes the connection during the handshake. The code is `ECONNRESET`.
    "before secure TLS connection was established",
    // undici, if an HTTP proxy refuses the tunnel: "Proxy response (407) !== 200 when HTTP Tunneling".
    "when HTTP Tunneling",
    // node-fetch, which names the system call only in its message.
    "reason: connect E",
    // Bun. The code is `EPROTO`.
    "The TLS handshake failed",
    // Deno. "Connect" covers the resolver, TCP and TLS; older versions lack it.
    "client error (Connect)",
    "tcp connect error",
    "dns error",
    "Requests to port ",
    // Cloudflare Workers.
    "Network connection refused",
];

/// The message of undici's error for a port that `fetch` blocks.
const BLOCKED_PORT: &str = "bad port";

/// The parts of an error of `fetch` that show the reason.
#[derive(Clone, Debug, Default)]
pub struct PlatformError {
    /// `error.name`
    pub name: String,
    /// `error.code`, if it is a string.
    pub code: Option<String>,
    /// `error.syscall`, of Node: `connect`, `getaddrinfo`, `read`.
    pub syscall: Option<String>,
    /// `error.message`
    pub message: String,
    /// `error.cause`, if it is an error.
    pub cause: Option<Box<PlatformError>>,
    /// `error.errors` of an `AggregateError`: one for each address that was tried.
    pub errors: Vec<PlatformError>,
}

impl PlatformError {
    /// Whether the request certainly never left.
    ///
    /// True if one error in the chain of causes says so. All errors of an `AggregateError` must say so.
    pub fn never_left(&self) -> bool {
        if !self.errors.is_empty() {
            return self.errors.iter().all(Self::never_left);
        }
        self.is_before_sending() || self.cause.as_deref().is_some_and(Self::never_left)
    }

    /// The last error of the chain of causes, through the first error of an `AggregateError`.
    pub fn deepest(&self) -> &Self {
        match self.cause.as_deref().or(self.errors.first()) {
            Some(cause) => cause.deepest(),
            None => self,
        }
    }

    /// The message, then the deepest cause's message and code, without repetition:
    /// "fetch failed: connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED)".
    pub fn description(&self) -> String {
        let deepest = self.deepest();
        let mut description = self.message_or_name().to_owned();
        let reason = deepest.message_or_name();
        if !contains(&description, reason) {
            description.push_str(": ");
            description.push_str(reason);
        }
        // Bun's messages start with their code.
        if let Some(code) = deepest.code.as_deref()
            && !code.is_empty()
            && !reason.starts_with(code)
        {
            description.push_str(" (");
            description.push_str(code);
            description.push(')');
        }
        description
    }

    /// Whether this error, without its causes, occurs only before a request is sent.
    fn is_before_sending(&self) -> bool {
        match self.syscall.as_deref() {
            Some("connect" | "getaddrinfo") => return true,
            Some(_) => return false,
            None => {}
        }
        let code = self.code.as_deref().unwrap_or_default();
        CODES.contains(&code)
            || CONNECT_CODES.contains(&code) && !self.names_other_syscall()
            || MESSAGE_PARTS.iter().any(|part| contains(&self.message, part))
            || self.message == BLOCKED_PORT
    }

    /// Whether the message of node-fetch names a system call on an open connection: "reason: read EHOSTUNREACH".
    fn names_other_syscall(&self) -> bool {
        ["read E", "write E"].iter().any(|syscall| contains(&self.message, syscall))
    }

    fn message_or_name(&self) -> &str {
        let message = self.message.trim();
        if message.is_empty() { &self.name } else { message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(name: &str, code: &str, syscall: &str, message: &str) -> PlatformError {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PlatformError {
            name: name.to_owned(),
            code: some(code),
            syscall: some(syscall),
            message: message.to_owned(),
            ..Default::default()
        }
    }

    fn caused_by(outer: PlatformError, cause: PlatformError) -> PlatformError {
        PlatformError { cause: Some(Box::new(cause)), ..outer }
    }

    /// The error of the global `fetch` of Node 20 and of undici.
    fn fetch_failed(code: &str, syscall: &str, message: &str) -> PlatformError {
        caused_by(error("TypeError", "", "", "fetch failed"), error("Error", code, syscall, message))
    }

    /// undici's error for a tunnel that a proxy refuses, two causes down.
    fn refused_tunnel(status: &str) -> PlatformError {
        let message = ["Proxy response (", status, ") !== 200 when HTTP Tunneling"].concat();
        let reason = error("AbortError", "UND_ERR_ABORTED", "", &message);
        let cancelled = caused_by(error("Error", "", "", "Request was cancelled."), reason);
        caused_by(error("TypeError", "", "", "fetch failed"), cancelled)
    }

    fn aggregate(code: &str, errors: Vec<PlatformError>) -> PlatformError {
        let outer = error("TypeError", "", "", "fetch failed");
        caused_by(outer, PlatformError { errors, ..error("AggregateError", code, "", "") })
    }

    #[test]
    fn node_says_that_no_connection_was_made() {
        for (code, syscall, message) in [
            ("ECONNREFUSED", "connect", "connect ECONNREFUSED 127.0.0.1:4447"),
            ("ECONNRESET", "connect", "connect ECONNRESET 127.0.0.1:36399"),
            ("EHOSTUNREACH", "connect", "connect EHOSTUNREACH 2001:db8::1:80"),
            ("ENETUNREACH", "connect", "connect ENETUNREACH 255.255.255.255:80 - Local (0.0.0.0:0)"),
            ("EADDRNOTAVAIL", "connect", "connect EADDRNOTAVAIL 127.0.0.1:80"),
            ("ETIMEDOUT", "connect", "connect ETIMEDOUT 10.255.255.1:443"),
            ("ENOTFOUND", "getaddrinfo", "getaddrinfo ENOTFOUND no-such-host.invalid"),
            ("EAI_AGAIN", "getaddrinfo", "getaddrinfo EAI_AGAIN api.example"),
            (
                "UND_ERR_CONNECT_TIMEOUT",
                "",
                "Connect Timeout Error (attempted address: 127.0.0.1:42693, timeout: 300ms)",
            ),
            ("", "", "bad port"),
        ] {
            assert!(fetch_failed(code, syscall, message).never_left(), "{message}");
        }
    }

    #[test]
    fn node_says_that_tls_was_never_established() {
        for (code, message) in [
            ("ECONNRESET", "Client network socket disconnected before secure TLS connection was established"),
            (
                "ERR_SSL_WRONG_VERSION_NUMBER",
                "80CC435C927F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:\
                 ../deps/openssl/openssl/ssl/record/ssl3_record.c:350:\n",
            ),
            (
                "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
                "80CC435C927F0000:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:\
                 ../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 40\n",
            ),
            ("ERR_SSL_TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
            ("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        ] {
            assert!(fetch_failed(code, "", message).never_left(), "{code}");
        }
    }

    #[test]
    fn node_says_that_the_certificate_was_refused() {
        for (code, message) in [
            ("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"),
            ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"),
            ("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain"),
            ("CERT_HAS_EXPIRED", "certificate has expired"),
            (
                "ERR_TLS_CERT_ALTNAME_INVALID",
                "Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: \
                 DNS:other.example",
            ),
        ] {
            assert!(fetch_failed(code, "", message).never_left(), "{code}");
        }
    }

    #[test]
    fn node_does_not_say_whether_a_broken_connection_carried_the_request() {
        for (code, syscall, message) in [
            // The same error comes from a reset during the TLS handshake and from one after the request.
            ("ECONNRESET", "read", "read ECONNRESET"),
            ("ETIMEDOUT", "read", "read ETIMEDOUT"),
            ("EHOSTUNREACH", "read", "read EHOSTUNREACH"),
            ("ECONNREFUSED", "read", "read ECONNREFUSED"),
            ("ETIMEDOUT", "", "request timed out"),
            ("EPIPE", "write", "write EPIPE"),
            ("EPROTO", "write", "write EPROTO"),
            ("UND_ERR_SOCKET", "", "other side closed"),
            ("UND_ERR_HEADERS_TIMEOUT", "", "Headers Timeout Error"),
            ("UND_ERR_BODY_TIMEOUT", "", "Body Timeout Error"),
            ("UND_ERR_ABORTED", "", "Request aborted"),
            ("HPE_INVALID_CONSTANT", "", "Response does not match the HTTP/1.1 protocol (Expected HTTP/)"),
            ("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", "", "tlsv1 alert internal error"),
            ("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "", "tlsv13 alert certificate required"),
            ("", "", "not a bad port"),
            ("", "", ""),
        ] {
            assert!(!fetch_failed(code, syscall, message).never_left(), "{message}");
        }
        assert!(!error("TypeError", "", "", "Failed to fetch").never_left());
        assert!(!error("TypeError", "", "", "fetch failed").never_left());
        assert!(!PlatformError::default().never_left());
    }

    #[test]
    fn undici_says_that_a_proxy_refused_the_tunnel() {
        for status in ["407", "403", "502"] {
            assert!(refused_tunnel(status).never_left(), "{status}");
        }
    }

    #[test]
    fn an_aggregate_error_never_left_if_all_of_its_errors_say_so() {
        let refused = || error("Error", "ECONNREFUSED", "connect", "connect ECONNREFUSED ::1:4447");
        let timed_out = || error("Error", "ETIMEDOUT", "connect", "connect ETIMEDOUT 127.0.0.1:4447");
        let reset = || error("Error", "ECONNRESET", "read", "read ECONNRESET");
        assert!(aggregate("ECONNREFUSED", vec![refused(), timed_out()]).never_left());
        assert!(!aggregate("ECONNREFUSED", vec![refused(), reset()]).never_left());
        assert!(!aggregate("", vec![]).never_left());
    }

    #[test]
    fn node_fetch_names_the_system_call_in_its_message() {
        for (code, reason, never_left) in [
            ("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:4447", true),
            ("ETIMEDOUT", "connect ETIMEDOUT 10.255.255.1:443", true),
            ("ENOTFOUND", "getaddrinfo ENOTFOUND no-such-host.invalid", true),
            ("ECONNRESET", "Client network socket disconnected before secure TLS connection was established", true),
            ("ECONNRESET", "read ECONNRESET", false),
            ("ETIMEDOUT", "read ETIMEDOUT", false),
            ("EHOSTUNREACH", "read EHOSTUNREACH", false),
        ] {
            let message = ["request to http://localhost:4447/ failed, reason: ", reason].concat();
            assert_eq!(error("FetchError", code, "", &message).never_left(), never_left, "{message}");
        }
    }

    #[test]
    fn bun_says_in_code_or_message_that_the_request_never_left() {
        for (code, syscall, message) in [
            ("ECONNREFUSED", "", "ECONNREFUSED: Unable to connect. Is the computer able to access the url?"),
            ("EHOSTUNREACH", "", "EHOSTUNREACH: Unable to connect. Is the computer able to access the url?"),
            ("ENETUNREACH", "", "ENETUNREACH: Was there a typo in the url or port?"),
            ("ENOTFOUND", "getaddrinfo", "getaddrinfo ENOTFOUND no-such-host.invalid"),
            ("EPROTO", "", "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?"),
            ("CERT_HAS_EXPIRED", "", "certificate has expired"),
            // Bun 1.1.
            ("ConnectionRefused", "", "Unable to connect. Is the computer able to access the url?"),
            ("FailedToOpenSocket", "", "Was there a typo in the url or port?"),
        ] {
            assert!(error("TypeError", code, syscall, message).never_left(), "{message}");
        }
        let closed = "ECONNRESET: The socket connection was closed unexpectedly. For more information, pass `verbose: true` \
                      in the second argument to fetch()";
        assert!(!error("TypeError", "ECONNRESET", "", closed).never_left());
        assert!(!error("Error", "ConnectionClosed", "", "The socket connection was closed unexpectedly.").never_left());
    }

    #[test]
    fn deno_says_in_the_message_of_the_cause_that_the_request_never_left() {
        let url = "error sending request for url (https://localhost:43931/): ";
        for reason in [
            "client error (Connect): tcp connect error: Connection refused (os error 111)",
            "client error (Connect): tcp connect error: No route to host (os error 113)",
            "client error (Connect): dns error: failed to lookup address information: Name or service not known",
            "client error (Connect): Connection reset by peer (os error 104)",
            "client error (Connect): tls handshake eof",
            "client error (Connect): invalid peer certificate: UnknownIssuer",
            "client error (Connect): received corrupt message of type InvalidContentType",
            "client error (Connect): received fatal alert: HandshakeFailure",
        ] {
            assert!(fetch_failed("", "", &[url, reason].concat()).never_left(), "{reason}");
        }
        assert!(error("TypeError", "", "", "Fetch failed: Requests to port 6667 are blocked").never_left());
        for message in [
            "Connection reset by peer (os error 104)",
            "error sending request from 127.0.0.1:51184 for http://localhost:46647/ (127.0.0.1:46647): \
             client error (SendRequest): connection closed before message completed",
        ] {
            assert!(!fetch_failed("", "", message).never_left(), "{message}");
        }
    }

    #[test]
    fn the_description_holds_the_message_and_the_deepest_cause() {
        let refused = fetch_failed("ECONNREFUSED", "connect", "connect ECONNREFUSED 127.0.0.1:1");
        assert_eq!(refused.description(), "fetch failed: connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED)");
        assert_eq!(
            refused_tunnel("407").description(),
            "fetch failed: Proxy response (407) !== 200 when HTTP Tunneling (UND_ERR_ABORTED)"
        );
        let first = error("Error", "ECONNREFUSED", "connect", "connect ECONNREFUSED ::1:1");
        let second = error("Error", "ETIMEDOUT", "connect", "connect ETIMEDOUT 127.0.0.1:1");
        assert_eq!(
            aggregate("ECONNREFUSED", vec![first, second]).description(),
            "fetch failed: connect ECONNREFUSED ::1:1 (ECONNREFUSED)"
        );
        assert_eq!(fetch_failed("", "", " bad port\n").description(), "fetch failed: bad port");
    }

    #[test]
    fn the_description_repeats_nothing() {
        assert_eq!(error("TypeError", "", "", "Failed to fetch").description(), "Failed to fetch");
        assert_eq!(fetch_failed("", "", "fetch failed").description(), "fetch failed");
        assert_eq!(error("TypeError", "EPROTO", "", "EPROTO: no TLS").description(), "EPROTO: no TLS");
        let wrapped = caused_by(error("Error", "", "", "failed: no route"), error("Error", "", "", "no route"));
        assert_eq!(wrapped.description(), "failed: no route");
    }

    #[test]
    fn an_error_without_a_message_is_described_by_its_name() {
        assert_eq!(error("AggregateError", "E1", "", " ").description(), "AggregateError (E1)");
        assert_eq!(PlatformError::default().description(), "");
    }
}
