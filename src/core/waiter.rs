//! One caller of a call: its limits, its counters, and its last notification.

use std::cell::Cell;
use std::rc::Rc;

use super::error::Failure;
use super::notification::{CallError, PollEvent, Reason, WaiterId};
use super::options::CallOptions;
use super::turn::{Progress, Turn};

/// A caller that joins a call.
#[derive(Clone, Debug)]
pub struct NewWaiter<S> {
    /// The id, above those of all earlier waiters.
    pub id: WaiterId,
    /// The limits and the pace.
    pub options: CallOptions,
    /// The start of the caller's call, from which the deadline counts.
    pub started_at: f64,
    /// Earlier exchanges for this caller, such as the create of an `ask`.
    pub attempts: u32,
    /// The turn to wait for.
    pub turn: Turn,
    /// The session that the caller passed.
    pub last_session: Option<S>,
}

/// A caller of a call.
#[derive(Debug)]
pub(super) struct Waiter<S> {
    pub id: WaiterId,
    pub options: CallOptions,
    pub started_at: f64,
    /// The number of exchanges.
    pub attempts: u32,
    /// Failures in a row.
    pub failures: u32,
    /// Whether the request in flight left before the waiter joined: its response may be older than the waiter's prompt.
    pub joined_in_flight: bool,
    /// Whether no step has followed its [`join`](super::call::Call::join).
    pub is_new: bool,
    /// Whether its call has had a fresh key.
    pub key_was_refreshed: bool,
    /// Whether it has been notified of the latest session.
    pub is_notified: bool,
    pub last_session: Option<S>,
    /// The length of the current pause for this waiter.
    pub pause_ms: Cell<f64>,
    turn: Turn,
    /// The state of the turn after the latest session.
    pub progress: Progress,
}

impl<S: Clone> Waiter<S> {
    pub fn new(new: NewWaiter<S>) -> Waiter<S> {
        let NewWaiter { id, options, started_at, attempts, turn, last_session } = new;
        Waiter {
            id,
            options,
            started_at,
            attempts,
            failures: 0,
            joined_in_flight: false,
            is_new: true,
            key_was_refreshed: false,
            is_notified: false,
            last_session,
            pause_ms: Cell::default(),
            turn,
            progress: Progress::Waiting,
        }
    }

    pub fn deadline(&self) -> f64 {
        self.started_at + self.options.timeout_ms
    }

    pub fn count_attempt(&mut self) {
        self.attempts = self.attempts.saturating_add(1);
    }

    /// Observes the session in a response.
    pub fn observe(&mut self, session: &super::response::Session<S>) {
        if self.joined_in_flight {
            return self.observe_earlier(session);
        }
        self.progress = self.turn.observe(session.status, &session.messages);
    }

    /// Observes the session in a response whose request left before the waiter joined.
    pub fn observe_earlier(&mut self, session: &super::response::Session<S>) {
        self.progress = self.turn.observe_earlier(session.status, &session.messages);
    }

    pub fn error<E>(&self, failure: &Rc<Failure<E>>, now: f64) -> CallError<S, E> {
        CallError {
            failure: failure.clone(),
            last_session: self.last_session.clone(),
            attempts: self.attempts,
            elapsed_ms: now - self.started_at,
        }
    }

    /// The event after an exchange.
    pub fn event<E>(
        &self,
        failure: Option<&Rc<Failure<E>>>,
        exchange: &Exchange<S>,
        now: f64,
        next_delay_ms: Option<f64>,
        reason: Reason,
    ) -> PollEvent<S, E> {
        PollEvent {
            attempt: self.attempts,
            elapsed_ms: now - self.started_at,
            http_status: exchange.http_status,
            session: exchange.session.clone(),
            error: failure.map(|failure| self.error(failure, now)),
            next_delay_ms,
            reason,
        }
    }
}

/// The exchange that an event is about.
pub(super) struct Exchange<S> {
    /// The HTTP status, if there was a response.
    pub http_status: Option<u16>,
    /// The session, if the response holds one.
    pub session: Option<S>,
}
