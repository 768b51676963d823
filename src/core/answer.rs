//! What came back from one exchange, and what it means to the call that made it: behaviours 1 and 2 of the contract
//! and the rows of its error table that an answer can lead to.

use super::failure::{Cause, Code, Failure};
use super::http::{self, Class};
use super::text::{push_decimal, text};

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Creates a session. Not idempotent.
    Create,
    /// Waits for this session.
    Poll(u64),
}

/// What came back from one exchange. Every text in it is free of the key.
#[derive(Clone, Debug)]
pub enum Answer<V> {
    /// Nothing, or not all of it.
    Lost {
        /// The request surely never reached the server.
        unsent: bool,
        /// The status of an answer whose body was lost.
        status: Option<u16>,
        /// What the platform says happened.
        words: String,
        /// The platform's own error.
        cause: V,
    },
    /// A session, with a 2xx.
    Session(Session<V>),
    /// Anything else.
    Reply(Reply),
}

/// A whole answer without a session in it.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status; 0 where the platform hides it.
    pub status: u16,
    /// A redirect that the platform shows as nothing but that.
    pub redirect: bool,
    /// Where a redirect points.
    pub location: Option<String>,
    /// Milliseconds that the server asks to wait.
    pub retry_after: Option<f64>,
    /// The request's id at the server.
    pub request_id: Option<String>,
    /// Why it is not a session, as the end of a sentence; said of a 2xx.
    pub why: String,
    /// The body's beginning.
    pub text: String,
    /// The server's own words in it.
    pub words: Option<String>,
}

/// A session, as far as the rules have to know it.
#[derive(Clone, Debug)]
pub struct Session<V> {
    /// Its id.
    pub id: u64,
    /// Its status.
    pub status: String,
    /// The session itself.
    pub value: V,
    /// Whether it differs from the one that the call saw before.
    pub changed: bool,
    /// The answer's HTTP status.
    pub http_status: u16,
    /// Milliseconds that the server asks to wait before the next request.
    pub retry_after: Option<f64>,
}

/// What to do about an answer.
#[derive(Clone, Debug)]
pub enum Verdict<V> {
    /// Look at the session.
    Session(Session<V>),
    /// Try again, and fail with this where no try is left.
    Again(Failure<V>),
    /// Try again with a fresh key, and fail with this where none can be had.
    FreshKey(Failure<V>),
    /// Fail.
    Final(Failure<V>),
}

/// What `answer` means to `operation`.
pub fn judge<V>(operation: Operation, answer: Answer<V>) -> Verdict<V> {
    let reply = match (answer, operation) {
        (Answer::Lost { unsent, status, words, cause }, _) => return lost(operation, unsent, status, &words, cause),
        (Answer::Session(session), Operation::Poll(id)) if session.id != id => another(session),
        (Answer::Session(session), _) => return Verdict::Session(session),
        (Answer::Reply(reply), _) => reply,
    };
    let Reply { status, redirect, location, retry_after, request_id, why, text: body, words } = reply;
    let class = if redirect { Class::Redirect } else { http::class(status) };
    let (code, message) = match class {
        Class::Success => (Code::Decode, text(&[&answered(status), ", but not with the session: ", &why, "."])),
        Class::Redirect => (Code::Redirected, redirected(status, location.as_deref())),
        _ => (Code::Http, refused(status, words.as_deref())),
    };
    let mut failure = Failure::new(code, message);
    failure.status = (status != 0).then_some(status);
    failure.retry_after = retry_after;
    failure.request_id = request_id;
    failure.body = (!body.is_empty()).then_some(body);
    match (class, operation) {
        (Class::Busy, _) => Verdict::Again(failure),
        (Class::Key, _) => Verdict::FreshKey(failure),
        (Class::Success | Class::Timing | Class::Broken, Operation::Poll(_)) => Verdict::Again(failure),
        (Class::Success | Class::Broken | Class::Odd, Operation::Create) => Verdict::Final(outcome_unknown(failure)),
        _ => Verdict::Final(failure),
    }
}

fn another<V>(session: Session<V>) -> Reply {
    Reply {
        status: session.http_status,
        redirect: false,
        location: None,
        retry_after: session.retry_after,
        request_id: None,
        why: "it is another session".into(),
        text: String::new(),
        words: None,
    }
}

fn lost<V>(operation: Operation, unsent: bool, status: Option<u16>, words: &str, cause: V) -> Verdict<V> {
    let mut message = match status {
        Some(status) => text(&[&answered(status), ", but the answer was lost on the way"]),
        None => String::from("No answer from the server"),
    };
    if !words.is_empty() {
        message = text(&[&message, ": ", words]);
    }
    end_sentence(&mut message);
    let mut failure = Failure::new(Code::Network, message);
    failure.status = status;
    failure.cause = Some(Cause::Value(cause));
    give_up(operation, unsent, failure)
}

/// What an exchange that took longer than `requestTimeoutMs` means to `operation`.
pub fn stalled<V>(operation: Operation, request_timeout: f64) -> Verdict<V> {
    let timeout = Failure::new(Code::Timeout, no_answer_within("requestTimeoutMs", request_timeout));
    let failure = match operation {
        Operation::Create => timeout,
        Operation::Poll(_) => {
            let mut failure = Failure::new(Code::Network, timeout.message.clone());
            failure.cause = Some(Cause::Failure(Box::new(timeout)));
            failure
        }
    };
    give_up(operation, false, failure)
}

fn give_up<V>(operation: Operation, unsent: bool, failure: Failure<V>) -> Verdict<V> {
    match operation {
        Operation::Poll(_) => Verdict::Again(failure),
        Operation::Create if unsent => Verdict::Final(failure),
        Operation::Create => Verdict::Final(outcome_unknown(failure)),
    }
}

/// What a create ends in whose request may have arrived, with no usable answer.
pub fn outcome_unknown<V>(cause: Failure<V>) -> Failure<V> {
    let message = text(&[
        "The session may or may not have been created, so the request was not sent again. ",
        &cause.message,
        " Look for the session before you ask again: a second create makes a second session.",
    ]);
    Failure {
        status: cause.status,
        retry_after: cause.retry_after,
        request_id: cause.request_id.clone(),
        body: cause.body.clone(),
        cause: Some(Cause::Failure(Box::new(cause))),
        ..Failure::new(Code::CreateOutcomeUnknown, message)
    }
}

/// "No complete answer within timeoutMs (5 ms)."
pub fn no_answer_within(option: &str, ms: f64) -> String {
    let mut message = text(&["No complete answer within ", option, " ("]);
    push_decimal(&mut message, ms as u64);
    message.push_str(" ms).");
    message
}

fn redirected(status: u16, location: Option<&str>) -> String {
    text(&[
        &answered(status),
        ": the server points to ",
        location.unwrap_or("another address"),
        ". Redirects are not followed, since the key would go along; set baseUrl to where the API is.",
    ])
}

fn refused(status: u16, words: Option<&str>) -> String {
    let mut message = answered(status);
    if let Some(words) = words {
        message = text(&[&message, ": ", words]);
    }
    end_sentence(&mut message);
    message.push_str(http::advice(status));
    message
}

fn answered(status: u16) -> String {
    let mut answered = String::from("HTTP ");
    match status {
        0 => answered.push_str("redirect"),
        _ => push_decimal(&mut answered, status.into()),
    }
    answered
}

fn end_sentence(sentence: &mut String) {
    if !sentence.ends_with(['.', '!', '?', '\u{2026}']) {
        sentence.push('.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATIONS: [Operation; 2] = [Operation::Create, Operation::Poll(7)];

    fn reply(status: u16) -> Answer<&'static str> {
        Answer::Reply(Reply {
            status,
            redirect: false,
            location: None,
            retry_after: Some(9.0),
            request_id: Some("r".into()),
            why: "it is not JSON".into(),
            text: "body".into(),
            words: Some("No".into()),
        })
    }

    fn outcome(verdict: Verdict<&'static str>) -> (&'static str, Code, Option<Code>) {
        let (name, failure) = match verdict {
            Verdict::Session(_) => return ("session", Code::Http, None),
            Verdict::Again(failure) => ("again", failure),
            Verdict::FreshKey(failure) => ("key", failure),
            Verdict::Final(failure) => ("final", failure),
        };
        let cause = match failure.cause {
            Some(Cause::Failure(cause)) => Some(cause.code),
            _ => None,
        };
        (name, failure.code, cause)
    }

    #[test]
    fn every_status_to_a_create_and_to_a_poll() {
        use Code::{CreateOutcomeUnknown as Unknown, Decode, Http, Redirected};
        let unknown = ("final", Unknown, Some(Http));
        let refused = ("final", Http, None);
        let again = ("again", Http, None);
        let table = [
            (vec![200, 201, 204], ("final", Unknown, Some(Decode)), ("again", Decode, None)),
            (vec![301, 302, 303, 307, 308], ("final", Redirected, None), ("final", Redirected, None)),
            (vec![401, 403], ("key", Http, None), ("key", Http, None)),
            (vec![408, 425], refused, again),
            (vec![429], again, again),
            (vec![500, 502, 503, 504], unknown, again),
            (vec![300, 304, 400, 404, 405, 409, 410, 422, 451, 501, 505], refused, refused),
            (vec![507, 520, 599], unknown, refused),
        ];
        for (codes, create, poll) in table {
            for code in codes {
                assert_eq!(outcome(judge(Operation::Create, reply(code))), create, "create {code}");
                assert_eq!(outcome(judge(Operation::Poll(7), reply(code))), poll, "poll {code}");
            }
        }
    }

    #[test]
    fn a_lost_answer_is_retried_by_a_poll_only() {
        let answer = |unsent| Answer::Lost { unsent, status: None, words: "reset".into(), cause: "cause" };
        assert_eq!(outcome(judge(Operation::Poll(7), answer(false))), ("again", Code::Network, None));
        assert_eq!(outcome(judge(Operation::Poll(7), answer(true))), ("again", Code::Network, None));
        assert_eq!(outcome(judge(Operation::Create, answer(true))), ("final", Code::Network, None));
        let unknown = ("final", Code::CreateOutcomeUnknown, Some(Code::Network));
        assert_eq!(outcome(judge(Operation::Create, answer(false))), unknown);
        assert_eq!(outcome(stalled(Operation::Poll(7), 5.0)), ("again", Code::Network, Some(Code::Timeout)));
        let unknown = ("final", Code::CreateOutcomeUnknown, Some(Code::Timeout));
        assert_eq!(outcome(stalled(Operation::Create, 5.0)), unknown);
    }

    #[test]
    fn a_session_must_be_the_one_asked_for() {
        let answer = |id| {
            let (status, value) = ("active".into(), "s");
            Answer::Session(Session { id, status, value, changed: true, http_status: 200, retry_after: None })
        };
        for operation in OPERATIONS {
            assert_eq!(outcome(judge(operation, answer(7))).0, "session");
        }
        assert_eq!(outcome(judge(Operation::Poll(7), answer(8))), ("again", Code::Decode, None));
        assert_eq!(outcome(judge(Operation::Create, answer(8))).0, "session");
    }

    #[test]
    fn errors_carry_what_the_answer_said() {
        for operation in OPERATIONS {
            let Verdict::Final(failure) = judge(operation, reply(404)) else { unreachable!() };
            assert_eq!(failure.status, Some(404));
            assert_eq!(failure.retry_after, Some(9.0));
            assert_eq!(failure.request_id.as_deref(), Some("r"));
            assert_eq!(failure.body.as_deref(), Some("body"));
            assert!(failure.message.starts_with("HTTP 404: No. "), "{}", failure.message);
        }
        let mut answer = reply(302);
        if let Answer::Reply(reply) = &mut answer {
            reply.location = Some("https://elsewhere.example/".into());
        }
        let Verdict::Final(failure) = judge(Operation::Create, answer) else { unreachable!() };
        assert!(failure.message.contains("https://elsewhere.example/"), "{}", failure.message);
    }
}
