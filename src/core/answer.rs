//! What came back from one exchange, and what it means to the call that made it: behaviours 1 and 2 of the contract
//! and the rows of its error table that an answer can lead to.

use std::rc::Rc;

use super::failure::{Failure, Problem};
use super::http::{self, Class};
use super::status::Meaning;

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Creates a session. Not idempotent.
    Create,
    /// Waits for this session.
    Poll(u64),
}

/// What came back from one exchange.
#[derive(Clone, Debug)]
pub struct Answer<V> {
    /// What it is.
    pub content: Content,
    /// Milliseconds that the server asks to wait before the next request.
    pub retry_after: Option<f64>,
    /// The answer as the layer above keeps it, all that is told of it included.
    pub value: V,
}

/// What an answer is, as far as the rules have to know it.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// None: there was no key to ask with.
    NoKey,
    /// Nothing, or not all of it.
    Lost {
        /// The request surely never reached the server.
        unsent: bool,
    },
    /// A redirect that the platform shows as nothing but that.
    Redirect,
    /// A whole answer without a session in it, and its HTTP status.
    Reply(u16),
    /// A session, with a 2xx.
    Session {
        /// Its id.
        id: u64,
        /// What its status means.
        meaning: Meaning,
        /// Whether it differs from the one that the call saw before.
        changed: bool,
    },
}

/// What to do about an answer.
#[derive(Debug)]
pub enum Verdict<V> {
    /// Look at the session: what its status means, and whether it changed.
    Session(Meaning, bool, V),
    /// Try again, and fail with this where no try is left.
    Again(Failure<V>),
    /// Try again with a fresh key, and fail with this where none can be had.
    FreshKey(Failure<V>),
    /// Fail.
    Final(Failure<V>),
}

/// What `answer` means to `operation`.
pub fn judge<V: Clone>(operation: Operation, answer: Answer<V>) -> Verdict<V> {
    let (problem, class) = match answer.content {
        Content::NoKey => return Verdict::Final(Failure::new(Problem::NoKey, 0.0, Some(answer.value))),
        Content::Lost { unsent } => {
            return give_up(operation, unsent, Failure::new(Problem::Lost, 0.0, Some(answer.value)));
        }
        Content::Session { id, meaning, changed } => match operation {
            Operation::Poll(asked) if asked != id => (Problem::OtherSession, Class::Success),
            _ => return Verdict::Session(meaning, changed, answer.value),
        },
        Content::Redirect => (Problem::Redirected, Class::Redirect),
        Content::Reply(status) => match http::class(status) {
            Class::Success => (Problem::NotASession, Class::Success),
            Class::Redirect => (Problem::Redirected, Class::Redirect),
            class => (Problem::Refused, class),
        },
    };
    let failure = Failure::new(problem, 0.0, Some(answer.value));
    match (class, operation) {
        (Class::Busy, _) => Verdict::Again(failure),
        (Class::Key, _) => Verdict::FreshKey(failure),
        (Class::Success | Class::Timing | Class::Broken, Operation::Poll(_)) => Verdict::Again(failure),
        (Class::Success | Class::Broken | Class::Odd, Operation::Create) => Verdict::Final(outcome_unknown(failure)),
        _ => Verdict::Final(failure),
    }
}

/// What an exchange that took longer than `requestTimeoutMs` means to `operation`.
pub fn stalled<V: Clone>(operation: Operation, request_timeout: f64) -> Verdict<V> {
    let mut failure = Failure::new(Problem::RequestTimeout, request_timeout, None);
    if let Operation::Poll(_) = operation {
        let cause = Some(Rc::new(failure));
        failure = Failure { cause, ..Failure::new(Problem::Stalled, request_timeout, None) };
    }
    give_up(operation, false, failure)
}

fn give_up<V: Clone>(operation: Operation, unsent: bool, failure: Failure<V>) -> Verdict<V> {
    match operation {
        Operation::Poll(_) => Verdict::Again(failure),
        Operation::Create if unsent => Verdict::Final(failure),
        Operation::Create => Verdict::Final(outcome_unknown(failure)),
    }
}

/// What a create ends in whose request may have arrived, with no usable answer.
pub fn outcome_unknown<V: Clone>(cause: Failure<V>) -> Failure<V> {
    let answer = cause.answer.clone();
    Failure { cause: Some(Rc::new(cause)), ..Failure::new(Problem::CreateOutcomeUnknown, 0.0, answer) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::schedule::Stage;

    const OPERATIONS: [Operation; 2] = [Operation::Create, Operation::Poll(7)];

    fn answer(content: Content) -> Answer<&'static str> {
        Answer { content, retry_after: Some(9.0), value: "answer" }
    }

    fn outcome(verdict: Verdict<&'static str>) -> (&'static str, Option<Problem>, Option<Problem>) {
        let (name, failure) = match verdict {
            Verdict::Session(..) => return ("session", None, None),
            Verdict::Again(failure) => ("again", failure),
            Verdict::FreshKey(failure) => ("key", failure),
            Verdict::Final(failure) => ("final", failure),
        };
        (name, Some(failure.problem), failure.cause.map(|cause| cause.problem))
    }

    #[test]
    fn every_status_to_a_create_and_to_a_poll() {
        use Problem::{CreateOutcomeUnknown as Unknown, NotASession, Redirected, Refused};
        let unknown = ("final", Some(Unknown), Some(Refused));
        let refused = ("final", Some(Refused), None);
        let again = ("again", Some(Refused), None);
        let redirected = ("final", Some(Redirected), None);
        let key = ("key", Some(Refused), None);
        let empty = (("final", Some(Unknown), Some(NotASession)), ("again", Some(NotASession), None));
        let table = [
            (vec![200, 201, 204], empty.0, empty.1),
            (vec![301, 302, 303, 307, 308], redirected, redirected),
            (vec![401, 403], key, key),
            (vec![408, 425], refused, again),
            (vec![429], again, again),
            (vec![500, 502, 503, 504], unknown, again),
            (vec![300, 304, 400, 404, 405, 409, 410, 422, 451, 501, 505], refused, refused),
            (vec![507, 520, 599], unknown, refused),
        ];
        for (codes, create, poll) in table {
            for code in codes {
                let judged = |operation| outcome(judge(operation, answer(Content::Reply(code))));
                assert_eq!(judged(Operation::Create), create, "create {code}");
                assert_eq!(judged(Operation::Poll(7)), poll, "poll {code}");
            }
        }
        for operation in OPERATIONS {
            assert_eq!(outcome(judge(operation, answer(Content::Redirect))), redirected);
        }
    }

    #[test]
    fn a_lost_answer_is_retried_by_a_poll_only() {
        let lost = |operation, unsent| outcome(judge(operation, answer(Content::Lost { unsent })));
        assert_eq!(lost(Operation::Poll(7), false), ("again", Some(Problem::Lost), None));
        assert_eq!(lost(Operation::Poll(7), true), ("again", Some(Problem::Lost), None));
        assert_eq!(lost(Operation::Create, true), ("final", Some(Problem::Lost), None));
        let unknown = |cause| ("final", Some(Problem::CreateOutcomeUnknown), Some(cause));
        assert_eq!(lost(Operation::Create, false), unknown(Problem::Lost));
        let stalled = |operation| outcome(stalled(operation, 5.0));
        assert_eq!(stalled(Operation::Poll(7)), ("again", Some(Problem::Stalled), Some(Problem::RequestTimeout)));
        assert_eq!(stalled(Operation::Create), unknown(Problem::RequestTimeout));
    }

    #[test]
    fn without_a_key_nothing_is_tried_again() {
        for operation in OPERATIONS {
            assert_eq!(outcome(judge(operation, answer(Content::NoKey))), ("final", Some(Problem::NoKey), None));
        }
    }

    #[test]
    fn a_session_must_be_the_one_asked_for() {
        let session = |id| answer(Content::Session { id, meaning: Meaning::Waiting(Stage::Other), changed: true });
        for operation in OPERATIONS {
            assert_eq!(outcome(judge(operation, session(7))).0, "session");
        }
        assert_eq!(outcome(judge(Operation::Poll(7), session(8))), ("again", Some(Problem::OtherSession), None));
        assert_eq!(outcome(judge(Operation::Create, session(8))).0, "session");
    }

    #[test]
    fn failures_carry_the_answer() {
        for operation in OPERATIONS {
            for status in [200, 302, 404, 429, 503] {
                let verdict = judge(operation, answer(Content::Reply(status)));
                let (Verdict::Again(failure) | Verdict::Final(failure)) = verdict else { unreachable!() };
                assert_eq!(failure.answer, Some("answer"));
            }
        }
    }
}
