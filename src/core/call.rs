//! One call as a state machine, without I/O, clock or randomness.
//!
//! A call makes one operation. All waiters on one session share one [`Call`], and with it one stream of requests; every
//! other call has one waiter. Time and jitter are arguments. A layer above runs it like this:
//!
//! ```
//! use std::rc::Rc;
//! use aiera_chat::core::call::{Action, Call, CallConfig, Input};
//! use aiera_chat::core::decision::Outcome;
//! use aiera_chat::core::notification::NotificationKind;
//! use aiera_chat::core::operation::Operation;
//! use aiera_chat::core::options::CallOptions;
//! use aiera_chat::core::response::{Body, Response, Session};
//! use aiera_chat::core::session_id::SessionId;
//! use aiera_chat::core::session_status::SessionStatus;
//! use aiera_chat::core::turn::Turn;
//! use aiera_chat::core::waiter::NewWaiter;
//!
//! let (mut now, jitter) = (0.0, 0.5); // a monotonic clock in milliseconds, and randomness in [0, 1)
//! let id = SessionId::parse("2229").unwrap();
//! let config = CallConfig { operation: Operation::PollSession, session: Some(id), can_refresh_key: false };
//! let mut call: Call<&str, ()> = Call::new(config, Default::default(), Default::default(), now);
//! call.join(NewWaiter {
//!     id: 1,
//!     options: CallOptions::new(Operation::PollSession),
//!     started_at: now,
//!     attempts: 0,
//!     turn: Turn::new(None),
//!     last_session: None,
//! });
//! let mut input = Input::Tick;
//! let mut result = None;
//! while result.is_none() {
//!     match call.step(input, now, jitter) {
//!         Action::Send { .. } => {
//!             call.step(Input::Sent, now, jitter); // the request leaves, and a response arrives
//!             now += 80.0;
//!             let status = SessionStatus::parse(if now < 2_000.0 { "generating_response" } else { "active" });
//!             let messages = Rc::from([]);
//!             let session = Session { id, status, is_changed: true, messages, value: "the session" };
//!             let response = Response { status: 200, retry_after_ms: None, body: Body::Session(session) };
//!             input = Input::Outcome(Outcome::Response(response));
//!         }
//!         Action::Sleep { until } => (now, input) = (until, Input::Tick),
//!         Action::Stop => input = Input::Tick,
//!     }
//!     while let Some(notification) = call.next_notification() {
//!         if let NotificationKind::Settle(settled) = notification.kind {
//!             result = Some(settled);
//!         }
//!     }
//! }
//! let Some(Ok(success)) = result else { panic!() };
//! assert_eq!(success.payload, Some("the session"));
//! ```

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use super::backoff;
use super::decision::{self, Circumstances, Decision, Outcome};
use super::error::{Cause, ErrorKind, Failure, Sent};
use super::notification::{Notification, NotificationKind, Reason, Success, WaiterId};
use super::operation::Operation;
use super::pause::{PageState, Pause, PauseKind};
use super::response::{Head, Session};
use super::schedule::{self, History};
use super::session_id::SessionId;
use super::turn::Progress;
use super::turn_clock::TurnClock;
use super::waiter::{Exchange, NewWaiter, Waiter};

/// The longest wait for the body of an error response: its status decides (rule 2).
pub const ERROR_BODY_MS: f64 = 2_000.0;

/// The properties of a call that never change.
#[derive(Clone, Copy, Debug)]
pub struct CallConfig {
    /// The operation.
    pub operation: Operation,
    /// The session in the request's path.
    pub session: Option<SessionId>,
    /// The key provider can return a fresh key.
    pub can_refresh_key: bool,
}

/// An event.
#[derive(Clone, Debug)]
pub enum Input<S, E> {
    /// Time passed, or nothing happened.
    Tick,
    /// The key is there, and the request is about to leave: from now on it may arrive.
    Sent,
    /// The head of an error response has arrived; the outcome follows with its body.
    ErrorHead(Head),
    /// The exchange is over.
    Outcome(Outcome<S, E>),
    /// The signal of a waiter was aborted, with this reason.
    Abort(WaiterId, E),
    /// The page was hidden or shown, went offline or online.
    PageChanged(PageState),
    /// The call may send the first request, which [`Call::hold`] held back.
    Release,
}

/// The next step of the layer above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Send the request; then report [`Input::Sent`] and [`Input::Outcome`]. Cancel a request that is still in flight.
    Send {
        /// Ask the key provider for a fresh key first.
        refresh_key: bool,
        /// The time to report [`Input::Tick`] at, if the request has not left by then.
        deadline: f64,
    },
    /// Wait for the next input, and report [`Input::Tick`] at this time (never, if infinite). Cancel the request in flight
    /// unless [`Call::is_exchanging`].
    Sleep {
        /// The time.
        until: f64,
    },
    /// The call is over.
    Stop,
}

type CallResult<S, E> = Result<Option<S>, Rc<Failure<E>>>;

#[derive(Debug)]
enum Phase {
    /// Held back before the first request.
    Held,
    /// The time until the next request.
    Pausing(Pause),
    /// The request is being prepared: the key provider may be pending.
    Sending,
    /// A request is in flight.
    Exchanging(Flight),
    /// Over.
    Over,
}

#[derive(Debug)]
struct Flight {
    /// The time at which the request was sent.
    since: f64,
    /// The head of an error response, and the time at which it arrived.
    error_head: Option<(Head, f64)>,
}

/// The end of an exchange: the parts of the response's head that events and pauses need, and the time.
#[derive(Clone, Copy, Debug)]
struct ExchangeEnd {
    http_status: Option<u16>,
    retry_after_ms: Option<f64>,
    now: f64,
    jitter: f64,
}

/// A call with its waiters. `S` holds a payload, `E` an error of the platform.
#[derive(Debug)]
pub struct Call<S, E> {
    config: CallConfig,
    history: Rc<RefCell<History>>,
    /// Boxed: removing one of ten thousand moves pointers only.
    waiters: Vec<Box<Waiter<S>>>,
    /// At or before the earliest deadline: it may belong to a waiter that has left.
    next_deadline: f64,
    phase: Phase,
    page: PageState,
    may_have_arrived: bool,
    clock: TurnClock,
    /// Failures in a row, which the backoff counts.
    failures: u32,
    last_failure: Option<Rc<Failure<E>>>,
    latest: Option<Session<S>>,
    notifications: VecDeque<Notification<S, E>>,
}

impl<S: Clone, E: Clone> Call<S, E> {
    /// A call without waiters. `history` holds the durations of earlier polls; this one adds its own.
    pub fn new(config: CallConfig, history: Rc<RefCell<History>>, page: PageState, now: f64) -> Self {
        Call {
            config,
            history,
            // Most calls have one.
            waiters: Vec::with_capacity(1),
            next_deadline: f64::INFINITY,
            phase: Phase::Pausing(Pause::new(PauseKind::Start, now, 0.0)),
            page,
            may_have_arrived: false,
            clock: TurnClock::default(),
            failures: 0,
            last_failure: None,
            latest: None,
            notifications: VecDeque::new(),
        }
    }

    /// Holds back the first request until [`Input::Release`]. Deadlines and aborts still apply.
    pub fn hold(&mut self) {
        if let Phase::Pausing(Pause { kind: PauseKind::Start, .. }) = self.phase {
            self.phase = Phase::Held;
        }
    }

    /// Adds a waiter. The next [`step`](Self::step) notifies it of the latest session.
    pub fn join(&mut self, new: NewWaiter<S>) {
        let mut waiter = Waiter::new(new);
        if let Phase::Exchanging(_) = self.phase {
            waiter.count_attempt();
            waiter.joined_in_flight = true;
        }
        if let Some(latest) = &self.latest {
            waiter.last_session = Some(latest.value.clone());
            waiter.observe_earlier(latest);
        }
        if let Phase::Pausing(pause) = &self.phase {
            waiter.pause_ms.set(self.pause_for(&waiter, pause));
        }
        self.next_deadline = self.next_deadline.min(waiter.deadline());
        self.waiters.push(Box::new(waiter));
    }

    /// Handles `input` at the time `now` and returns the next action. `jitter` is in `[0, 1)`.
    pub fn step(&mut self, input: Input<S, E>, now: f64, jitter: f64) -> Action {
        match input {
            Input::Tick => {}
            Input::Sent => self.request_sent(now),
            Input::ErrorHead(head) => {
                if let Phase::Exchanging(flight) = &mut self.phase {
                    flight.error_head = Some((head, now));
                }
            }
            Input::Outcome(outcome) => {
                if self.is_exchanging() {
                    self.take_outcome(outcome, now, jitter);
                }
            }
            Input::Abort(waiter, reason) => self.abort(waiter, reason, now),
            Input::PageChanged(page) => self.page_changed(page, now),
            Input::Release => {
                if let Phase::Held = self.phase {
                    self.pause(PauseKind::Start, now, jitter);
                }
            }
        }
        self.welcome_new_waiters(now);
        self.give_up_on_error_body(now, jitter);
        self.fail_waiters_past_deadline(now);
        self.next_action(now, jitter)
    }

    /// The next notification.
    pub fn next_notification(&mut self) -> Option<Notification<S, E>> {
        let next = self.notifications.pop_front();
        if next.is_none() {
            // Frees the queue, since ten thousand calls may pause at once.
            self.notifications = VecDeque::new();
        }
        next
    }

    /// Whether a request is being prepared or is in flight, so that its response still counts.
    pub fn is_exchanging(&self) -> bool {
        matches!(self.phase, Phase::Sending | Phase::Exchanging(_))
    }

    /// Whether the call is over.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// The latest session that a response showed.
    pub fn latest(&self) -> Option<&Session<S>> {
        self.latest.as_ref()
    }

    /// Notifies late waiters of the latest session. Ends at once the calls of those whose turn is over (rule 7), and of those
    /// who cannot wait for the end of a pause that the server asked for (rule 3).
    fn welcome_new_waiters(&mut self, now: f64) {
        let first = self.waiters.iter().rposition(|waiter| !waiter.is_new).map_or(0, |at| at + 1);
        if first == self.waiters.len() {
            return;
        }
        for waiter in self.waiters.iter_mut().skip(first) {
            waiter.is_new = false;
        }
        self.settle_finished(None, now, first);
        if let Phase::Pausing(Pause { since, kind: PauseKind::RetryAfter(ms), .. }) = self.phase {
            let too_long = || Rc::new(Failure::new(ErrorKind::RetryAfterTooLong { delay_ms: ms }));
            let failure = self.last_failure.clone().unwrap_or_else(too_long);
            self.fail_waiters_that_cannot_wait(since + ms, failure, None, now, first);
        }
        self.notify_of_update(first);
    }

    fn request_sent(&mut self, now: f64) {
        if !matches!(self.phase, Phase::Sending) {
            return;
        }
        // The key may have come too late: nothing is sent for a call that is over.
        self.fail_waiters_past_deadline(now);
        if self.waiters.is_empty() {
            return;
        }
        self.phase = Phase::Exchanging(Flight { since: now, error_head: None });
        self.clock.request_sent(now);
        for waiter in &mut self.waiters {
            waiter.count_attempt();
            waiter.joined_in_flight = false;
        }
    }

    fn take_outcome(&mut self, outcome: Outcome<S, E>, now: f64, jitter: f64) {
        let (http_status, retry_after_ms) = match &outcome {
            Outcome::Response(response) => {
                (Some(response.status).filter(|status| *status != 0), response.retry_after_ms)
            }
            Outcome::Lost { status, .. } => (*status, None),
            _ => (None, None),
        };
        let CallConfig { operation, session, .. } = self.config;
        let circumstances = Circumstances { operation, session, may_have_arrived: self.may_have_arrived };
        let decision = decision::decide(circumstances, outcome);
        self.act_on(decision, ExchangeEnd { http_status, retry_after_ms, now, jitter });
    }

    fn act_on(&mut self, decision: Decision<S, E>, end: ExchangeEnd) {
        match decision {
            Decision::Session(session) if self.config.operation == Operation::PollSession => {
                self.observe_session(session, end);
            }
            Decision::Session(session) => self.finish(Ok(Some(session.value)), end),
            Decision::Done(payload) => self.finish(Ok(payload), end),
            Decision::RefreshKey(failure) if self.config.can_refresh_key => self.refresh_key(failure, end),
            Decision::Retry(failure) => self.attempt_failed(failure, end),
            Decision::RefreshKey(failure) | Decision::Fail(failure) => self.finish(Err(Rc::new(failure)), end),
        }
    }

    /// Repeats the request with a fresh key, once a call: fails the waiters that have had one.
    fn refresh_key(&mut self, failure: Failure<E>, end: ExchangeEnd) {
        let failure = Rc::new(failure);
        let exchange = Exchange { http_status: end.http_status, session: None };
        let has_had_one = |waiter: &Waiter<S>| waiter.key_was_refreshed;
        self.settle_where(&Err(failure.clone()), Some(&exchange), end.now, self.from(0), &has_had_one);
        for waiter in &mut self.waiters {
            waiter.key_was_refreshed = true;
        }
        self.last_failure = Some(failure.clone());
        self.pause(PauseKind::FreshKey, end.now, end.jitter);
        self.notify_of_event(Some(&failure), &exchange, end.now);
    }

    fn observe_session(&mut self, session: Session<S>, end: ExchangeEnd) {
        let ExchangeEnd { http_status, retry_after_ms, now, jitter } = end;
        self.failures = 0;
        self.last_failure = None;
        let is_new = session.is_changed || self.latest.is_none();
        for waiter in &mut self.waiters {
            waiter.failures = 0;
            waiter.observe(&session);
            if is_new {
                waiter.is_notified = false;
                waiter.last_session = Some(session.value.clone());
            }
        }
        self.clock.observe(session.status, now, &mut self.history.borrow_mut());
        let exchange = Exchange { http_status, session: Some(session.value.clone()) };
        self.latest = Some(session);
        self.settle_finished(Some(&exchange), now, 0);
        if self.waiters.is_empty() {
            self.phase = Phase::Over;
            return;
        }
        self.pause(retry_after_ms.map_or(PauseKind::Interval, PauseKind::RetryAfter), now, jitter);
        if let Some(delay_ms) = retry_after_ms {
            let failure = Failure::new(ErrorKind::RetryAfterTooLong { delay_ms });
            self.fail_waiters_that_cannot_wait(now + delay_ms, Rc::new(failure), Some(&exchange), now, 0);
        }
        self.notify_of_event(None, &exchange, now);
        self.notify_of_update(0);
    }

    /// Ends the call for every waiter from the index `first` whose turn is over.
    fn settle_finished(&mut self, exchange: Option<&Exchange<S>>, now: f64, first: usize) {
        let Some(latest) = &self.latest else { return };
        let status = latest.status;
        let value = Some(latest.value.clone());
        let finished = |waiter: &Waiter<S>| waiter.progress == Progress::Finished;
        let failed = |waiter: &Waiter<S>| waiter.progress == Progress::Failed;
        self.settle_where(&Ok(value), exchange, now, self.from(first), &finished);
        if self.waiters.iter().skip(first).any(|waiter| failed(waiter)) {
            let failure = Rc::new(Failure::new(ErrorKind::SessionFailed(status)));
            self.settle_where(&Err(failure), exchange, now, self.from(first), &failed);
        }
    }

    fn attempt_failed(&mut self, failure: Failure<E>, end: ExchangeEnd) {
        let ExchangeEnd { http_status, retry_after_ms, now, jitter } = end;
        // A response lost while the page is offline says nothing about the server (rule 8).
        let is_lost = matches!(failure.kind, ErrorKind::Lost { .. } | ErrorKind::Stalled { .. });
        let counts = u32::from(!(self.page.is_offline && is_lost && self.is_poll()));
        self.may_have_arrived |= decision::may_have_arrived(&failure);
        self.failures = self.failures.saturating_add(counts);
        let failure = Rc::new(failure);
        self.last_failure = Some(failure.clone());
        self.pause(retry_after_ms.map_or(PauseKind::Backoff, PauseKind::RetryAfter), now, jitter);
        for waiter in &mut self.waiters {
            waiter.failures = waiter.failures.saturating_add(counts);
        }
        let out_of_retries = |waiter: &Waiter<S>| waiter.failures > waiter.options.max_retries;
        let exchange = Exchange { http_status, session: None };
        self.settle_where(&Err(failure.clone()), Some(&exchange), now, self.from(0), &out_of_retries);
        if let Some(delay_ms) = retry_after_ms {
            self.fail_waiters_that_cannot_wait(now + delay_ms, failure.clone(), Some(&exchange), now, 0);
        }
        self.notify_of_event(Some(&failure), &exchange, now);
    }

    /// Ends at once the call of each waiter from the index `first` whose deadline comes before the end of the pause (rule 3).
    fn fail_waiters_that_cannot_wait(
        &mut self,
        end: f64,
        failure: Rc<Failure<E>>,
        exchange: Option<&Exchange<S>>,
        now: f64,
        first: usize,
    ) {
        // After the deadline, the waiter ends with its timeout instead.
        let cannot_wait = |waiter: &Waiter<S>| now < waiter.deadline() && end >= waiter.deadline();
        self.settle_where(&Err(failure), exchange, now, self.from(first), &cannot_wait);
    }

    fn finish(&mut self, result: CallResult<S, E>, end: ExchangeEnd) {
        // There was no exchange if the key provider failed.
        let was_exchanging = matches!(self.phase, Phase::Exchanging(_));
        self.phase = Phase::Over;
        let exchange = Exchange { http_status: end.http_status, session: None };
        self.settle_where(&result, was_exchanging.then_some(&exchange), end.now, self.from(0), &|_| true);
    }

    /// The indices of the waiters from `first`.
    fn from(&self, first: usize) -> Range<usize> {
        first..self.waiters.len()
    }

    /// Ends the call for the waiters at `places` that satisfy `is_over`. Notifies each of the exchange that decided, if
    /// there was one, and of the latest session, and settles it.
    fn settle_where(
        &mut self,
        result: &CallResult<S, E>,
        exchange: Option<&Exchange<S>>,
        now: f64,
        places: Range<usize>,
        is_over: &dyn Fn(&Waiter<S>) -> bool,
    ) {
        for waiter in self.waiters.extract_if(places, |waiter| is_over(waiter)) {
            let mut notify = |kind| self.notifications.push_back(Notification { waiter: waiter.id, kind });
            if let (Some(exchange), true) = (exchange, waiter.options.wants_events) {
                let event = waiter.event(result.as_ref().err(), exchange, now, None, Reason::Done);
                notify(NotificationKind::Event(event));
            }
            if let (false, Some(latest)) = (waiter.is_notified, &self.latest) {
                notify(NotificationKind::Update(latest.value.clone()));
            }
            notify(NotificationKind::Settle(match result {
                Ok(payload) => Ok(Success { payload: payload.clone(), attempts: waiter.attempts }),
                Err(failure) => Err(waiter.error(failure, now)),
            }));
        }
    }

    /// Notifies the waiters that want events of an exchange that did not end the call.
    fn notify_of_event(&mut self, failure: Option<&Rc<Failure<E>>>, exchange: &Exchange<S>, now: f64) {
        let Phase::Pausing(pause) = &self.phase else { return };
        let (due, reason) = self.due(pause);
        let next_delay_ms = due.is_finite().then_some((due - now).max(0.0));
        for waiter in self.waiters.iter().filter(|waiter| waiter.options.wants_events) {
            let event = waiter.event(failure, exchange, now, next_delay_ms, reason);
            let notification = Notification { waiter: waiter.id, kind: NotificationKind::Event(event) };
            self.notifications.push_back(notification);
        }
    }

    /// Notifies the waiters from the index `first` of the latest session.
    fn notify_of_update(&mut self, first: usize) {
        let Some(latest) = &self.latest else { return };
        for waiter in self.waiters.iter_mut().skip(first).filter(|waiter| !waiter.is_notified) {
            waiter.is_notified = true;
            let kind = NotificationKind::Update(latest.value.clone());
            self.notifications.push_back(Notification { waiter: waiter.id, kind });
        }
    }

    fn abort(&mut self, id: WaiterId, reason: E, now: f64) {
        let Ok(at) = self.waiters.binary_search_by_key(&id, |waiter| waiter.id) else { return };
        let Some(waiter) = self.waiters.get_mut(at) else { return };
        // The only notification after an abort is the settlement.
        waiter.is_notified = true;
        let attempts = waiter.attempts;
        let sent = self.sent(attempts);
        self.notifications.retain(|notification| notification.waiter != id);
        let failure = Failure::new(ErrorKind::Aborted(sent)).caused_by(Cause::Platform(reason));
        self.settle_where(&Err(Rc::new(failure)), None, now, at..at + 1, &|_| true);
    }

    fn page_changed(&mut self, page: PageState, now: f64) {
        let is_shown = self.page.is_hidden && !page.is_hidden;
        let is_online = self.page.is_offline && !page.is_offline;
        self.page = page;
        if let (true, Phase::Pausing(pause)) = (is_shown || is_online, &mut self.phase) {
            pause.woken_at = Some(now);
        }
    }

    fn fail_waiters_past_deadline(&mut self, now: f64) {
        if now < self.next_deadline {
            return;
        }
        self.next_deadline = f64::INFINITY;
        // One at a time: each error names the timeout of its waiter.
        let mut at = 0;
        while let Some(waiter) = self.waiters.get(at) {
            if now < waiter.deadline() {
                self.next_deadline = self.next_deadline.min(waiter.deadline());
                at += 1;
                continue;
            }
            let limit_ms = waiter.options.timeout_ms;
            let sent = self.sent(waiter.attempts);
            let is_offline = self.page.is_offline && self.is_poll();
            let mut failure = Failure::new(ErrorKind::Timeout { limit_ms, sent, is_offline });
            if sent == Sent::MayHaveArrived && !self.config.operation.is_repeatable() {
                failure = Failure::outcome_unknown(failure);
            } else if let Some(last_failure) = &self.last_failure {
                failure = failure.caused_by(Cause::Failure(last_failure.clone()));
            }
            self.settle_where(&Err(Rc::new(failure)), None, now, at..at + 1, &|_| true);
        }
    }

    /// The fate of the requests of a call with this number of exchanges (rule 1).
    fn sent(&self, attempts: u32) -> Sent {
        match (attempts, &self.phase) {
            (0, _) => Sent::Nothing,
            (_, Phase::Exchanging(_)) => Sent::MayHaveArrived,
            _ if self.config.operation.is_repeatable() => Sent::MayHaveArrived,
            _ => Sent::Refused,
        }
    }

    /// The time at which the exchange is given up. An error response is given up earlier, since its status decides.
    fn exchange_due(&self, flight: &Flight) -> f64 {
        let due = flight.since + self.request_timeout();
        flight.error_head.map_or(due, |(_, since)| due.min(since + ERROR_BODY_MS))
    }

    /// The status of an error response counts without its body if the exchange is given up, or a waiter's time is up.
    fn give_up_on_error_body(&mut self, now: f64, jitter: f64) {
        let Phase::Exchanging(flight) = &self.phase else { return };
        let Some((head, _)) = flight.error_head else { return };
        // Not `next_deadline`, which may belong to a waiter that has left.
        let deadline = self.waiters.iter().map(|waiter| waiter.deadline()).fold(f64::INFINITY, f64::min);
        if now >= self.exchange_due(flight).min(deadline) {
            self.take_outcome(Outcome::Response(head.into()), now, jitter);
        }
    }

    /// The limit of one exchange: that of the most patient waiter.
    fn request_timeout(&self) -> f64 {
        self.waiters.iter().map(|waiter| waiter.options.request_timeout_ms).fold(1.0, f64::max)
    }

    fn pause(&mut self, kind: PauseKind, now: f64, jitter: f64) {
        let pause = Pause::new(kind, now, jitter);
        for waiter in &self.waiters {
            waiter.pause_ms.set(self.pause_for(waiter, &pause));
        }
        self.phase = Phase::Pausing(pause);
    }

    /// The length of a pause for this waiter.
    fn pause_for(&self, waiter: &Waiter<S>, pause: &Pause) -> f64 {
        let (min, max) = (waiter.options.interval_ms, waiter.options.max_interval_ms);
        match pause.kind {
            PauseKind::Start | PauseKind::FreshKey => 0.0,
            PauseKind::Interval => {
                let situation = self.clock.situation(pause.since, min, max);
                schedule::pause(&situation, &self.history.borrow(), pause.jitter)
            }
            PauseKind::Backoff => backoff::pause(self.failures, min, max, pause.jitter),
            PauseKind::RetryAfter(ms) => ms.max(min),
        }
    }

    /// The end of the pause in the present state, and the reason for it.
    fn due(&self, pause: &Pause) -> (f64, Reason) {
        // The most eager waiter sets the pace (rule 7).
        let length = self.waiters.iter().map(|waiter| waiter.pause_ms.get()).fold(f64::INFINITY, f64::min);
        if self.is_poll() { pause.due_on_page(length, self.page) } else { pause.due(length) }
    }

    fn next_action(&mut self, now: f64, jitter: f64) -> Action {
        if self.waiters.is_empty() {
            self.phase = Phase::Over;
        }
        let deadline = self.next_deadline;
        match &self.phase {
            Phase::Over => Action::Stop,
            Phase::Held | Phase::Sending => Action::Sleep { until: deadline },
            Phase::Exchanging(flight) => {
                let due = self.exchange_due(flight);
                if now < due {
                    return Action::Sleep { until: deadline.min(due) };
                }
                // The exchange has stalled.
                let decision = decision::decide_stalled(self.config.operation, self.request_timeout());
                self.act_on(decision, ExchangeEnd { http_status: None, retry_after_ms: None, now, jitter });
                self.next_action(now, jitter)
            }
            Phase::Pausing(pause) => {
                let (due, _) = self.due(pause);
                if now < due {
                    return Action::Sleep { until: deadline.min(due) };
                }
                let refresh_key = pause.kind == PauseKind::FreshKey;
                self.phase = Phase::Sending;
                Action::Send { refresh_key, deadline }
            }
        }
    }

    fn is_poll(&self) -> bool {
        self.config.operation == Operation::PollSession
    }
}
