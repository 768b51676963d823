//! What a call can fail from. The JavaScript side gives each problem its `code` and its words
//! (`pkg-template/src/problems.js`): texts and their joining cost four times as much here.

use std::rc::Rc;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The `apiKey` function gave no key.
    NoKey,
    /// A create was aborted before its request left: nothing was sent.
    AbortedUnsent,
    /// A create was aborted whose request had left.
    AbortedCreate,
    /// A wait was aborted.
    AbortedWait,
    /// `requestTimeoutMs` used up by an exchange.
    RequestTimeout,
    /// The same as what became of a poll: no complete answer.
    Stalled,
    /// No answer, or not all of it.
    Lost,
    /// An answer that says no.
    Refused,
    /// A redirect.
    Redirected,
    /// A 2xx without a session.
    NotASession,
    /// A 2xx with another session.
    OtherSession,
    /// The session ended without an answer.
    SessionFailed,
    /// A good answer that asks for a pause past the deadline.
    PauseTooLong,
    /// `timeoutMs` used up before a create's request left.
    TimeoutUnsent,
    /// `timeoutMs` used up after it had left.
    TimeoutCreate,
    /// `timeoutMs` used up by a wait. Its cause is the last failure, where it ran out of time among failures.
    TimeoutWait,
    /// A create whose request may have arrived, with no usable answer; its cause says why.
    CreateOutcomeUnknown,
}

/// Why a call failed. `V` is whatever the layer above keeps answers in.
#[derive(Debug, PartialEq)]
pub struct Failure<V> {
    /// What went wrong.
    pub problem: Problem,
    /// The milliseconds in question: of the limit that was passed, or of the pause asked for. Else 0.
    pub ms: f64,
    /// The answer that decided, or what a signal was aborted with.
    pub answer: Option<V>,
    /// What was behind it.
    pub cause: Option<Rc<Failure<V>>>,
}

impl<V> Failure<V> {
    /// A failure with nothing behind it.
    pub fn new(problem: Problem, ms: f64, answer: Option<V>) -> Self {
        Failure { problem, ms, answer, cause: None }
    }
}
