//! `timeoutMs` and `requestTimeoutMs` apply in every state of a call. Rules: 1, 6.

use aiera_chat::core::error::{Cause, ErrorKind, Sent};
use aiera_chat::core::operation::Operation::{self, CreateSession, GetSession, PollSession, SendPrompt};
use aiera_chat::core::options::CallOptions;
use aiera_chat::core::pause::PageState;

use super::world::*;

const TIMEOUT_MS: f64 = 90.0;

fn within(operation: Operation, timeout_ms: f64) -> World {
    World::with(operation, CallOptions { timeout_ms, ..options(operation) })
}

/// A call that is held back before its first request.
fn held(operation: Operation, timeout_ms: f64) -> World {
    let mut world = World::new(operation, false, PageState::default());
    world.call.hold();
    world.join(CallOptions { timeout_ms, ..options(operation) });
    world
}

fn timeout(sent: Sent) -> ErrorKind {
    ErrorKind::Timeout { limit_ms: TIMEOUT_MS, sent, is_offline: false }
}

#[test]
fn a_key_that_arrives_after_the_deadline_sends_nothing() {
    for operation in ONCE.into_iter().chain(REPEATABLE) {
        let mut world = within(operation, TIMEOUT_MS);
        world.run();
        // The timer has not fired yet, as on a machine that was suspended.
        world.now = TIMEOUT_MS + 10.0;
        world.step(Input::Sent);
        assert_eq!(*world.kind(), timeout(Sent::Nothing), "{operation:?}");
        assert_eq!((world.requests(), world.error().attempts), (0, 0));
        assert!(!world.call.is_exchanging());
    }
}

#[test]
fn a_create_whose_fresh_key_is_pending_at_its_deadline_names_the_refusal() {
    for operation in ONCE {
        let mut world =
            World::with_key_provider(operation, CallOptions { timeout_ms: TIMEOUT_MS, ..options(operation) });
        world.exchange(bad_response(401));
        world.run();
        world.sleep();
        assert_eq!((world.now, world.codes()), (TIMEOUT_MS, ("timeout", Some("http"))));
        assert_eq!(*world.kind(), timeout(Sent::Refused));
        assert!(world.is_retryable());
    }
}

#[test]
fn a_call_ends_at_its_deadline_while_its_key_is_pending() {
    for operation in ONCE.into_iter().chain(REPEATABLE) {
        let mut world = within(operation, TIMEOUT_MS);
        world.run();
        assert!(world.is_sending, "the key provider was called");
        world.sleep();
        assert_eq!((world.now, world.kind()), (TIMEOUT_MS, &timeout(Sent::Nothing)), "{operation:?}");
        assert!(world.is_retryable(), "nothing was sent");
        assert_eq!(world.error().attempts, 0);
        assert!(!world.call.is_exchanging());
    }
}

#[test]
fn a_call_ends_at_its_deadline_while_its_request_is_in_flight() {
    for operation in REPEATABLE {
        let mut world = within(operation, TIMEOUT_MS);
        world.send();
        world.sleep();
        assert_eq!((world.now, world.kind()), (TIMEOUT_MS, &timeout(Sent::MayHaveArrived)), "{operation:?}");
        assert!(world.is_retryable());
        assert_eq!(world.error().attempts, 1);
        assert!(!world.call.is_exchanging(), "the request is cancelled");
    }
}

#[test]
fn a_create_or_prompt_in_flight_at_its_deadline_has_an_unknown_outcome() {
    for operation in ONCE {
        let mut world = within(operation, TIMEOUT_MS);
        world.send();
        world.sleep();
        let code = if operation == SendPrompt { "prompt_outcome_unknown" } else { "create_outcome_unknown" };
        assert_eq!((world.now, world.codes()), (TIMEOUT_MS, (code, Some("timeout"))));
        assert!(!world.is_retryable());
        assert!(!world.call.is_exchanging(), "the request is cancelled");
    }
}

#[test]
fn a_poll_ends_at_its_deadline_in_a_pause() {
    let mut world = within(PollSession, TIMEOUT_MS);
    world.exchange(session("finding_sources"));
    world.run();
    assert_eq!((world.now, world.kind()), (TIMEOUT_MS, &timeout(Sent::MayHaveArrived)));
    assert_eq!(world.error().failure.cause, None);
    assert_eq!(world.error().last_session, Some("finding_sources"));
}

#[test]
fn a_call_that_times_out_in_a_backoff_has_its_last_failure_as_the_cause() {
    let mut world = within(GetSession, TIMEOUT_MS);
    world.exchange(bad_response(503));
    world.run();
    assert_eq!((world.now, world.codes()), (TIMEOUT_MS, ("timeout", Some("http"))));
    assert_eq!(*world.kind(), timeout(Sent::MayHaveArrived));
}

#[test]
fn a_good_response_clears_the_cause_of_a_later_timeout() {
    let mut world = within(PollSession, 3_000.0);
    for outcome in [lost(), session("finding_sources")] {
        world.exchange(outcome);
    }
    world.send();
    world.sleep();
    assert_eq!(world.codes(), ("timeout", None));
}

#[test]
fn a_create_or_prompt_that_times_out_in_the_backoff_of_a_429_is_retryable() {
    for operation in ONCE {
        let mut world = within(operation, TIMEOUT_MS);
        world.exchange(bad_response(429));
        world.run();
        assert_eq!((world.now, world.codes()), (TIMEOUT_MS, ("timeout", Some("http"))));
        assert!(world.is_retryable(), "the request was refused");
    }
}

#[test]
fn a_poll_ends_at_its_deadline_while_the_page_is_hidden_or_offline() {
    for is_offline in [false, true] {
        let mut world = within(PollSession, 20_000.0);
        world.exchange(session("finding_sources"));
        world.change_page(true, is_offline);
        world.run();
        let kind = ErrorKind::Timeout { limit_ms: 20_000.0, sent: Sent::MayHaveArrived, is_offline };
        assert_eq!((world.now, world.kind()), (20_000.0, &kind));
    }
}

#[test]
fn a_held_call_ends_at_its_deadline() {
    for operation in ONCE.into_iter().chain([PollSession]) {
        let mut world = held(operation, TIMEOUT_MS);
        world.run();
        assert_eq!((world.now, world.kind()), (TIMEOUT_MS, &timeout(Sent::Nothing)), "{operation:?}");
        assert!(world.is_retryable(), "nothing was sent");
        world.step(Input::Release);
        assert_eq!(world.requests(), 0, "a release after the end does nothing");
    }
}

#[test]
fn a_held_call_sends_its_request_at_the_release_and_keeps_its_deadline() {
    let mut world = held(SendPrompt, 60_000.0);
    world.pass(50_000.0);
    assert_eq!(world.requests(), 0);
    world.step(Input::Release);
    assert!(world.is_sending, "at once");
    world.step(Input::Release);
    world.step(Input::Sent);
    assert_eq!(world.sleeping_until, 60_000.0, "the deadline counts from the call");
    world.step(Input::Outcome(success(SendPrompt)));
    assert_eq!(world.payload_of(0), Some("message"));
    assert_eq!(world.requests(), 1);
}

#[test]
fn a_deadline_counts_from_the_start_of_the_call() {
    let mut world = World::poll();
    world.now = 5_000.0;
    let waiter = world.join_started_at(1_000.0, CallOptions { timeout_ms: 6_000.0, ..poll_options() });
    world.send();
    world.sleep();
    assert_eq!((world.now, world.code_of(waiter)), (7_000.0, Some("timeout")));
    assert_eq!(world.error_of(waiter).elapsed_ms, 6_000.0);
}

#[test]
fn a_call_that_starts_after_its_deadline_sends_nothing() {
    for operation in ONCE.into_iter().chain(REPEATABLE) {
        let mut world = World::new(operation, false, PageState::default());
        world.now = 5_000.0;
        world.join_started_at(0.0, CallOptions { timeout_ms: TIMEOUT_MS, ..options(operation) });
        assert_eq!(*world.kind(), timeout(Sent::Nothing), "{operation:?}");
        assert_eq!(world.requests(), 0);
    }
}

#[test]
fn waiters_that_end_at_the_same_time_each_name_their_timeout() {
    let mut world = World::poll();
    let first = world.join(CallOptions { timeout_ms: 5_000.0, ..poll_options() });
    world.exchange(after_pause(4_000.0, session("finding_sources")));
    world.pass(2_000.0 - EXCHANGE_MS);
    let second = world.join(CallOptions { timeout_ms: 3_000.0, ..poll_options() });
    // A device that was suspended fires its timers late.
    world.now = 9_000.0;
    world.step(Input::Tick);
    for (waiter, limit_ms, sent) in [(first, 5_000.0, Sent::MayHaveArrived), (second, 3_000.0, Sent::Nothing)] {
        let kind = ErrorKind::Timeout { limit_ms, sent, is_offline: false };
        assert_eq!(world.error_of(waiter).failure.kind, kind);
    }
}

#[test]
fn a_call_without_deadline_never_times_out() {
    let mut world = within(PollSession, f64::INFINITY);
    for _ in 0..1_000 {
        world.exchange(session("finding_sources"));
    }
    assert!(world.is_open(0));
}

#[test]
fn a_stalled_exchange_is_cancelled_and_counts_as_one_failure() {
    for operation in REPEATABLE {
        let limits = CallOptions { request_timeout_ms: 100.0, max_retries: 1, ..options(operation) };
        let mut world = World::with(operation, limits);
        world.send();
        world.sleep();
        assert_eq!(world.now, 100.0);
        assert!(world.is_open(0) && !world.is_sending, "the request is cancelled");
        assert_eq!(world.pause(), 550.0);
        world.send();
        world.sleep();
        assert_eq!(world.codes(), ("network", Some("timeout")), "{operation:?}");
        assert_eq!(*world.kind(), ErrorKind::Stalled { limit_ms: 100.0 });
        let Some(Cause::Failure(cause)) = &world.error().failure.cause else { panic!() };
        assert_eq!(cause.kind, ErrorKind::RequestTimeout { limit_ms: 100.0 });
        assert_eq!(world.requests(), 2);
    }
}

#[test]
fn a_stalled_create_or_prompt_has_an_unknown_outcome() {
    for operation in ONCE {
        let mut world = World::with(operation, CallOptions { request_timeout_ms: 100.0, ..options(operation) });
        world.send();
        world.sleep();
        assert_eq!(world.now, 100.0);
        assert_eq!(*world.kind(), ErrorKind::OutcomeUnknown);
        let Some(Cause::Failure(cause)) = &world.error().failure.cause else { panic!() };
        assert_eq!(cause.kind, ErrorKind::RequestTimeout { limit_ms: 100.0 });
    }
}

#[test]
fn the_time_of_the_key_provider_does_not_count_as_the_exchange() {
    let limits = CallOptions { request_timeout_ms: 100.0, max_retries: 0, ..options(CreateSession) };
    let mut world = World::with(CreateSession, limits);
    world.run();
    world.now = 5_000.0;
    world.send();
    assert_eq!(world.sleeping_until, 5_100.0);
    world.step(Input::Outcome(success(CreateSession)));
    assert!(world.has_succeeded());
}

#[test]
fn the_outcome_of_a_cancelled_exchange_is_ignored() {
    let mut world = World::with(PollSession, CallOptions { request_timeout_ms: 100.0, ..poll_options() });
    world.send();
    world.sleep();
    world.step(Input::Outcome(session("active")));
    assert!(world.is_open(0));
    world.exchange(session("active"));
    assert_eq!(world.requests(), 2);
}
