//! The notifications for the waiters of a call: events, updates, and the settlement.

use std::rc::Rc;

use super::error::Failure;

/// The id of a waiter, unique among the waiters of its call.
pub type WaiterId = u32;

/// A notification for one waiter.
#[derive(Clone, Debug)]
pub struct Notification<S, E> {
    /// The waiter.
    pub waiter: WaiterId,
    /// The notification.
    pub kind: NotificationKind<S, E>,
}

/// The kinds of notifications.
#[derive(Clone, Debug)]
pub enum NotificationKind<S, E> {
    /// An exchange is over: `onPoll`.
    Event(PollEvent<S, E>),
    /// The session changed: `onUpdate`.
    Update(S),
    /// The call is over for this waiter. This is its last notification.
    Settle(Result<Success<S>, CallError<S, E>>),
}

/// The result of a waiter's call that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Success<S> {
    /// The payload; `None` if the operation returns nothing.
    pub payload: Option<S>,
    /// The number of exchanges.
    pub attempts: u32,
}

/// The error of a waiter's call that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct CallError<S, E> {
    /// The failure.
    pub failure: Rc<Failure<E>>,
    /// The latest session; at first the one that the caller passed.
    pub last_session: Option<S>,
    /// The number of exchanges.
    pub attempts: u32,
    /// Milliseconds since the start of the caller's call.
    pub elapsed_ms: f64,
}

/// One exchange of a poll.
#[derive(Clone, Debug)]
pub struct PollEvent<S, E> {
    /// The number of this exchange among the waiter's, from 1.
    pub attempt: u32,
    /// Milliseconds since the start of the caller's call.
    pub elapsed_ms: f64,
    /// The HTTP status, if there was a response.
    pub http_status: Option<u16>,
    /// The session, if the response holds one.
    pub session: Option<S>,
    /// The error, if there was one.
    pub error: Option<CallError<S, E>>,
    /// Milliseconds until the next request; `None` at the end, and while the page is offline.
    pub next_delay_ms: Option<f64>,
    /// The reason for the length of the next pause.
    pub reason: Reason,
}

/// The reason for the length of a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The schedule chose it.
    Interval,
    /// A failure came before.
    Backoff,
    /// The server asked for it.
    RetryAfter,
    /// The page is hidden.
    Hidden,
    /// The page is offline.
    Offline,
    /// There is no next request.
    Done,
}

impl Reason {
    /// The name in JavaScript.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Interval => "interval",
            Reason::Backoff => "backoff",
            Reason::RetryAfter => "retry-after",
            Reason::Hidden => "hidden",
            Reason::Offline => "offline",
            Reason::Done => "done",
        }
    }
}
