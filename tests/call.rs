//! Whole conversations with `core::call`, faster than real time: by hand for each rule of the contract, and by chance for
//! what must hold whatever happens.

#![cfg(not(target_arch = "wasm32"))]
// What ships may not panic; a test may.
#![allow(clippy::panic, clippy::indexing_slicing, clippy::type_complexity)]

use std::cell::RefCell;
use std::rc::Rc;

use aiera_chat::core::answer::{Answer, Content, Operation};
use aiera_chat::core::call::{Action, Call, Ended, Event, HIDDEN_PAUSE_MS, Page, PollEvent, Reason, Terms, What};
use aiera_chat::core::failure::Problem;
use aiera_chat::core::schedule::{History, KEPT};
use aiera_chat::core::status;
use proptest::prelude::*;

type Value = &'static str;
const ID: u64 = 2229;

fn answer(content: Content, value: Value) -> Answer<Value> {
    Answer { content, retry_after: None, value }
}

fn session(status: &str, changed: bool) -> Answer<Value> {
    answer(Content::Session { id: ID, meaning: status::meaning(status), changed }, "session")
}

fn asks_to_wait(ms: f64) -> Answer<Value> {
    Answer { retry_after: Some(ms), ..session("finding_sources", true) }
}

fn reply(status: u16, retry_after: Option<f64>) -> Answer<Value> {
    Answer { retry_after, ..answer(Content::Reply(status), "reply") }
}

fn lost() -> Answer<Value> {
    answer(Content::Lost { unsent: false }, "reset")
}

/// Drives a call, and checks on the way what must always hold.
struct World {
    call: Call<Value>,
    history: Rc<RefCell<History>>,
    now: f64,
    asked: bool,
    sent: Vec<f64>,
    sleeping_until: f64,
    deadlines: Vec<(u32, f64)>,
    outcomes: Vec<(u32, Result<Value, Ended<Value>>)>,
    updates: Vec<u32>,
    events: Vec<(u32, PollEvent<Value>)>,
    fresh: u32,
}

impl World {
    fn new(operation: Operation, can_refresh: bool) -> World {
        let history = Rc::default();
        World {
            call: Call::new(operation, can_refresh, Rc::clone(&history), 0.0),
            history,
            now: 0.0,
            asked: false,
            sent: Vec::new(),
            sleeping_until: 0.0,
            deadlines: Vec::new(),
            outcomes: Vec::new(),
            updates: Vec::new(),
            events: Vec::new(),
            fresh: 0,
        }
    }

    fn poll() -> World {
        World::new(Operation::Poll(ID), false)
    }

    fn join(&mut self, terms: Terms) -> u32 {
        let deadline = self.now + terms.timeout;
        let id = self.deadlines.len() as u32;
        self.call.join(id, Terms { events: true, ..terms }, Some("given"), self.now);
        self.deadlines.push((id, deadline));
        self.step(Event::Tick);
        id
    }

    fn step(&mut self, event: Event<Value>) {
        // An answer ends its exchange.
        self.asked &= !matches!(event, Event::Answered(_));
        let action = self.call.step(event, self.now, 0.5);
        if let Action::Send { fresh_key, .. } = action {
            assert!(!self.asked, "asked to send while a request is on its way");
            let open = |id| !self.outcomes.iter().any(|(other, _)| other == id);
            let late = self.deadlines.iter().filter(|(id, _)| open(id)).all(|(_, deadline)| self.now >= *deadline);
            assert!(!late, "asked to send at {}, past every deadline", self.now);
            self.asked = true;
            self.fresh += u32::from(fresh_key);
        }
        match action {
            Action::Sleep(until) | Action::Send { deadline: until, .. } => {
                assert!(until > self.now, "asked to sleep until {until} at {}", self.now);
                self.sleeping_until = until;
            }
            Action::End => self.sleeping_until = f64::INFINITY,
        }
        self.asked &= self.call.is_exchanging();
        while let Some(notice) = self.call.notice() {
            assert!(!self.outcomes.iter().any(|(id, _)| *id == notice.waiter), "a notice after the last");
            match notice.what {
                What::Update(_) => self.updates.push(notice.waiter),
                What::Poll(event) => self.events.push((notice.waiter, event)),
                What::Settle(outcome) => self.outcomes.push((notice.waiter, outcome)),
            }
        }
    }

    /// Lets time pass until something is to be sent, or until all is over.
    fn wait(&mut self) {
        while !self.asked && !self.call.is_over() {
            assert!(self.sleeping_until.is_finite(), "asleep for ever");
            self.now = self.sleeping_until;
            self.step(Event::Tick);
        }
    }

    /// The request leaves, and this comes back 40 ms later.
    fn exchange(&mut self, answer: Answer<Value>) {
        self.wait();
        assert!(self.asked, "nothing was asked for");
        self.sent.push(self.now);
        self.step(Event::Sent);
        self.now += 40.0;
        self.step(Event::Answered(answer));
    }

    fn problem(&self) -> Problem {
        self.ended().failure.problem
    }

    fn cause(&self) -> Option<Problem> {
        self.ended().failure.cause.as_ref().map(|cause| cause.problem)
    }

    /// How long the pause is that begins now.
    fn pause(&mut self) -> f64 {
        let from = self.now;
        self.wait();
        self.now - from
    }

    fn ended(&self) -> &Ended<Value> {
        match &self.outcomes[..] {
            [(_, Err(ended))] => ended,
            other => panic!("{other:?}"),
        }
    }
}

fn terms() -> Terms {
    Terms::POLL
}

#[test]
fn the_usual_way() {
    let mut world = World::poll();
    let id = world.join(terms());
    assert_eq!(world.pause(), 0.0, "the first request leaves at once");
    for status in ["finding_sources", "generating_response", "active"] {
        world.exchange(session(status, true));
    }
    assert_eq!(world.outcomes, [(id, Ok("session"))]);
    assert_eq!(world.updates.len(), 3);
    let reasons: Vec<_> = world.events.iter().map(|(_, event)| (event.attempt, event.reason)).collect();
    assert_eq!(reasons, [(1, Reason::Interval), (2, Reason::Interval), (3, Reason::Done)]);
    assert_eq!(world.events[2].1.next_delay, None);
    assert_eq!(world.history.borrow().len(), 1);
}

#[test]
fn an_unchanged_session_is_no_update_and_an_unknown_status_no_end() {
    let mut world = World::poll();
    world.join(terms());
    world.exchange(session("queued", true));
    for _ in 0..5 {
        let pause = world.pause();
        assert!((500.0..=5_000.0).contains(&pause), "{pause}");
        world.exchange(session("queued", false));
    }
    assert_eq!(world.updates.len(), 1);
    assert!(world.outcomes.is_empty());
}

#[test]
fn a_pause_stays_as_long_as_it_was_said_to_be() {
    let mut world = World::poll();
    world.join(terms());
    world.exchange(session("queued", true));
    let told = world.events[0].1.next_delay;
    // Other waits end meanwhile, after what makes pauses longer.
    for _ in 0..KEPT {
        world.history.borrow_mut().record(90_000.0, None);
    }
    assert_eq!(Some(world.pause()), told);
    world.exchange(session("queued", false));
    assert!(world.events[1].1.next_delay > told);
}

#[test]
fn a_failed_session_is_shown_and_then_rejected() {
    for status in ["finding_sources_error", "generating_response_error", "deleted"] {
        let mut world = World::poll();
        world.join(terms());
        world.exchange(session(status, true));
        assert_eq!(world.updates.len(), 1);
        assert_eq!(world.problem(), Problem::SessionFailed);
        assert_eq!((world.ended().last, world.ended().failure.answer), (Some("session"), Some("session")));
    }
}

#[test]
fn failures_in_a_row_are_survived_up_to_max_retries() {
    for max_retries in [0, 1, 6] {
        let mut world = World::poll();
        world.join(Terms { max_retries, ..terms() });
        for _ in 0..max_retries {
            world.exchange(reply(503, None));
        }
        // One good answer resets the count.
        world.exchange(if max_retries == 0 { session("queued", true) } else { session("finding_sources", true) });
        for _ in 0..max_retries {
            assert!(world.outcomes.is_empty());
            world.exchange(lost());
        }
        world.exchange(lost());
        let ended = world.ended();
        assert_eq!((ended.failure.problem, ended.failure.answer), (Problem::Lost, Some("reset")));
        assert_eq!(ended.attempts, max_retries * 2 + 2);
    }
}

#[test]
fn the_backoff_doubles_and_retry_after_replaces_it() {
    let mut world = World::poll();
    world.join(terms());
    let mut pauses = Vec::new();
    for answer in [reply(500, None), reply(502, None), lost(), reply(503, Some(7_000.0)), reply(429, Some(0.0))] {
        world.exchange(answer);
        pauses.push(world.pause());
    }
    assert_eq!(pauses, [550.0, 1_000.0, 2_000.0, 7_000.0, 500.0]);
}

#[test]
fn a_wait_that_cannot_fit_ends_at_once() {
    let table = [
        (reply(503, Some(2_000.0)), Problem::Refused),
        (reply(429, Some(1e15)), Problem::Refused),
        (asks_to_wait(3_000.0), Problem::PauseTooLong),
    ];
    for (answer, problem) in table {
        let mut world = World::poll();
        world.join(Terms { timeout: 2_000.0, ..terms() });
        world.exchange(answer);
        assert_eq!((world.problem(), world.now), (problem, 40.0));
        assert!(world.ended().failure.answer.is_some());
    }
}

#[test]
fn a_deadline_holds_in_every_state() {
    // Before the key is there.
    let mut world = World::poll();
    world.join(Terms { timeout: 90.0, ..terms() });
    world.now = world.sleeping_until;
    world.step(Event::Tick);
    assert_eq!((world.now, world.problem(), world.ended().attempts), (90.0, Problem::TimeoutWait, 0));
    // While an answer is awaited.
    let mut world = World::poll();
    world.join(Terms { timeout: 90.0, ..terms() });
    world.step(Event::Sent);
    world.now = world.sleeping_until;
    world.step(Event::Tick);
    assert_eq!((world.now, world.problem(), world.ended().attempts), (90.0, Problem::TimeoutWait, 1));
    assert!(!world.call.is_exchanging(), "the exchange is cut off");
    // In a pause.
    let mut world = World::poll();
    world.join(Terms { timeout: 90.0, ..terms() });
    world.exchange(session("finding_sources", true));
    world.wait();
    assert_eq!((world.now, world.problem()), (90.0, Problem::TimeoutWait));
    assert_eq!(world.ended().last, Some("session"));
}

#[test]
fn a_stalled_exchange_is_one_failure() {
    let mut world = World::poll();
    world.join(Terms { request_timeout: 100.0, max_retries: 1, ..terms() });
    for _ in 0..2 {
        world.wait();
        world.step(Event::Sent);
        world.now = world.sleeping_until;
        world.step(Event::Tick);
    }
    assert_eq!((world.problem(), world.cause()), (Problem::Stalled, Some(Problem::RequestTimeout)));
}

#[test]
fn a_create_is_sent_once_but_for_a_refusal() {
    for (answer, problem, cause) in [
        (lost(), Problem::CreateOutcomeUnknown, Some(Problem::Lost)),
        (reply(503, None), Problem::CreateOutcomeUnknown, Some(Problem::Refused)),
        (reply(200, None), Problem::CreateOutcomeUnknown, Some(Problem::NotASession)),
        (reply(400, None), Problem::Refused, None),
        (reply(408, None), Problem::Refused, None),
        (reply(307, None), Problem::Redirected, None),
    ] {
        let mut world = World::new(Operation::Create, true);
        world.join(Terms { timeout: 60_000.0, ..terms() });
        world.exchange(answer);
        assert_eq!((world.problem(), world.cause()), (problem, cause));
    }
    let mut world = World::new(Operation::Create, true);
    world.join(Terms { timeout: 60_000.0, ..terms() });
    for answer in [reply(429, None), reply(403, None), reply(429, Some(1_000.0)), session("finding_sources", true)] {
        world.exchange(answer);
    }
    assert_eq!((world.sent.len(), world.fresh), (4, 1));
    assert!(matches!(world.outcomes[..], [(_, Ok("session"))]));
}

#[test]
fn a_refused_key_is_replaced_once() {
    for status in [401, 403] {
        let mut world = World::new(Operation::Poll(ID), true);
        world.join(Terms { max_retries: 0, ..terms() });
        world.exchange(reply(status, None));
        assert_eq!(world.pause(), 0.0);
        world.exchange(session("finding_sources", true));
        world.exchange(reply(status, None));
        assert_eq!((world.fresh, world.problem()), (1, Problem::Refused));
        let mut world = World::poll();
        world.join(terms());
        world.exchange(reply(status, None));
        assert_eq!((world.fresh, world.problem()), (0, Problem::Refused));
    }
}

#[test]
fn waiters_share_one_stream() {
    let mut world = World::poll();
    let patient = world.join(Terms { interval: 4_000.0, ..terms() });
    world.exchange(session("finding_sources", true));
    assert_eq!(world.updates, [patient]);
    // A late one is shown the newest state at once, and sets the pace where it is more eager.
    let eager = world.join(Terms { interval: 600.0, max_interval: 600.0, timeout: 3_000.0, ..terms() });
    assert_eq!(world.updates, [patient, eager]);
    assert_eq!(world.pause(), 600.0);
    world.exchange(session("finding_sources", false));
    let last = world.events.last().map(|(id, event)| (*id, event.attempt));
    assert_eq!(last, Some((eager, 1)), "attempts are each waiter's own");
    // The eager one leaves; the other goes on at its own pace.
    let from = world.now;
    world.step(Event::Abort(eager, "reason"));
    world.wait();
    assert!(world.now - from >= 4_000.0);
    let (id, Err(ended)) = &world.outcomes[0] else { panic!() };
    let failure = &ended.failure;
    assert_eq!((*id, failure.problem, failure.answer), (eager, Problem::AbortedWait, Some("reason")));
    assert_eq!(ended.last, Some("session"));
    // The last to leave stops it, even with a request on its way.
    world.step(Event::Sent);
    world.step(Event::Abort(patient, "reason"));
    assert!(world.call.is_over() && !world.call.is_exchanging());
}

#[test]
fn a_hidden_page_polls_slowly_and_at_once_when_shown() {
    let hidden = Page { hidden: true, offline: false };
    let mut world = World::poll();
    world.join(terms());
    world.step(Event::Page(hidden));
    world.exchange(session("finding_sources", true));
    assert_eq!(world.events[0].1.reason, Reason::Hidden);
    assert_eq!(world.pause(), HIDDEN_PAUSE_MS);
    world.exchange(session("finding_sources", true));
    world.now += 5_000.0;
    world.step(Event::Page(Page::default()));
    assert!(world.asked, "at once when shown");
    // What the server asked for holds all the same.
    world.exchange(reply(503, Some(2_000.0)));
    world.step(Event::Page(hidden));
    world.step(Event::Page(Page::default()));
    assert!(!world.asked);
    assert!(world.pause() >= 2_000.0);
}

#[test]
fn without_a_network_polling_holds_and_nothing_is_counted() {
    let offline = Page { hidden: false, offline: true };
    let mut world = World::poll();
    world.join(Terms { max_retries: 0, ..terms() });
    world.step(Event::Page(offline));
    world.exchange(lost());
    assert_eq!((world.events[0].1.reason, world.events[0].1.next_delay), (Reason::Offline, None));
    assert_eq!(world.sleeping_until, Terms::POLL.timeout, "nothing but the deadline ends it");
    world.now += 10_000.0;
    world.step(Event::Page(Page::default()));
    assert!(world.asked, "at once when the network is back");
}

#[test]
fn late_answers_count_for_nothing() {
    let mut world = World::poll();
    let id = world.join(terms());
    world.step(Event::Sent);
    world.step(Event::Abort(id, "reason"));
    world.step(Event::Answered(session("active", true)));
    world.step(Event::Abort(id, "again"));
    assert_eq!(world.outcomes.len(), 1);
}

/// Something that may happen, as chance picks it.
#[derive(Clone, Debug)]
enum Chance {
    Pass(f64),
    Sleep,
    Sent,
    Answer(u8, Option<f64>),
    Join(f64, f64, u32, f64, f64),
    Abort(u32),
    Page(bool, bool),
    NoKey,
}

fn chance() -> impl Strategy<Value = Chance> {
    let retry_after = prop_oneof![Just(None), (0.0..1e5f64).prop_map(Some), Just(Some(9_007_199_254_740_991.0))];
    prop_oneof![
        (0.0..2e4f64).prop_map(Chance::Pass),
        Just(Chance::Sleep),
        Just(Chance::Sent),
        (any::<u8>(), retry_after).prop_map(|(kind, wait)| Chance::Answer(kind, wait)),
        (1.0..1e6f64, 1.0..1e5f64, 0u32..8, 1.0..1e4f64, 1.0..10.0f64)
            .prop_map(|(a, b, c, d, e)| Chance::Join(a, b, c, d, e)),
        (0u32..4).prop_map(Chance::Abort),
        (any::<bool>(), any::<bool>()).prop_map(|(hidden, offline)| Chance::Page(hidden, offline)),
        Just(Chance::NoKey),
    ]
}

fn any_answer(kind: u8, wait: Option<f64>) -> Answer<Value> {
    let statuses = ["finding_sources", "generating_response", "queued", "active", "deleted"];
    let codes = [200, 204, 300, 302, 401, 403, 404, 408, 425, 429, 500, 501, 503, 507, 0];
    match kind % 4 {
        0 => session(statuses[usize::from(kind / 4) % statuses.len()], kind & 64 == 0),
        1 => lost(),
        2 => wait.map_or(session("queued", false), asks_to_wait),
        _ => reply(codes[usize::from(kind / 4) % codes.len()], wait),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Whatever happens: one request at a time, none past the deadlines, no sleep into the past, exactly one outcome for
    /// every waiter, and none is left behind once all deadlines have passed.
    #[test]
    fn every_waiter_has_exactly_one_outcome(
        creates in any::<bool>(),
        can_refresh in any::<bool>(),
        happenings in prop::collection::vec(chance(), 1..60),
    ) {
        let operation = if creates { Operation::Create } else { Operation::Poll(ID) };
        let mut world = World::new(operation, can_refresh);
        world.join(Terms { timeout: 60_000.0, ..terms() });
        for happening in happenings {
            if world.call.is_over() {
                break;
            }
            match happening {
                Chance::Pass(ms) => {
                    world.now = (world.now + ms).min(world.sleeping_until);
                    world.step(Event::Tick);
                }
                Chance::Sleep if world.sleeping_until.is_finite() => {
                    world.now = world.sleeping_until;
                    world.step(Event::Tick);
                }
                Chance::Sent if world.asked => {
                    world.step(Event::Sent);
                }
                Chance::Answer(kind, wait) if world.asked => {
                    let answer = any_answer(kind, wait);
                    world.step(Event::Sent);
                    world.now += 1.0;
                    world.step(Event::Answered(answer));
                }
                Chance::Join(timeout, request_timeout, max_retries, interval, more) if !creates => {
                    let max_interval = interval * more;
                    world.join(Terms { timeout, request_timeout, max_retries, interval, max_interval, events: true });
                }
                Chance::Abort(waiter) => world.step(Event::Abort(waiter, "reason")),
                Chance::Page(hidden, offline) => world.step(Event::Page(Page { hidden, offline })),
                Chance::NoKey if world.asked => world.step(Event::Answered(answer(Content::NoKey, "cause"))),
                _ => {}
            }
        }
        while !world.call.is_over() {
            prop_assert!(world.sleeping_until.is_finite());
            world.now = world.sleeping_until;
            world.step(Event::Tick);
            if world.asked {
                world.step(Event::Sent);
            }
        }
        prop_assert_eq!(world.outcomes.len(), world.deadlines.len());
        for (id, outcome) in &world.outcomes {
            let Err(ended) = outcome else { continue };
            prop_assert!(ended.elapsed.is_finite() && ended.elapsed >= 0.0);
            let (_, deadline) = world.deadlines.iter().find(|(other, _)| other == id).copied().unwrap_or_default();
            prop_assert!(ended.failure.problem != Problem::TimeoutWait || world.now >= deadline);
        }
    }

    /// A create leaves once, and once more for each 429 and, with a key function, for one 401 or 403.
    #[test]
    fn a_create_never_leaves_twice(answers in prop::collection::vec((any::<u8>(), Just(None::<f64>)), 1..20), can_refresh in any::<bool>()) {
        let mut world = World::new(Operation::Create, can_refresh);
        world.join(Terms { timeout: 600_000.0, ..terms() });
        let (mut busy, mut key) = (0, 0);
        for (kind, wait) in answers {
            world.wait();
            if world.call.is_over() {
                break;
            }
            let answer = any_answer(kind, wait);
            match answer.content {
                Content::Reply(429) => busy += 1,
                Content::Reply(401 | 403) if can_refresh => key = 1,
                _ => {}
            }
            world.exchange(answer);
        }
        prop_assert!(world.sent.len() <= 1 + busy + key);
    }
}
