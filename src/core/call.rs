//! A create or a wait as a state machine: told what happened, it says what to do next.
//!
//! All waiters on one session share one [`Call`], and with it one stream of requests; a create is a call with one
//! waiter. Time and chance are arguments. A layer above runs it like this:
//!
//! ```
//! use aiera_chat::core::answer::{Answer, Content, Operation};
//! use aiera_chat::core::call::{Action, Call, Event, Terms, What};
//! use aiera_chat::core::status;
//!
//! let (mut now, jitter) = (0.0, 0.5); // a monotonic clock in milliseconds, and chance in [0, 1)
//! let mut call = Call::new(Operation::Poll(2229), false, Default::default(), now);
//! call.join(1, Terms::POLL, None, now);
//! let mut event = Event::Tick;
//! loop {
//!     match call.step(event, now, jitter) {
//!         Action::Send { .. } => {
//!             call.step(Event::Sent, now, jitter); // the request leaves, and an answer comes
//!             now += 80.0;
//!             let status = if now < 2_000.0 { "generating_response" } else { "active" };
//!             let content = Content::Session { id: 2229, meaning: status::meaning(status), changed: true };
//!             event = Event::Answered(Answer { content, retry_after: None, value: "the answer" });
//!         }
//!         Action::Sleep(until) => (now, event) = (until, Event::Tick),
//!         Action::End => break,
//!     }
//!     while let Some(notice) = call.notice() {
//!         if let What::Settle(outcome) = notice.what {
//!             assert_eq!(outcome, Ok("the answer"));
//!         }
//!     }
//! }
//! ```

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::answer::{self, Answer, Operation, Verdict};
use super::backoff;
use super::failure::{Failure, Problem};
use super::schedule::{self, History, Situation, Stage};
use super::status::Meaning;

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
    /// The exchange is over, or there was no key to send it with.
    Answered(Answer<V>),
    /// This waiter's signal was aborted, with this behind it.
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
        /// When to say [`Event::Tick`] if it has not left by then: the key alone can take for ever.
        deadline: f64,
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
    Poll(PollEvent<V>),
    /// The session changed: `onUpdate`.
    Update(V),
    /// The call is over. The last notice that a waiter gets.
    Settle(Result<V, Ended<V>>),
}

/// A failure with what only this waiter's has.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended<V> {
    /// The failure.
    pub failure: Rc<Failure<V>>,
    /// The last session seen, at first the one passed in.
    pub last: Option<V>,
    /// Exchanges made.
    pub attempts: u32,
    /// Milliseconds since the waiter's call began.
    pub elapsed: f64,
}

/// One exchange, as `onPoll` is told of it.
#[derive(Clone, Debug)]
pub struct PollEvent<V> {
    /// Counts the waiter's exchanges from 1.
    pub attempt: u32,
    /// Milliseconds since the waiter's call began.
    pub elapsed: f64,
    /// The answer, if there was one.
    pub answer: Option<V>,
    /// What went wrong, if anything did.
    pub error: Option<Ended<V>>,
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
    /// How long the pause that goes on is, as far as this waiter is concerned.
    pause: Cell<f64>,
}

impl<V: Clone> Waiter<V> {
    fn deadline(&self) -> f64 {
        self.joined + self.terms.timeout
    }

    fn ended(&self, failure: &Rc<Failure<V>>, now: f64) -> Ended<V> {
        let (failure, last) = (failure.clone(), self.last.clone());
        Ended { failure, last, attempts: self.attempts, elapsed: now - self.joined }
    }
}

/// What an exchange, or a call, came to.
type Outcome<V> = Result<V, Rc<Failure<V>>>;

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

/// A create, or a wait with all its waiters. `V` is what the layer above keeps answers in.
#[derive(Debug)]
pub struct Call<V> {
    operation: Operation,
    can_refresh: bool,
    refreshed: bool,
    history: Rc<RefCell<History>>,
    /// Whether the session was ever seen unfinished.
    seen_waiting: bool,
    waiters: Vec<Waiter<V>>,
    phase: Phase,
    page: Page,
    /// When the first request left.
    started: Option<f64>,
    /// Failures in a row, which the backoff counts.
    failures: u32,
    /// The last of them, for somebody who runs out of time among failures.
    trouble: Option<Rc<Failure<V>>>,
    stage: Stage,
    stage_since: f64,
    latest: Option<V>,
    notices: Vec<Notice<V>>,
}

impl<V: Clone> Call<V> {
    /// A call without waiters. `can_refresh`: the key comes from a function that can be asked again. `history`: what
    /// earlier waits took, to which this one adds.
    pub fn new(operation: Operation, can_refresh: bool, history: Rc<RefCell<History>>, now: f64) -> Self {
        Call {
            operation,
            can_refresh,
            refreshed: false,
            history,
            seen_waiting: false,
            // Mostly there is one.
            waiters: Vec::with_capacity(1),
            phase: Phase::Pausing(Pause { since: now, kind: Kind::Start, jitter: 0.0, woken: None }),
            page: Page::default(),
            started: None,
            failures: 0,
            trouble: None,
            stage: Stage::Other,
            stage_since: now,
            latest: None,
            notices: Vec::new(),
        }
    }

    /// Adds a waiter, with an id of its own and the session that it passed in, if any. It is shown the newest state at
    /// once. To be followed by a [`step`](Self::step).
    pub fn join(&mut self, id: u32, terms: Terms, last: Option<V>, now: f64) {
        let attempts = u32::from(matches!(self.phase, Phase::Exchanging(_)));
        let last = self.latest.clone().or(last);
        let waiter =
            Waiter { id, terms, joined: now, attempts, failures: 0, shown: false, last, pause: Cell::default() };
        if let Phase::Pausing(pause) = &self.phase {
            waiter.pause.set(self.length(&waiter, pause));
        }
        self.waiters.push(waiter);
        self.show_all();
    }

    /// Takes in what happened at `now` and says what to do next. `jitter` is in `[0, 1)`.
    pub fn step(&mut self, event: Event<V>, now: f64, jitter: f64) -> Action {
        match event {
            Event::Tick => {}
            Event::Sent => self.sent(now),
            Event::Answered(answer) => {
                if self.is_exchanging() {
                    let retry_after = answer.retry_after;
                    self.decide(answer::judge(self.operation, answer), retry_after, now, jitter);
                }
            }
            Event::Abort(waiter, reason) => self.abort(waiter, reason, now),
            Event::Page(page) => self.turn(page, now),
        }
        self.expire(now);
        self.give_up_stalled(now, jitter);
        self.next(now)
    }

    /// The next thing to tell a waiter.
    pub fn notice(&mut self) -> Option<Notice<V>> {
        if self.notices.is_empty() {
            // Nothing of it is kept for the pause.
            self.notices = Vec::new();
            return None;
        }
        // There are a few at a time: a queue would cost more than it saves.
        Some(self.notices.remove(0))
    }

    /// Whether a request was asked for whose answer still counts.
    pub fn is_exchanging(&self) -> bool {
        matches!(self.phase, Phase::Asking | Phase::Exchanging(_))
    }

    /// Whether nobody waits any more.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ended)
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

    fn decide(&mut self, verdict: Verdict<V>, retry_after: Option<f64>, now: f64, jitter: f64) {
        match verdict {
            Verdict::Session(meaning, changed, answer) => {
                self.seen(meaning, changed, answer, retry_after, now, jitter);
            }
            Verdict::FreshKey(failure) if self.can_refresh && !self.refreshed => {
                self.refreshed = true;
                self.pause(Kind::FreshKey, now, jitter);
                self.tell_all(&Err(Rc::new(failure)), now);
            }
            Verdict::Again(failure) => self.failed(failure, retry_after, now, jitter),
            Verdict::FreshKey(failure) | Verdict::Final(failure) => self.finish(Err(Rc::new(failure)), now),
        }
    }

    fn seen(&mut self, meaning: Meaning, changed: bool, answer: V, retry_after: Option<f64>, now: f64, jitter: f64) {
        self.failures = 0;
        let is_new = changed || self.latest.is_none();
        if is_new {
            self.latest = Some(answer.clone());
        }
        for waiter in &mut self.waiters {
            waiter.failures = 0;
            if is_new {
                waiter.shown = false;
                waiter.last = Some(answer.clone());
            }
        }
        match meaning {
            Meaning::Failed if self.operation != Operation::Create => {
                self.finish(Err(Rc::new(Failure::new(Problem::SessionFailed, 0.0, Some(answer)))), now);
            }
            Meaning::Waiting(stage) if self.operation != Operation::Create => {
                if stage != self.stage || !self.seen_waiting {
                    self.seen_waiting = true;
                    self.stage = stage;
                    self.stage_since = now;
                }
                self.pause(retry_after.map_or(Kind::Interval, Kind::RetryAfter), now, jitter);
                if let Some(ms) = retry_after {
                    let failure = Rc::new(Failure::new(Problem::PauseTooLong, ms, Some(answer.clone())));
                    self.end_those_that_cannot_wait(ms, failure, now);
                }
                self.tell_all(&Ok(answer), now);
                self.show_all();
            }
            _ => {
                self.learn(now);
                self.finish(Ok(answer), now);
            }
        }
    }

    fn learn(&mut self, now: f64) {
        // A session that was finished before it was first seen says nothing about how long one takes.
        if let (Some(started), true) = (self.started, self.seen_waiting) {
            let generating = (self.stage == Stage::Generating).then_some(now - self.stage_since);
            self.history.borrow_mut().record(now - started, generating);
        }
    }

    fn failed(&mut self, failure: Failure<V>, retry_after: Option<f64>, now: f64, jitter: f64) {
        // Without a network a lost answer says nothing about the server.
        let counts = !(self.page.offline && matches!(failure.problem, Problem::Lost | Problem::Stalled));
        self.failures = self.failures.saturating_add(u32::from(counts));
        let failure = Rc::new(failure);
        self.trouble = Some(failure.clone());
        self.pause(retry_after.map_or(Kind::Backoff, Kind::RetryAfter), now, jitter);
        for waiter in &mut self.waiters {
            waiter.failures = waiter.failures.saturating_add(u32::from(counts));
        }
        self.end_where(&Err(failure.clone()), true, now, &|waiter| waiter.failures > waiter.terms.max_retries);
        if let Some(ms) = retry_after {
            self.end_those_that_cannot_wait(ms, failure.clone(), now);
        }
        self.tell_all(&Err(failure), now);
    }

    /// A wait that cannot fit ends at once (behaviour 3 of the contract).
    fn end_those_that_cannot_wait(&mut self, ms: f64, why: Rc<Failure<V>>, now: f64) {
        self.end_where(&Err(why), true, now, &|waiter| now + ms > waiter.deadline());
    }

    fn finish(&mut self, outcome: Outcome<V>, now: f64) {
        // Where there was no key there was no exchange.
        let exchanged = matches!(self.phase, Phase::Exchanging(_));
        self.phase = Phase::Ended;
        self.end_where(&outcome, exchanged, now, &|_| true);
    }

    /// Ends the call for those waiters that `gone` picks: they are told of the exchange that decided, if one did, shown
    /// the newest state, and settled.
    fn end_where(&mut self, outcome: &Outcome<V>, exchanged: bool, now: f64, gone: &dyn Fn(&Waiter<V>) -> bool) {
        let mut at = 0;
        while let Some(waiter) = self.waiters.get(at) {
            if !gone(waiter) {
                at += 1;
                continue;
            }
            let waiter = self.waiters.remove(at);
            if exchanged {
                self.tell_of(&waiter, outcome, now, None, Reason::Done);
            }
            if let (false, Some(latest)) = (waiter.shown, &self.latest) {
                let what = What::Update(latest.clone());
                self.tell(waiter.id, what);
            }
            let id = waiter.id;
            let outcome = match outcome {
                Ok(answer) => Ok(answer.clone()),
                Err(failure) => Err(waiter.ended(failure, now)),
            };
            self.tell(id, What::Settle(outcome));
        }
    }

    fn tell(&mut self, waiter: u32, what: What<V>) {
        self.notices.push(Notice { waiter, what });
    }

    /// Tells a waiter of an exchange, if it wants to know.
    fn tell_of(&mut self, waiter: &Waiter<V>, outcome: &Outcome<V>, now: f64, next_delay: Option<f64>, reason: Reason) {
        if waiter.terms.events {
            let (answer, error) = match outcome {
                Ok(answer) => (Some(answer.clone()), None),
                Err(failure) => (failure.answer.clone(), Some(waiter.ended(failure, now))),
            };
            let (attempt, elapsed) = (waiter.attempts, now - waiter.joined);
            self.tell(waiter.id, What::Poll(PollEvent { attempt, elapsed, answer, error, next_delay, reason }));
        }
    }

    /// Tells those who want to know of an exchange after which the call goes on.
    fn tell_all(&mut self, outcome: &Outcome<V>, now: f64) {
        let Phase::Pausing(pause) = &self.phase else { return };
        let (due, reason) = self.due(pause);
        let next_delay = due.is_finite().then_some((due - now).max(0.0));
        let waiters = std::mem::take(&mut self.waiters);
        for waiter in &waiters {
            self.tell_of(waiter, outcome, now, next_delay, reason);
        }
        self.waiters = waiters;
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

    fn abort(&mut self, id: u32, reason: V, now: f64) {
        let Some(waiter) = self.waiters.iter().find(|waiter| waiter.id == id) else { return };
        let problem = match self.operation {
            Operation::Poll(_) => Problem::AbortedWait,
            Operation::Create if waiter.attempts > 0 => Problem::AbortedCreate,
            Operation::Create => Problem::AbortedUnsent,
        };
        // It asked not to be told of anything any more.
        while let Some(at) = self.notices.iter().position(|notice| notice.waiter == id) {
            self.notices.remove(at);
        }
        let failure = Rc::new(Failure::new(problem, 0.0, Some(reason)));
        for waiter in &mut self.waiters {
            waiter.shown |= waiter.id == id;
        }
        self.end_where(&Err(failure), false, now, &|waiter| waiter.id == id);
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
        let problem = match (self.operation, &self.phase) {
            (Operation::Poll(_), _) => Problem::TimeoutWait,
            (Operation::Create, Phase::Exchanging(_)) => Problem::TimeoutCreate,
            (Operation::Create, _) => Problem::TimeoutUnsent,
        };
        let mut failure = Failure::new(problem, first.terms.timeout, None);
        if problem == Problem::TimeoutCreate {
            failure = answer::outcome_unknown(failure);
        } else if self.failures > 0 {
            failure.cause = self.trouble.clone();
        }
        self.end_where(&Err(Rc::new(failure)), false, now, &|waiter| now >= waiter.deadline());
    }

    fn request_timeout(&self) -> f64 {
        self.waiters.iter().map(|waiter| waiter.terms.request_timeout).fold(1.0, f64::max)
    }

    fn give_up_stalled(&mut self, now: f64, jitter: f64) {
        if let Phase::Exchanging(since) = self.phase {
            let timeout = self.request_timeout();
            if !self.waiters.is_empty() && now >= since + timeout {
                self.decide(answer::stalled(self.operation, timeout), None, now, jitter);
            }
        }
    }

    fn pause(&mut self, kind: Kind, now: f64, jitter: f64) {
        let pause = Pause { since: now, kind, jitter, woken: None };
        for waiter in &self.waiters {
            waiter.pause.set(self.length(waiter, &pause));
        }
        self.phase = Phase::Pausing(pause);
    }

    /// How long a pause is for this waiter.
    fn length(&self, waiter: &Waiter<V>, pause: &Pause) -> f64 {
        let (min, max) = (waiter.terms.interval, waiter.terms.max_interval);
        match pause.kind {
            Kind::Start | Kind::FreshKey => 0.0,
            Kind::Interval => {
                let elapsed = pause.since - self.started.unwrap_or(pause.since);
                let in_stage = pause.since - self.stage_since;
                let situation = Situation { elapsed, stage: self.stage, in_stage, min, max };
                schedule::pause(&situation, &self.history.borrow(), pause.jitter)
            }
            Kind::Backoff => backoff::pause(self.failures, min, max, pause.jitter),
            Kind::RetryAfter(ms) => ms.max(min),
        }
    }

    /// When the pause ends, as things are now, and why then.
    fn due(&self, pause: &Pause) -> (f64, Reason) {
        let length = self.shortest(&|waiter| waiter.pause.get());
        let mut reason = match pause.kind {
            Kind::Interval => Reason::Interval,
            Kind::RetryAfter(_) => Reason::RetryAfter,
            Kind::Start | Kind::FreshKey | Kind::Backoff => Reason::Backoff,
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
                Action::Send { fresh_key, deadline }
            }
        }
    }
}
