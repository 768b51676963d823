//! Messages, codes and retryability of errors; `table` has all of them.

use super::*;
use Operation::{
    ClearSources, CreateSession, DeleteSession, GetSession, ListSessions, PollSession, SendPrompt, UpdateSession,
};

mod table;

const ALL: &[Operation] =
    &[CreateSession, PollSession, SendPrompt, GetSession, ListSessions, UpdateSession, DeleteSession, ClearSources];
/// The operations that may be repeated.
const REPEATABLE: &[Operation] = &[PollSession, GetSession, ListSessions, UpdateSession, DeleteSession, ClearSources];
/// The same without the poll.
const SINGLE: &[Operation] = &[GetSession, ListSessions, UpdateSession, DeleteSession, ClearSources];
/// The operations that are sent once.
const ONCE: &[Operation] = &[CreateSession, SendPrompt];
const CREATE: &[Operation] = &[CreateSession];
const PROMPT: &[Operation] = &[SendPrompt];
const POLL: &[Operation] = &[PollSession];
/// The operations with a session's id in their path, and those without.
const IN_SESSION: &[Operation] = &[PollSession, SendPrompt, GetSession, UpdateSession, DeleteSession, ClearSources];
const WITHOUT_SESSION: &[Operation] = &[CreateSession, ListSessions];
/// The operations that return a session.
const RETURNS_SESSION: &[Operation] = &[CreateSession, PollSession, GetSession, UpdateSession, ClearSources];

/// The method and the URL of an operation, written without the table of operations.
fn label(operation: Operation) -> String {
    let (method, path) = match operation {
        CreateSession => ("POST", ""),
        ListSessions => ("GET", ""),
        PollSession | GetSession => ("GET", "/2229"),
        SendPrompt => ("POST", "/2229/prompt"),
        UpdateSession => ("PATCH", "/2229"),
        DeleteSession => ("DELETE", "/2229"),
        ClearSources => ("POST", "/2229/sources/clear"),
    };
    format!("{method} https://api.example/chat-v1/sessions{path}")
}

fn context(operation: Operation) -> MessageContext {
    MessageContext { operation, label: label(operation), has_key: true, is_cross_origin: false }
}

fn failure(kind: ErrorKind) -> Failure<()> {
    Failure::new(kind)
}

fn message(kind: ErrorKind, operation: Operation) -> String {
    failure(kind).message(&context(operation))
}

// ---- Kinds ----

fn timeout(sent: Sent, is_offline: bool) -> ErrorKind {
    ErrorKind::Timeout { limit_ms: 60_000.0, sent, is_offline }
}

fn lost(is_unsent: bool, status: Option<u16>) -> ErrorKind {
    ErrorKind::Lost { is_unsent, status, description: "fetch failed: read ECONNRESET (ECONNRESET)".into() }
}

fn refused(status: u16) -> ErrorKind {
    ErrorKind::Http { status, server_message: None, by_proxy: false }
}

fn refused_with(status: u16, server_message: &str) -> ErrorKind {
    ErrorKind::Http { status, server_message: Some(server_message.into()), by_proxy: false }
}

fn refused_by_proxy(status: u16) -> ErrorKind {
    ErrorKind::Http { status, server_message: Some("This origin is not allowed.".into()), by_proxy: true }
}

fn redirected(status: u16, location: Option<&str>) -> ErrorKind {
    ErrorKind::Redirected { status, location: location.map(String::from) }
}

fn decode(reason: DecodeReason) -> ErrorKind {
    ErrorKind::Decode { status: 200, reason }
}

fn control_flow() -> ErrorKind {
    ErrorKind::ControlFlow { description: "Dynamic server usage".into() }
}

// ---- Advice ----

#[test]
fn the_advice_on_a_refused_key_fits_the_client() {
    for operation in ALL {
        for status in [401, 403] {
            let without_key = MessageContext { has_key: false, ..context(*operation) };
            let message = failure(refused(status)).message(&without_key);
            let advice = "The API key is missing: pass apiKey, or set baseUrl to a proxy that adds it.";
            assert_eq!(message, format!("{}: HTTP {status}. {advice}", label(*operation)));
            for context in [context(*operation), without_key] {
                let message = failure(refused_by_proxy(status)).message(&context);
                assert!(message.contains("allowedOrigins") && message.contains("authorize"), "{message}");
                assert!(!message.contains("API key"), "{message}");
            }
        }
    }
}

#[test]
fn the_advice_on_a_404_names_the_session_only_if_the_path_has_one() {
    for operation in ALL {
        for base in ["https://api.example", "https://api.example/sessions/v2"] {
            let label = label(*operation).replace("https://api.example", base);
            let message = failure(refused(404)).message(&MessageContext { label, ..context(*operation) });
            assert_eq!(message.contains("session's id"), IN_SESSION.contains(operation), "{message}");
        }
    }
}

#[test]
fn without_a_response_from_another_origin_a_page_is_advised_on_cors_and_the_proxy() {
    for operation in ALL {
        let context = MessageContext { is_cross_origin: true, ..context(*operation) };
        let expected = "@: No response: fetch failed: read ECONNRESET (ECONNRESET). The address is on another origin than the \
                        page: its server must allow that by CORS. Use a proxy on the page's own origin (aiera-chat/proxy) and \
                        set baseUrl to it.";
        let message = failure(lost(false, None)).message(&context);
        assert_eq!(message, expected.replace('@', &context.label));
        for kind in [lost(true, None), lost(false, Some(200)), refused(503), timeout(Sent::MayHaveArrived, false)] {
            let message = failure(kind).message(&context);
            assert!(!message.contains("CORS"), "that is not the reason: {message}");
        }
    }
}

#[test]
fn the_message_of_an_html_page_says_so_and_advises_on_the_base_url_and_the_proxy() {
    for operation in ALL {
        let message = message(decode(DecodeReason::Html), *operation);
        assert!(
            message.contains("it is an HTML page. Check baseUrl, and whether the proxy is mounted there."),
            "{message}"
        );
    }
}

#[test]
fn the_message_of_a_wrong_payload_names_the_payload() {
    for operation in ALL {
        let payload = match operation {
            SendPrompt => "the prompt message",
            ListSessions => "a page of sessions",
            DeleteSession => "a confirmation",
            operation => {
                assert!(RETURNS_SESSION.contains(operation));
                "the session"
            }
        };
        let expected = format!("{}: HTTP 200, but the response is not {payload}: it is not JSON.", label(*operation));
        assert_eq!(message(decode(DecodeReason::NotJson), *operation), expected);
    }
}

// ---- Causes ----

fn caused_by(kind: ErrorKind, cause: ErrorKind) -> Failure<()> {
    failure(kind).caused_by(Cause::Failure(Rc::new(failure(cause))))
}

#[test]
fn an_unknown_outcome_says_why_and_does_not_advise_to_try_again() {
    for (cause, fact) in [
        (timeout(Sent::MayHaveArrived, false), "No complete response within timeoutMs (60000 ms)."),
        (ErrorKind::RequestTimeout { limit_ms: 30_000.0 }, "No complete response within requestTimeoutMs (30000 ms)."),
        (lost(false, None), "No response: fetch failed: read ECONNRESET (ECONNRESET)."),
        (refused_with(503, "Service unavailable"), "HTTP 503: Service unavailable."),
    ] {
        let cause = failure(cause);
        let create = Failure::outcome_unknown(cause.clone()).message(&context(CreateSession));
        let expected = format!(
            "{}: The session may or may not have been created, so the request is not repeated. {fact} Look for the session with \
             listSessions before you create it again. A second create makes a second session.",
            label(CreateSession)
        );
        assert_eq!(create, expected);
        let prompt = Failure::outcome_unknown(cause).message(&context(SendPrompt));
        let expected = format!(
            "{}: The prompt may or may not have been sent, so the request is not repeated. {fact} Get the session and look for \
             the prompt before you send it again.",
            label(SendPrompt)
        );
        assert_eq!(prompt, expected);
    }
}

#[test]
fn a_timeout_names_the_last_failure() {
    let message = caused_by(timeout(Sent::MayHaveArrived, false), refused_with(503, "Service unavailable"))
        .message(&context(GetSession));
    let expected = format!(
        "{}: No complete response within timeoutMs (60000 ms). The last failure: HTTP 503: Service unavailable.",
        label(GetSession)
    );
    assert_eq!(message, expected);
}

#[test]
fn a_create_that_timed_out_after_a_429_does_not_say_that_nothing_was_sent() {
    let message = caused_by(timeout(Sent::Refused, false), refused(429)).message(&context(CreateSession));
    let expected = format!(
        "{}: No complete response within timeoutMs (60000 ms). The last failure: HTTP 429.",
        label(CreateSession)
    );
    assert_eq!(message, expected);
}

#[test]
fn an_error_has_the_http_status_of_the_response_that_decided() {
    for (kind, status) in [
        (refused(503), Some(503)),
        (decode(DecodeReason::Html), Some(200)),
        (redirected(307, None), Some(307)),
        (redirected(0, None), None),
        (lost(false, Some(200)), Some(200)),
        (lost(false, None), None),
        (ErrorKind::RetryAfterTooLong { delay_ms: 1.0 }, None),
        (ErrorKind::SessionFailed(SessionStatus::Deleted), None),
        (timeout(Sent::MayHaveArrived, false), None),
        (ErrorKind::Aborted(Sent::MayHaveArrived), None),
    ] {
        assert_eq!(failure(kind.clone()).status(), status, "{kind:?}");
        assert_eq!(Failure::outcome_unknown(failure(kind.clone())).status(), status, "{kind:?}");
        let timed_out = caused_by(timeout(Sent::MayHaveArrived, false), kind.clone());
        assert_eq!(timed_out.status(), None, "an earlier failure did not decide: {kind:?}");
    }
}

#[test]
fn an_unknown_outcome_keeps_the_response_of_its_cause() {
    let details = ResponseDetails { request_id: Some("request-7".into()), ..ResponseDetails::default() };
    let cause = Failure { response: Some(Rc::new(details)), ..failure(refused(503)) };
    let unknown = Failure::outcome_unknown(cause);
    assert_eq!(unknown.response.and_then(|response| response.request_id.clone()).as_deref(), Some("request-7"));
}

#[test]
fn only_a_429_of_a_create_or_prompt_is_retryable() {
    for operation in ONCE {
        for status in (100..600).filter(|status| *status != 429) {
            assert!(!refused(status).is_retryable(*operation), "{operation:?} {status}");
        }
        assert!(refused(429).is_retryable(*operation));
    }
}

#[test]
fn the_retryable_http_statuses_of_other_operations_are_408_425_429_and_5xx() {
    for operation in REPEATABLE {
        for status in 100..600 {
            let expected = matches!(status, 408 | 425 | 429) || status >= 500;
            assert_eq!(refused(status).is_retryable(*operation), expected, "{operation:?} {status}");
        }
    }
}
