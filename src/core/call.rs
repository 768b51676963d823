//! A create or a wait as a state machine: told what happened, it says what to do next.
//!
//! All waiters on one session share one [`Call`], and with it one stream of requests; a create is a call with one
//! waiter. Time and chance are arguments. A layer above runs it like this:
//!
//! ```
//! use aiera_chat::core::answer::{Answer, Operation, Session};
//! use aiera_chat::core::call::{Action, Call, Event, Terms, What};
//!
//! let (mut now, jitter) = (0.0, 0.5); // a monotonic clock in milliseconds, and chance in [0, 1)
//! let mut call = Call::new(Operation::Poll(2229), false, Default::default(), now);
//! call.join(Terms::POLL, None, now);
//! let mut event = Event::Tick;
//! loop {
//!     match call.step(event, now, jitter) {
//!         Action::Send { .. } => {
//!             call.step(Event::Sent, now, jitter); // the request leaves, and an answer comes
//!             now += 80.0;
//!             let status = if now < 2_000.0 { "generating_response" } else { "active" };
//!             let session = Session { id: 2229, status: status.into(), value: "the session", changed: true, http_status: 200, retry_after: None };
//!             event = Event::Answered(Answer::Session(session));
//!         }
//!         Action::Sleep(until) => (now, event) = (until, Event::Tick),
//!         Action::End => break,
//!     }
//!     while let Some(notice) = call.notice() {
//!         if let What::Settle(outcome) = notice.what {
//!             assert_eq!(outcome, Ok("the session"));
//!         }
//!     }
//! }
//! ```

use super::answer::{self, Answer, Operation, Session, Verdict};
use super::backoff;
use super::failure::{Cause, Code, Failure};
use super::schedule::{self, History, Situation, Stage};
use super::status::{self, Meaning};
use super::text::{push_decimal, text};

/// A hidden page polls at most this often (behaviour 8 of the contract).
pub const HIDDEN_PAUSE_MS: f64 = 30_000.0;

/// What one waiter asked for.
#[derive(Clone, Debug)]
pub struct Terms {
    /// `timeoutMs`: the whole call.
    pub timeout: f64,
    /// `requestTimeoutMs`: one exchange.
    pub request_timeout: f64,
    /// `maxRetries`: failures in a row that are survived.
    pub max_retries: u32,
    /// `intervalMs`: the shortest pause.
    pub interval: f64,
    /// `maxIntervalMs`: the longest.
    pub max_interval: f64,
    /// Whether the waiter wants to be told of every exchange.
    pub events: bool,
}

impl Terms {
    /// What a wait that says nothing asks for.
    pub const POLL: Terms = Terms {
        timeout: 600_000.0,
        request_timeout: 30_000.0,
        max_retries: 6,
        interval: 500.0,
        max_interval: 5_000.0,
        events: false,
    };
}

/// Whether the page that this runs in is to be seen, and has a network. Both are false outside of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Nobody sees the page.
    pub hidden: bool,
    /// There is no network.
    pub offline: bool,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event<V> {
    /// Time passed, or nothing.
    Tick,
    /// The request that was asked for is on its way.
    Sent,
    /// There was no key to send it with: why, and what was behind it.
    NoKey(String, V),
    /// The exchange is over.
    Answered(Answer<V>),
    /// This waiter's signal was aborted, with this reason.
    Abort(u32, V),
    /// The page was hidden or shown, lost the network or got it back.
    Page(Page),
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Send a request, with a fresh key where `fresh_key`; then say [`Event::Sent`] and [`Event::Answered`].
    Send {
        /// The key that was used so far was refused.
        fresh_key: bool,
    },
    /// Nothing, until this time (for ever, if infinite) or the next event. An exchange that is running goes on as long
    /// as [`Call::is_exchanging`], and is to be cut off otherwise.
    Sleep(f64),
    /// Nothing, ever again.
    End,
}

/// Something to tell a waiter.
#[derive(Clone, Debug)]
pub struct Notice<V> {
    /// Whom.
    pub waiter: u32,
    /// What.
    pub what: What<V>,
}

/// What to tell a waiter.
#[derive(Clone, Debug)]
pub enum What<V> {
    /// An exchange is over: `onPoll`.
    Poll(Box<PollEvent<V>>),
    /// The session changed: `onUpdate`.
    Update(V),
    /// The call is over. The last notice that a waiter gets.
    Settle(Result<V, Box<Failure<V>>>),
}

/// One exchange, as `onPoll` is told of it.
#[derive(Clone, Debug)]
pub struct PollEvent<V> {
    /// Counts the waiter's exchanges from 1.
    pub attempt: u32,
    /// Milliseconds since the waiter's call began.
    pub elapsed: f64,
    /// The answer's HTTP status.
    pub http_status: Option<u16>,
    /// The session's status in it.
    pub session_status: Option<String>,
    /// What went wrong, if anything did.
    pub error: Option<Failure<V>>,
    /// Milliseconds until the next request; `None` at the end, and while nobody knows.
    pub next_delay: Option<f64>,
    /// Why.
    pub reason: Reason,
}

/// Why a pause is as long as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The schedule's choice.
    Interval,
    /// A failure came before it.
    Backoff,
    /// The server asked for it.
    RetryAfter,
    /// Nobody sees the page.
    Hidden,
    /// There is no network.
    Offline,
    /// There is no next request.
    Done,
}

impl Reason {
    /// The reason as JavaScript sees it.
    pub fn as_str(self) -> &'static str {
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

#[derive(Debug)]
struct Waiter<V> {
    id: u32,
    terms: Terms,
    joined: f64,
    attempts: u32,
    /// In a row.
    failures: u32,
    /// Whether it has seen the newest state.
    shown: bool,
    last: Option<V>,
}

impl<V> Waiter<V> {
    fn deadline(&self) -> f64 {
        self.joined + self.terms.timeout
    }
}

#[derive(Debug)]
enum Phase {
    /// The time until the next request.
    Pausing(Pause),
    /// A request was asked for and has not left yet: the key is being fetched.
    Asking,
    /// A request left at this time.
    Exchanging(f64),
    /// Over.
    Ended,
}

#[derive(Debug)]
struct Pause {
    since: f64,
    kind: Kind,
    jitter: f64,
    /// When the page was shown again, or got its network back.
    woken: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Before the first request.
    Start,
    /// Before the same request with another key.
    FreshKey,
    /// After a good answer.
    Interval,
    /// After a failure.
    Backoff,
    /// After an answer that asks for so many milliseconds.
    RetryAfter(f64),
}

/// A create, or a wait with all its waiters. `V` is what the layer above keeps sessions and causes in.
#[derive(Debug)]
pub struct Call<V> {
    operation: Operation,
    can_refresh: bool,
    refreshed: bool,
    history: History,
    /// Whether the session was ever seen unfinished.
    seen_waiting: bool,
    learned: Option<(f64, Option<f64>)>,
    waiters: Vec<Waiter<V>>,
    next_waiter: u32,
    phase: Phase,
    page: Page,
    /// When the first request left.
    started: Option<f64>,
    /// Failures in a row, which the backoff counts.
    failures: u32,
    stage: Stage,
    stage_since: f64,
    latest: Option<V>,
    /// What the last failure said, for somebody who runs out of time among failures.
    trouble: String,
    notices: Vec<Notice<V>>,
}

impl<V: Clone> Call<V> {
    /// A call without waiters. `can_refresh`: the key comes from a function that can be asked again. `history`: what
    /// earlier waits took.
    pub fn new(operation: Operation, can_refresh: bool, history: History, now: f64) -> Self {
        Call {
            operation,
            can_refresh,
            refreshed: false,
            history,
            seen_waiting: false,
            learned: None,
            waiters: Vec::new(),
            next_waiter: 0,
            phase: Phase::Pausing(Pause { since: now, kind: Kind::Start, jitter: 0.0, woken: None }),
            page: Page::default(),
            started: None,
            failures: 0,
            stage: Stage::Other,
            stage_since: now,
            latest: None,
            trouble: String::new(),
            notices: Vec::new(),
        }
    }

    /// Adds a waiter, with the session that it passed in, if any. It is shown the newest state at once. To be followed
    /// by a [`step`](Self::step).
    pub fn join(&mut self, terms: Terms, last: Option<V>, now: f64) -> u32 {
        let id = self.next_waiter;
        self.next_waiter = id.wrapping_add(1);
        let attempts = u32::from(matches!(self.phase, Phase::Exchanging(_)));
        let shown = self.latest.is_some();
        let last = self.latest.clone().or(last);
        if let Some(latest) = &self.latest {
            self.notices.push(Notice { waiter: id, what: What::Update(latest.clone()) });
        }
        self.waiters.push(Waiter { id, terms, joined: now, attempts, failures: 0, shown, last });
        id
    }

    /// Takes in what happened at `now` and says what to do next. `jitter` is in `[0, 1)`.
    pub fn step(&mut self, event: Event<V>, now: f64, jitter: f64) -> Action {
        match event {
            Event::Tick => {}
            Event::Sent => self.sent(now),
            Event::NoKey(message, cause) => {
                let mut failure = Failure::new(Code::KeyUnavailable, message);
                failure.cause = Some(Cause::Value(cause));
                self.finish(&Err(failure), None, now);
            }
            Event::Answered(answer) if self.is_exchanging() => {
                let verdict = answer::judge(self.operation, answer);
                self.decide(verdict, now, jitter);
            }
            Event::Answered(_) => {}
            Event::Abort(waiter, reason) => self.abort(waiter, reason, now),
            Event::Page(page) => self.turn(page, now),
        }
        self.expire(now);
        self.give_up_stalled(now, jitter);
        self.next(now)
    }

    /// The next thing to tell a waiter.
    pub fn notice(&mut self) -> Option<Notice<V>> {
        // There are a few at a time: a queue would cost more than it saves.
        if self.notices.is_empty() { None } else { Some(self.notices.remove(0)) }
    }

    /// Whether a request was asked for whose answer still counts.
    pub fn is_exchanging(&self) -> bool {
        matches!(self.phase, Phase::Asking | Phase::Exchanging(_))
    }

    /// Whether nobody waits any more.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ended)
    }

    /// How long the session took, and its generating, where this call saw it finish.
    pub fn learned(&self) -> Option<(f64, Option<f64>)> {
        self.learned
    }

    fn sent(&mut self, now: f64) {
        if let Phase::Asking = self.phase {
            self.phase = Phase::Exchanging(now);
            self.started.get_or_insert(now);
            for waiter in &mut self.waiters {
                waiter.attempts = waiter.attempts.saturating_add(1);
            }
        }
    }

    fn decide(&mut self, verdict: Verdict<V>, now: f64, jitter: f64) {
        match verdict {
            Verdict::Session(session) => self.seen(session, now, jitter),
            Verdict::FreshKey(failure) if self.can_refresh && !self.refreshed => {
                self.refreshed = true;
                self.pause(Kind::FreshKey, now, jitter);
                self.tell_all(&Exchange::failed(&failure), Some(&failure), now);
            }
            Verdict::Again(failure) => self.failed(failure, now, jitter),
            Verdict::FreshKey(failure) | Verdict::Final(failure) => {
                let exchange = Exchange::failed(&failure);
                self.finish(&Err(failure), Some(&exchange), now);
            }
        }
    }

    fn seen(&mut self, session: Session<V>, now: f64, jitter: f64) {
        let Session { status, value, changed, http_status, retry_after, .. } = session;
        let exchange = Exchange { http_status: Some(http_status), session_status: Some(&status) };
        self.failures = 0;
        self.latest = Some(value.clone());
        for waiter in &mut self.waiters {
            waiter.failures = 0;
            waiter.shown &= !changed;
            waiter.last = Some(value.clone());
        }
        let meaning = match self.operation {
            Operation::Create => Meaning::Done,
            Operation::Poll(_) => status::meaning(&status),
        };
        match meaning {
            Meaning::Done => {
                self.learn(now);
                self.finish(&Ok(value), Some(&exchange), now);
            }
            Meaning::Failed(why) => {
                let message = text(&["The session ended as ", &status, ": ", why, "."]);
                self.finish(&Err(Failure::new(Code::SessionFailed, message)), Some(&exchange), now);
            }
            Meaning::Waiting(stage) => {
                if stage != self.stage || !self.seen_waiting {
                    self.seen_waiting = true;
                    self.stage = stage;
                    self.stage_since = now;
                }
                self.pause(retry_after.map_or(Kind::Interval, Kind::RetryAfter), now, jitter);
                if let Some(ms) = retry_after {
                    let mut message = String::from("The server asks to wait ");
                    push_decimal(&mut message, ms as u64);
                    message.push_str(" ms, which is past timeoutMs. The session goes on: poll it again later.");
                    let status = Some(http_status);
                    let failure = Failure { status, retry_after, ..Failure::new(Code::Http, message) };
                    self.end_those_that_cannot_wait(ms, &failure, &exchange, now);
                }
                self.tell_all(&exchange, None, now);
                self.show_all();
            }
        }
    }

    fn learn(&mut self, now: f64) {
        // A session that was finished before it was first seen says nothing about how long one takes.
        self.learned = match self.started {
            Some(started) if self.seen_waiting => {
                let generating = (self.stage == Stage::Generating).then_some(now - self.stage_since);
                Some((now - started, generating))
            }
            _ => None,
        };
    }

    fn failed(&mut self, failure: Failure<V>, now: f64, jitter: f64) {
        // Without a network a lost answer says nothing about the server.
        let counts = !(self.page.offline && failure.code == Code::Network);
        self.failures = self.failures.saturating_add(u32::from(counts));
        self.trouble = text(&[" The last answer: ", &failure.message]);
        self.pause(failure.retry_after.map_or(Kind::Backoff, Kind::RetryAfter), now, jitter);
        for waiter in &mut self.waiters {
            waiter.failures = waiter.failures.saturating_add(u32::from(counts));
        }
        let exchange = Exchange::failed(&failure);
        let used_up = |waiter: &Waiter<V>| waiter.failures > waiter.terms.max_retries;
        self.end_where(&Err(failure.clone()), Some(&exchange), now, &used_up);
        if let Some(ms) = failure.retry_after {
            self.end_those_that_cannot_wait(ms, &failure, &exchange, now);
        }
        self.tell_all(&exchange, Some(&failure), now);
    }

    /// A wait that cannot fit ends at once (behaviour 3 of the contract).
    fn end_those_that_cannot_wait(&mut self, ms: f64, why: &Failure<V>, exchange: &Exchange, now: f64) {
        let late = |waiter: &Waiter<V>| now + ms > waiter.deadline();
        self.end_where(&Err(why.clone()), Some(exchange), now, &late);
    }

    fn finish(&mut self, outcome: &Result<V, Failure<V>>, exchange: Option<&Exchange>, now: f64) {
        self.phase = Phase::Ended;
        self.end_where(outcome, exchange, now, &|_| true);
    }

    /// Ends the call for those waiters that `gone` picks: they are told of the exchange that decided, if one did, shown
    /// the newest state, and settled.
    fn end_where(
        &mut self,
        outcome: &Result<V, Failure<V>>,
        exchange: Option<&Exchange>,
        now: f64,
        gone: &dyn Fn(&Waiter<V>) -> bool,
    ) {
        let (gone, stay) = std::mem::take(&mut self.waiters).into_iter().partition(gone);
        self.waiters = stay;
        for waiter in gone {
            let outcome = match outcome {
                Ok(value) => Ok(value.clone()),
                Err(failure) => Err(self.addressed(failure.clone(), &waiter, now)),
            };
            if let (true, Some(exchange)) = (waiter.terms.events, exchange) {
                let error = outcome.as_ref().err().map(|failure| &**failure);
                let event = exchange.event(&waiter, error, now, None, Reason::Done);
                self.tell(waiter.id, What::Poll(Box::new(event)));
            }
            if let (false, Some(latest)) = (waiter.shown, &self.latest) {
                let latest = latest.clone();
                self.tell(waiter.id, What::Update(latest));
            }
            self.tell(waiter.id, What::Settle(outcome));
        }
    }

    fn tell(&mut self, waiter: u32, what: What<V>) {
        self.notices.push(Notice { waiter, what });
    }

    /// Tells those who want to know of an exchange after which the call goes on.
    fn tell_all(&mut self, exchange: &Exchange, error: Option<&Failure<V>>, now: f64) {
        let Phase::Pausing(pause) = &self.phase else { return };
        let (due, reason) = self.due(pause);
        let next_delay = due.is_finite().then_some((due - now).max(0.0));
        for waiter in self.waiters.iter().filter(|waiter| waiter.terms.events) {
            let error = error.map(|failure| self.addressed(failure.clone(), waiter, now));
            let event = exchange.event(waiter, error.as_deref(), now, next_delay, reason);
            self.notices.push(Notice { waiter: waiter.id, what: What::Poll(Box::new(event)) });
        }
    }

    fn show_all(&mut self) {
        let Some(latest) = &self.latest else { return };
        for waiter in &mut self.waiters {
            if !waiter.shown {
                waiter.shown = true;
                self.notices.push(Notice { waiter: waiter.id, what: What::Update(latest.clone()) });
            }
        }
    }

    /// The failure with what only this waiter's has.
    fn addressed(&self, mut failure: Failure<V>, waiter: &Waiter<V>, now: f64) -> Box<Failure<V>> {
        failure.session_id = match self.operation {
            Operation::Poll(id) => Some(id),
            Operation::Create => None,
        };
        failure.last_session = waiter.last.clone();
        failure.attempts = Some(waiter.attempts);
        failure.elapsed = Some(now - waiter.joined);
        Box::new(failure)
    }

    fn abort(&mut self, id: u32, reason: V, now: f64) {
        if let Some(at) = self.waiters.iter().position(|waiter| waiter.id == id) {
            let waiter = self.waiters.remove(at);
            self.notices.retain(|notice| notice.waiter != id);
            let message = match self.operation {
                Operation::Create if waiter.attempts > 0 => {
                    "The create was aborted by its signal; the session may have been created all the same."
                }
                Operation::Create => "The create was aborted by its signal; nothing was sent.",
                Operation::Poll(_) => {
                    "The wait was aborted by its signal; the session goes on: it can be polled again."
                }
            };
            let mut failure = Failure::new(Code::Aborted, message.into());
            failure.cause = Some(Cause::Value(reason));
            let failure = self.addressed(failure, &waiter, now);
            self.tell(id, What::Settle(Err(failure)));
        }
    }

    fn turn(&mut self, page: Page, now: f64) {
        let back = (self.page.hidden && !page.hidden) || (self.page.offline && !page.offline);
        self.page = page;
        if let (true, Phase::Pausing(pause)) = (back, &mut self.phase) {
            pause.woken = Some(now);
        }
    }

    /// Ends the call for those whose deadline has passed.
    fn expire(&mut self, now: f64) {
        let Some(first) = self.waiters.iter().find(|waiter| now >= waiter.deadline()) else { return };
        let mut message = answer::no_answer_within("timeoutMs", first.terms.timeout);
        let failure = match (self.operation, &self.phase) {
            (Operation::Create, Phase::Exchanging(_)) => answer::outcome_unknown(Failure::new(Code::Timeout, message)),
            (Operation::Create, _) => {
                message.push_str(" Nothing was created.");
                Failure::new(Code::Timeout, message)
            }
            (Operation::Poll(_), _) => {
                if self.failures > 0 {
                    message.push_str(&self.trouble);
                }
                message.push_str(" The session goes on: poll it again to get its answer.");
                Failure::new(Code::Timeout, message)
            }
        };
        self.end_where(&Err(failure), None, now, &|waiter| now >= waiter.deadline());
    }

    fn request_timeout(&self) -> f64 {
        self.waiters.iter().map(|waiter| waiter.terms.request_timeout).fold(1.0, f64::max)
    }

    fn give_up_stalled(&mut self, now: f64, jitter: f64) {
        if let Phase::Exchanging(since) = self.phase {
            let timeout = self.request_timeout();
            if !self.waiters.is_empty() && now >= since + timeout {
                self.decide(answer::stalled(self.operation, timeout), now, jitter);
            }
        }
    }

    fn pause(&mut self, kind: Kind, now: f64, jitter: f64) {
        self.phase = Phase::Pausing(Pause { since: now, kind, jitter, woken: None });
    }

    /// When the pause ends, as things are now, and why then.
    fn due(&self, pause: &Pause) -> (f64, Reason) {
        let (length, mut reason) = match pause.kind {
            Kind::Start | Kind::FreshKey => (0.0, Reason::Backoff),
            Kind::Interval => (self.shortest(&|waiter| self.interval(waiter, pause)), Reason::Interval),
            Kind::Backoff => (self.shortest(&|waiter| self.backoff(waiter, pause)), Reason::Backoff),
            Kind::RetryAfter(ms) => (ms.max(self.shortest(&|waiter| waiter.terms.interval)), Reason::RetryAfter),
        };
        let mut due = pause.since + length;
        if let Operation::Create = self.operation {
            return (due, reason);
        }
        if self.page.hidden && !matches!(pause.kind, Kind::Start | Kind::FreshKey) && length < HIDDEN_PAUSE_MS {
            due = pause.since + HIDDEN_PAUSE_MS;
            reason = Reason::Hidden;
        }
        if let Some(woken) = pause.woken {
            // What the server asked for holds all the same.
            if !matches!(pause.kind, Kind::RetryAfter(_)) {
                due = due.min(woken);
            }
        }
        if self.page.offline { (f64::INFINITY, Reason::Offline) } else { (due, reason) }
    }

    /// The most eager waiter sets the pace (behaviour 7 of the contract).
    fn shortest(&self, length: &dyn Fn(&Waiter<V>) -> f64) -> f64 {
        self.waiters.iter().map(length).fold(f64::INFINITY, f64::min)
    }

    fn interval(&self, waiter: &Waiter<V>, pause: &Pause) -> f64 {
        let situation = Situation {
            elapsed: pause.since - self.started.unwrap_or(pause.since),
            stage: self.stage,
            in_stage: pause.since - self.stage_since,
            min: waiter.terms.interval,
            max: waiter.terms.max_interval,
        };
        schedule::pause(&situation, &self.history, pause.jitter)
    }

    fn backoff(&self, waiter: &Waiter<V>, pause: &Pause) -> f64 {
        backoff::pause(self.failures, waiter.terms.interval, waiter.terms.max_interval, pause.jitter)
    }

    fn next(&mut self, now: f64) -> Action {
        if self.waiters.is_empty() {
            self.phase = Phase::Ended;
        }
        let deadline = self.shortest(&Waiter::deadline);
        match &self.phase {
            Phase::Ended => Action::End,
            Phase::Asking => Action::Sleep(deadline),
            Phase::Exchanging(since) => Action::Sleep(deadline.min(since + self.request_timeout())),
            Phase::Pausing(pause) => {
                let (due, _) = self.due(pause);
                if now < due {
                    return Action::Sleep(deadline.min(due));
                }
                let fresh_key = pause.kind == Kind::FreshKey;
                self.phase = Phase::Asking;
                Action::Send { fresh_key }
            }
        }
    }
}

/// What there is to tell of an exchange.
struct Exchange<'a> {
    http_status: Option<u16>,
    session_status: Option<&'a str>,
}

impl Exchange<'_> {
    fn failed<V>(failure: &Failure<V>) -> Self {
        Exchange { http_status: failure.status, session_status: None }
    }

    fn event<V: Clone>(
        &self,
        waiter: &Waiter<V>,
        error: Option<&Failure<V>>,
        now: f64,
        next_delay: Option<f64>,
        reason: Reason,
    ) -> PollEvent<V> {
        PollEvent {
            attempt: waiter.attempts,
            elapsed: now - waiter.joined,
            http_status: self.http_status,
            session_status: self.session_status.map(String::from),
            error: error.cloned(),
            next_delay,
            reason,
        }
    }
}
