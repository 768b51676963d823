//! The outcome of one exchange, and the decision that follows from it: rules 1 and 2.

use std::rc::Rc;

use super::error::{Cause, ErrorKind, Failure};
use super::http_status::StatusClass;
use super::operation::Operation;
use super::response::{Body, DecodeReason, Response, ResponseDetails, Session};
use super::session_id::SessionId;

/// The outcome of one exchange. `S` holds a payload, `E` an error of the platform.
#[derive(Clone, Debug)]
pub enum Outcome<S, E> {
    /// The key provider failed, with this message and error, or returned no key. Nothing was sent.
    NoKey(Option<String>, Option<E>),
    /// There is no `fetch`. Nothing was sent.
    NoFetch,
    /// `fetch` resolved with a value that is not a `Response`. Holds a description of the value.
    NotAResponse(String),
    /// The framework around `fetch` took control, with this message and this error.
    ControlFlow(String, E),
    /// No response, or not all of it.
    Lost {
        /// The request certainly never left.
        is_unsent: bool,
        /// The HTTP status, if only the body was lost.
        status: Option<u16>,
        /// The platform's description.
        description: String,
        /// The platform's error.
        error: E,
    },
    /// A complete response.
    Response(Response<S>),
}

/// The reaction to an outcome.
#[derive(Clone, Debug)]
pub enum Decision<S, E> {
    /// Observe the session.
    Session(Session<S>),
    /// The call is done, with this payload.
    Done(Option<S>),
    /// Retry; fail with this if no retry is left.
    Retry(Failure<E>),
    /// Retry with a fresh key; fail with this if there is no fresh key.
    RefreshKey(Failure<E>),
    /// Fail.
    Fail(Failure<E>),
}

/// The circumstances of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// The operation.
    pub operation: Operation,
    /// The session in the request's path.
    pub session: Option<SessionId>,
    /// An earlier attempt of this call may have been processed.
    pub may_have_arrived: bool,
}

/// The reaction to `outcome`.
pub fn decide<S, E>(circumstances: Circumstances, outcome: Outcome<S, E>) -> Decision<S, E> {
    let operation = circumstances.operation;
    match outcome {
        Outcome::NoKey(message, error) => {
            let failure = Failure::new(ErrorKind::KeyUnavailable(message));
            Decision::Fail(with_platform_cause(failure, error))
        }
        Outcome::NoFetch => Decision::Fail(Failure::new(ErrorKind::NoFetch)),
        Outcome::NotAResponse(description) => {
            let failure = Failure::new(ErrorKind::NotAResponse(description));
            Decision::Fail(if operation.is_repeatable() { failure } else { Failure::outcome_unknown(failure) })
        }
        Outcome::ControlFlow(description, error) => {
            let failure = Failure::new(ErrorKind::ControlFlow { description }).caused_by(Cause::Platform(error));
            Decision::Fail(if operation.is_repeatable() { failure } else { Failure::outcome_unknown(failure) })
        }
        Outcome::Lost { is_unsent, status, description, error } => {
            let failure = Failure::new(ErrorKind::Lost { is_unsent, status, description });
            incomplete(operation, is_unsent, failure.caused_by(Cause::Platform(error)))
        }
        Outcome::Response(response) => decide_response(circumstances, response),
    }
}

/// The reaction to an exchange that took longer than `requestTimeoutMs`.
pub fn decide_stalled<S, E>(operation: Operation, limit_ms: f64) -> Decision<S, E> {
    let timeout = Failure::new(ErrorKind::RequestTimeout { limit_ms });
    if !operation.is_repeatable() {
        return Decision::Fail(Failure::outcome_unknown(timeout));
    }
    let cause = Cause::Failure(Rc::new(timeout));
    Decision::Retry(Failure::new(ErrorKind::Stalled { limit_ms }).caused_by(cause))
}

fn decide_response<S, E>(circumstances: Circumstances, response: Response<S>) -> Decision<S, E> {
    let Circumstances { operation, session, may_have_arrived } = circumstances;
    let Response { status, retry_after_ms, body } = response;
    let (details, decode_reason) = match body {
        Body::Payload(payload) => return Decision::Done(payload),
        Body::Session(found) if session.is_none_or(|asked| asked == found.id) => return Decision::Session(found),
        Body::Session(_) => {
            let details = ResponseDetails { retry_after_ms, ..ResponseDetails::default() };
            (Rc::new(details), Some(DecodeReason::OtherSession))
        }
        Body::Other(details) => {
            let reason = details.decode_reason;
            (details, reason)
        }
    };
    let class = if details.is_redirect { StatusClass::Redirect } else { StatusClass::of(status) };
    let kind = match class {
        StatusClass::Success => ErrorKind::Decode { status, reason: decode_reason.unwrap_or(DecodeReason::NotJson) },
        StatusClass::Redirect => ErrorKind::Redirected { status, location: details.location.clone() },
        _ => ErrorKind::Http { status, server_message: details.server_message.clone(), by_proxy: details.by_proxy },
    };
    let failure = Failure { kind, response: Some(details), cause: None };
    match class {
        StatusClass::Refused if status == 404 && operation == Operation::DeleteSession && may_have_arrived => {
            Decision::Done(None)
        }
        StatusClass::TooManyRequests => Decision::Retry(failure),
        StatusClass::KeyRefused => Decision::RefreshKey(failure),
        StatusClass::Success | StatusClass::Timing | StatusClass::Transient if operation.is_repeatable() => {
            Decision::Retry(failure)
        }
        StatusClass::Success | StatusClass::Transient | StatusClass::OtherServerError if !operation.is_repeatable() => {
            Decision::Fail(Failure::outcome_unknown(failure))
        }
        _ => Decision::Fail(failure),
    }
}

fn incomplete<S, E>(operation: Operation, is_unsent: bool, failure: Failure<E>) -> Decision<S, E> {
    if operation.is_repeatable() {
        Decision::Retry(failure)
    } else if is_unsent {
        Decision::Fail(failure)
    } else {
        Decision::Fail(Failure::outcome_unknown(failure))
    }
}

fn with_platform_cause<E>(failure: Failure<E>, error: Option<E>) -> Failure<E> {
    match error {
        Some(error) => failure.caused_by(Cause::Platform(error)),
        None => failure,
    }
}

/// Whether a failed attempt may have been processed by the server.
pub fn may_have_arrived<E>(failure: &Failure<E>) -> bool {
    match &failure.kind {
        ErrorKind::Lost { is_unsent, .. } => !is_unsent,
        ErrorKind::Stalled { .. } | ErrorKind::Decode { .. } => true,
        ErrorKind::Http { status, .. } => StatusClass::of(*status) == StatusClass::Transient,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::session_status::SessionStatus;
    use super::*;

    type Decided = (&'static str, Option<&'static str>, Option<&'static str>);

    const REPEATABLE: [Operation; 4] =
        [Operation::PollSession, Operation::GetSession, Operation::UpdateSession, Operation::ClearSources];
    const ONCE: [Operation; 2] = [Operation::CreateSession, Operation::SendPrompt];

    fn id(id: f64) -> SessionId {
        SessionId::from_number(id).unwrap_or_else(|_| unreachable!())
    }

    fn circumstances(operation: Operation) -> Circumstances {
        Circumstances { operation, session: Some(id(7.0)), may_have_arrived: false }
    }

    fn response(status: u16) -> Outcome<&'static str, &'static str> {
        let details = ResponseDetails { server_message: Some("No".into()), ..ResponseDetails::default() };
        Outcome::Response(Response { status, retry_after_ms: Some(9.0), body: Body::Other(Rc::new(details)) })
    }

    fn lost(is_unsent: bool) -> Outcome<&'static str, &'static str> {
        Outcome::Lost { is_unsent, status: None, description: "reset".into(), error: "error" }
    }

    /// The decision, its code, and the code of its cause.
    fn decided(operation: Operation, decision: Decision<&'static str, &'static str>) -> Decided {
        let (name, failure) = match decision {
            Decision::Session(_) => return ("session", None, None),
            Decision::Done(_) => return ("done", None, None),
            Decision::Retry(failure) => ("retry", failure),
            Decision::RefreshKey(failure) => ("refresh", failure),
            Decision::Fail(failure) => ("fail", failure),
        };
        let cause = match &failure.cause {
            Some(Cause::Failure(cause)) => Some(cause.kind.code(operation)),
            Some(Cause::Platform(_)) => Some("platform"),
            None => None,
        };
        (name, Some(failure.kind.code(operation)), cause)
    }

    fn outcome(operation: Operation, outcome: Outcome<&'static str, &'static str>) -> Decided {
        decided(operation, decide(circumstances(operation), outcome))
    }

    fn unknown(operation: Operation) -> &'static str {
        if operation == Operation::SendPrompt { "prompt_outcome_unknown" } else { "create_outcome_unknown" }
    }

    #[test]
    fn every_status_code_leads_to_its_decision() {
        // The codes, then the decision for a repeatable operation and the one for a create or a prompt.
        let table: [(&[u16], Decided, Option<Decided>); 8] = [
            (&[200, 201, 204], ("retry", Some("decode"), None), None),
            (&[301, 302, 303, 307, 308], ("fail", Some("redirected"), None), Some(("fail", Some("redirected"), None))),
            (&[401, 403], ("refresh", Some("http"), None), Some(("refresh", Some("http"), None))),
            (&[408, 425], ("retry", Some("http"), None), Some(("fail", Some("http"), None))),
            (&[429], ("retry", Some("http"), None), Some(("retry", Some("http"), None))),
            (&[500, 502, 503, 504], ("retry", Some("http"), None), None),
            (
                &[300, 304, 400, 404, 405, 409, 410, 422, 451, 501, 505],
                ("fail", Some("http"), None),
                Some(("fail", Some("http"), None)),
            ),
            (&[507, 520, 599], ("fail", Some("http"), None), None),
        ];
        for (codes, repeatable, once) in table {
            for code in codes {
                for operation in REPEATABLE {
                    assert_eq!(outcome(operation, response(*code)), repeatable, "{operation:?} {code}");
                }
                for operation in ONCE {
                    let cause = if repeatable.1 == Some("decode") { "decode" } else { "http" };
                    let expected = once.unwrap_or(("fail", Some(unknown(operation)), Some(cause)));
                    assert_eq!(outcome(operation, response(*code)), expected, "{operation:?} {code}");
                }
            }
        }
    }

    #[test]
    fn a_hidden_redirect_is_a_redirect() {
        let details = Rc::new(ResponseDetails { is_redirect: true, ..ResponseDetails::default() });
        let hidden =
            || Outcome::Response(Response { status: 0, retry_after_ms: None, body: Body::Other(details.clone()) });
        for operation in REPEATABLE.into_iter().chain(ONCE) {
            assert_eq!(outcome(operation, hidden()), ("fail", Some("redirected"), None));
        }
    }

    #[test]
    fn a_lost_response_is_retried_if_the_operation_may_be_repeated() {
        for operation in REPEATABLE {
            for is_unsent in [false, true] {
                assert_eq!(outcome(operation, lost(is_unsent)), ("retry", Some("network"), Some("platform")));
            }
            let stalled = decided(operation, decide_stalled(operation, 5.0));
            assert_eq!(stalled, ("retry", Some("network"), Some("timeout")));
        }
        for operation in ONCE {
            assert_eq!(outcome(operation, lost(true)), ("fail", Some("network"), Some("platform")));
            assert_eq!(outcome(operation, lost(false)), ("fail", Some(unknown(operation)), Some("network")));
            let stalled = decided(operation, decide_stalled(operation, 5.0));
            assert_eq!(stalled, ("fail", Some(unknown(operation)), Some("timeout")));
        }
    }

    #[test]
    fn a_missing_key_a_missing_fetch_or_a_value_that_is_not_a_response_is_not_retried() {
        for operation in REPEATABLE {
            let not_a_response = Outcome::NotAResponse("a string".into());
            assert_eq!(outcome(operation, not_a_response), ("fail", Some("invalid_argument"), None));
            let control_flow = Outcome::ControlFlow("dynamic".into(), "error");
            assert_eq!(outcome(operation, control_flow), ("fail", Some("network"), Some("platform")));
        }
        for operation in ONCE {
            let not_a_response = Outcome::NotAResponse("a string".into());
            let expected = ("fail", Some(unknown(operation)), Some("invalid_argument"));
            assert_eq!(outcome(operation, not_a_response), expected);
        }
        for operation in REPEATABLE.into_iter().chain(ONCE) {
            assert_eq!(outcome(operation, Outcome::NoFetch), ("fail", Some("invalid_argument"), None));
            assert_eq!(outcome(operation, Outcome::NoKey(None, None)), ("fail", Some("key_unavailable"), None));
        }
    }

    #[test]
    fn a_session_with_another_id_is_not_the_payload() {
        let session = |number| {
            let (status, messages) = (SessionStatus::Active, Rc::from([]));
            let body = Body::Session(Session { id: id(number), status, is_changed: true, messages, value: "session" });
            Outcome::Response(Response { status: 200, retry_after_ms: None, body })
        };
        for operation in REPEATABLE {
            assert_eq!(outcome(operation, session(7.0)), ("session", None, None));
            assert_eq!(outcome(operation, session(8.0)), ("retry", Some("decode"), None));
        }
        let create = Circumstances { session: None, ..circumstances(Operation::CreateSession) };
        assert!(matches!(decide(create, session(8.0)), Decision::Session(_)));
    }

    #[test]
    fn a_404_to_a_repeated_delete_is_success() {
        let delete = circumstances(Operation::DeleteSession);
        assert!(matches!(decide(delete, response(404)), Decision::Fail(_)));
        let repeated = Circumstances { may_have_arrived: true, ..delete };
        assert!(matches!(decide(repeated, response(404)), Decision::Done(None)));
        let other = Circumstances { operation: Operation::GetSession, ..repeated };
        assert!(matches!(decide(other, response(404)), Decision::Fail(_)));
    }
}
