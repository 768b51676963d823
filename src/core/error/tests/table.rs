//! The table of errors: each kind for each operation, with its code, its exact message, and whether it is retryable.

use super::*;

/// The name of a kind. A new kind makes this fail to compile: it needs rows in the table.
fn name(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidArgument(_) => "InvalidArgument",
        ErrorKind::KeyUnavailable(_) => "KeyUnavailable",
        ErrorKind::Aborted(_) => "Aborted",
        ErrorKind::Timeout { .. } => "Timeout",
        ErrorKind::RequestTimeout { .. } => "RequestTimeout",
        ErrorKind::Stalled { .. } => "Stalled",
        ErrorKind::Lost { .. } => "Lost",
        ErrorKind::ControlFlow { .. } => "ControlFlow",
        ErrorKind::NoFetch => "NoFetch",
        ErrorKind::NotAResponse(_) => "NotAResponse",
        ErrorKind::Http { .. } => "Http",
        ErrorKind::RetryAfterTooLong { .. } => "RetryAfterTooLong",
        ErrorKind::Redirected { .. } => "Redirected",
        ErrorKind::Decode { .. } => "Decode",
        ErrorKind::SessionFailed(_) => "SessionFailed",
        ErrorKind::NoAnswer => "NoAnswer",
        ErrorKind::OutcomeUnknown => "OutcomeUnknown",
    }
}

const NAMES: [&str; 17] = [
    "InvalidArgument",
    "KeyUnavailable",
    "Aborted",
    "Timeout",
    "RequestTimeout",
    "Stalled",
    "Lost",
    "ControlFlow",
    "NoFetch",
    "NotAResponse",
    "Http",
    "RetryAfterTooLong",
    "Redirected",
    "Decode",
    "SessionFailed",
    "NoAnswer",
    "OutcomeUnknown",
];

/// A kind for some operations: the code, whether it is retryable, and the message, in which `@` stands for the request.
struct Row(ErrorKind, &'static [Operation], &'static str, bool, &'static str);

const NO: bool = false;
const YES: bool = true;

fn before_sending() -> Vec<Row> {
    vec![
        Row(
            ErrorKind::InvalidArgument("params must be an object, not 5.".into()),
            ALL,
            "invalid_argument",
            NO,
            "params must be an object, not 5.",
        ),
        Row(
            ErrorKind::KeyUnavailable(Some("the vault is sealed".into())),
            ALL,
            "key_unavailable",
            NO,
            "The apiKey function failed: the vault is sealed.",
        ),
        Row(
            ErrorKind::KeyUnavailable(None),
            ALL,
            "key_unavailable",
            NO,
            "The apiKey function returned no key: it must return a string that is not blank and can stand in a header, or a \
             promise of one.",
        ),
        Row(ErrorKind::NoFetch, ALL, "invalid_argument", NO, "There is no fetch here: pass one as options.fetch."),
        Row(
            ErrorKind::Aborted(Sent::Nothing),
            ALL,
            "aborted",
            NO,
            "The call was aborted by its signal; nothing was sent.",
        ),
    ]
}

fn aborts_and_timeouts() -> Vec<Row> {
    let aborted = || ErrorKind::Aborted(Sent::MayHaveArrived);
    let request_timeout = || ErrorKind::RequestTimeout { limit_ms: 30_000.0 };
    let stalled = || ErrorKind::Stalled { limit_ms: 30_000.0 };
    vec![
        Row(ErrorKind::Aborted(Sent::Refused), ONCE, "aborted", NO, "@: The call was aborted by its signal."),
        Row(aborted(), SINGLE, "aborted", NO, "@: The call was aborted by its signal."),
        Row(
            aborted(),
            POLL,
            "aborted",
            NO,
            "@: The call was aborted by its signal. The session continues: poll it again to get its response.",
        ),
        Row(
            aborted(),
            CREATE,
            "aborted",
            NO,
            "@: The call was aborted by its signal. The session may have been created all the same.",
        ),
        Row(
            aborted(),
            PROMPT,
            "aborted",
            NO,
            "@: The call was aborted by its signal. The prompt may have been sent all the same.",
        ),
        Row(
            timeout(Sent::MayHaveArrived, false),
            SINGLE,
            "timeout",
            YES,
            "@: No complete response within timeoutMs (60000 ms).",
        ),
        Row(
            timeout(Sent::MayHaveArrived, false),
            POLL,
            "timeout",
            YES,
            "@: No complete response within timeoutMs (60000 ms). The session continues: poll it again to get its response.",
        ),
        Row(
            timeout(Sent::MayHaveArrived, true),
            POLL,
            "timeout",
            YES,
            "@: No complete response within timeoutMs (60000 ms). The page is offline. The session continues: poll it again to \
             get its response.",
        ),
        Row(
            timeout(Sent::Nothing, false),
            &[CreateSession, SendPrompt, GetSession, ListSessions, UpdateSession, DeleteSession, ClearSources],
            "timeout",
            YES,
            "@: No complete response within timeoutMs (60000 ms). Nothing was sent.",
        ),
        Row(
            timeout(Sent::Nothing, true),
            POLL,
            "timeout",
            YES,
            "@: No complete response within timeoutMs (60000 ms). Nothing was sent. The page is offline. The session continues: \
             poll it again to get its response.",
        ),
        Row(request_timeout(), ONCE, "timeout", NO, "@: No complete response within requestTimeoutMs (30000 ms)."),
        Row(
            request_timeout(),
            REPEATABLE,
            "timeout",
            YES,
            "@: No complete response within requestTimeoutMs (30000 ms).",
        ),
        Row(stalled(), ONCE, "network", NO, "@: No complete response within requestTimeoutMs (30000 ms)."),
        Row(stalled(), REPEATABLE, "network", YES, "@: No complete response within requestTimeoutMs (30000 ms)."),
    ]
}

fn without_a_response() -> Vec<Row> {
    let no_response = "@: No response: fetch failed: read ECONNRESET (ECONNRESET).";
    let no_body = "@: HTTP 200, but the body was lost: fetch failed: read ECONNRESET (ECONNRESET).";
    let not_a_response = || ErrorKind::NotAResponse("a value of type Object".into());
    vec![
        Row(lost(false, None), ONCE, "network", NO, no_response),
        Row(lost(false, None), REPEATABLE, "network", YES, no_response),
        Row(lost(true, None), ALL, "network", YES, no_response),
        Row(lost(false, Some(200)), ONCE, "network", NO, no_body),
        Row(lost(false, Some(200)), REPEATABLE, "network", YES, no_body),
        Row(control_flow(), ALL, "network", NO, "@: The framework ended the request: Dynamic server usage."),
        Row(
            not_a_response(),
            ALL,
            "invalid_argument",
            NO,
            "@: options.fetch must resolve with a Response, not a value of type Object.",
        ),
    ]
}

fn refusals() -> Vec<Row> {
    let proxy = "@: HTTP 403: This origin is not allowed. The proxy refused the request: check its allowedOrigins and authorize \
                 options.";
    let too_long = || ErrorKind::RetryAfterTooLong { delay_ms: 90_000.0 };
    vec![
        Row(refused(400), ALL, "http", NO, "@: HTTP 400."),
        Row(refused_with(400, "content is required"), ALL, "http", NO, "@: HTTP 400: content is required."),
        Row(refused_with(422, "Unknown source!"), ALL, "http", NO, "@: HTTP 422: Unknown source!"),
        Row(
            refused_with(403, "Forbidden"),
            ALL,
            "http",
            NO,
            "@: HTTP 403: Forbidden. Check the API key: a missing or wrong key is answered with 401 or 403.",
        ),
        Row(refused_by_proxy(403), ALL, "http", NO, proxy),
        Row(
            refused(404),
            IN_SESSION,
            "http",
            NO,
            "@: HTTP 404. Check the session's id, and that baseUrl is the API's.",
        ),
        Row(refused(404), WITHOUT_SESSION, "http", NO, "@: HTTP 404. Check that baseUrl is the API's."),
        Row(refused(405), ALL, "http", NO, "@: HTTP 405. Check that baseUrl is the API's."),
        Row(refused(408), ONCE, "http", NO, "@: HTTP 408. Try again later."),
        Row(refused(425), REPEATABLE, "http", YES, "@: HTTP 425. Try again later."),
        Row(refused(429), ALL, "http", YES, "@: HTTP 429. Send fewer requests, or try later."),
        Row(
            refused_with(503, "Service unavailable"),
            REPEATABLE,
            "http",
            YES,
            "@: HTTP 503: Service unavailable. Try again later.",
        ),
        Row(refused(599), REPEATABLE, "http", YES, "@: HTTP 599. Try again later."),
        Row(
            too_long(),
            SINGLE,
            "http",
            YES,
            "@: The server asks for a pause of 90000 ms, which is past timeoutMs. Try again later, or with a longer timeoutMs.",
        ),
        Row(
            too_long(),
            POLL,
            "http",
            YES,
            "@: The server asks for a pause of 90000 ms, which is past timeoutMs. The session continues: poll it again to get its \
             response.",
        ),
        Row(
            redirected(308, Some("https://other.example/")),
            ALL,
            "redirected",
            NO,
            "@: HTTP 308: the server redirects to https://other.example/. Redirects are not followed, since the key would go \
             along: set baseUrl to the address of the API.",
        ),
        Row(
            redirected(0, None),
            ALL,
            "redirected",
            NO,
            "@: HTTP redirect: the server redirects to another address. Redirects are not followed, since the key would go \
             along: set baseUrl to the address of the API.",
        ),
    ]
}

fn wrong_payloads() -> Vec<Row> {
    let html = "@: HTTP 200, but the response is not the session: it is an HTML page. Check baseUrl, and whether the proxy is \
                mounted there.";
    let gets_session: &[Operation] = &[PollSession, GetSession, UpdateSession, ClearSources];
    vec![
        Row(decode(DecodeReason::Html), CREATE, "decode", NO, html),
        Row(decode(DecodeReason::Html), gets_session, "decode", YES, html),
        Row(
            decode(DecodeReason::Empty),
            gets_session,
            "decode",
            YES,
            "@: HTTP 200, but the response is not the session: its body is empty.",
        ),
        Row(
            decode(DecodeReason::NotJson),
            gets_session,
            "decode",
            YES,
            "@: HTTP 200, but the response is not the session: it is not JSON.",
        ),
        Row(
            decode(DecodeReason::IdTooLarge),
            CREATE,
            "decode",
            NO,
            "@: HTTP 200, but the response is not the session: its id is too large for a JavaScript number.",
        ),
        Row(
            decode(DecodeReason::NoStatus),
            gets_session,
            "decode",
            YES,
            "@: HTTP 200, but the response is not the session: it has no status.",
        ),
        Row(
            decode(DecodeReason::OtherSession),
            gets_session,
            "decode",
            YES,
            "@: HTTP 200, but the response is not the session: it is another session.",
        ),
        Row(
            decode(DecodeReason::NoId),
            PROMPT,
            "decode",
            NO,
            "@: HTTP 200, but the response is not the prompt message: it has no id.",
        ),
        Row(
            decode(DecodeReason::NoData),
            &[ListSessions],
            "decode",
            YES,
            "@: HTTP 200, but the response is not a page of sessions: it has no data array.",
        ),
        Row(
            decode(DecodeReason::NotDone),
            &[DeleteSession],
            "decode",
            YES,
            "@: HTTP 200, but the response is not a confirmation: it says success: false.",
        ),
    ]
}

fn sessions_without_an_answer() -> Vec<Row> {
    let failed = |status| ErrorKind::SessionFailed(status);
    vec![
        Row(
            failed(SessionStatus::FindingSourcesError),
            ALL,
            "session_failed",
            NO,
            "@: The session ended as finding_sources_error: the service failed to find sources for the prompt. Ask again, or \
             with other sources.",
        ),
        Row(
            failed(SessionStatus::GeneratingResponseError),
            ALL,
            "session_failed",
            NO,
            "@: The session ended as generating_response_error: the service failed to generate the response. Ask again.",
        ),
        Row(
            failed(SessionStatus::Deleted),
            ALL,
            "session_failed",
            NO,
            "@: The session ended as deleted: it was deleted.",
        ),
        Row(
            ErrorKind::NoAnswer,
            ALL,
            "no_answer",
            NO,
            "@: The session is finished and holds no response to the prompt. Ask again.",
        ),
        Row(
            ErrorKind::OutcomeUnknown,
            CREATE,
            "create_outcome_unknown",
            NO,
            "@: The session may or may not have been created, so the request is not repeated. Look for the session with \
             listSessions before you create it again. A second create makes a second session.",
        ),
        Row(
            ErrorKind::OutcomeUnknown,
            PROMPT,
            "prompt_outcome_unknown",
            NO,
            "@: The prompt may or may not have been sent, so the request is not repeated. Get the session and look for the \
             prompt before you send it again.",
        ),
    ]
}

fn table() -> Vec<Row> {
    let parts = [
        before_sending(),
        aborts_and_timeouts(),
        without_a_response(),
        refusals(),
        wrong_payloads(),
        sessions_without_an_answer(),
    ];
    parts.into_iter().flatten().collect()
}

#[test]
fn every_kind_has_its_code_and_its_message_for_each_operation() {
    for Row(kind, operations, code, is_retryable, expected) in table() {
        for operation in operations {
            let expected = expected.replace('@', &label(*operation));
            assert_eq!(message(kind.clone(), *operation), expected);
            assert_eq!(kind.code(*operation), code, "{operation:?} {kind:?}");
            assert_eq!(kind.is_retryable(*operation), is_retryable, "{operation:?} {kind:?}");
        }
    }
}

/// Some errors cannot happen to every operation: an unknown outcome to a repeatable one, a pause that is too long to one
/// that is sent once.
#[test]
fn the_table_has_every_kind_for_every_operation_that_it_can_happen_to() {
    let table = table();
    for name in NAMES {
        let expected = match name {
            "OutcomeUnknown" => ONCE,
            "RetryAfterTooLong" => REPEATABLE,
            _ => ALL,
        };
        for operation in expected {
            let has_row = |Row(kind, operations, ..): &Row| self::name(kind) == name && operations.contains(operation);
            assert!(table.iter().any(has_row), "{name} {operation:?}");
        }
    }
    assert!(table.iter().all(|Row(kind, ..)| NAMES.contains(&name(kind))));
}
