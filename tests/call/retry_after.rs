//! A pause that the server asks for is kept, but never past a deadline. Rules: 3.

use aiera_chat::core::error::ErrorKind;
use aiera_chat::core::notification::Reason;
use aiera_chat::core::operation::Operation::{CreateSession, PollSession};
use aiera_chat::core::options::CallOptions;

use super::world::*;

/// The largest pause that a header can ask for.
const LONGEST_MS: f64 = 9_007_199_254_740_991.0;

fn poll_within(timeout_ms: f64) -> World {
    World::with(PollSession, CallOptions { timeout_ms, ..poll_options() })
}

#[test]
fn retry_after_replaces_the_backoff() {
    let mut world = World::of(PollSession);
    for (outcome, pause) in [
        (bad_response(503), 550.0),
        (after_pause(7_000.0, bad_response(503)), 7_000.0),
        (after_pause(20_000.0, bad_response(429)), 20_000.0),
        (bad_response(503), 4_000.0),
    ] {
        world.exchange(outcome);
        assert_eq!(world.pause(), pause);
    }
}

#[test]
fn a_pause_that_the_server_asks_for_is_at_least_interval_ms() {
    for ms in [0.0, 1.0, 499.0] {
        let mut world = World::of(PollSession);
        world.exchange(after_pause(ms, bad_response(429)));
        assert_eq!(world.pause(), 500.0);
    }
}

#[test]
fn retry_after_counts_as_a_failure() {
    let mut world = World::with(PollSession, CallOptions { max_retries: 1, ..poll_options() });
    world.exchange(after_pause(1_000.0, bad_response(503)));
    world.exchange(after_pause(1_000.0, bad_response(503)));
    assert!(matches!(world.kind(), ErrorKind::Http { status: 503, .. }));
}

#[test]
fn retry_after_of_a_good_response_is_kept() {
    let mut world = World::of(PollSession);
    world.exchange(after_pause(12_000.0, session("finding_sources")));
    let event = &world.records[0].events[0];
    assert_eq!((event.reason, event.next_delay_ms), (Reason::RetryAfter, Some(12_000.0)));
    assert_eq!(world.pause(), 12_000.0);
    world.exchange(after_pause(12_000.0, session("active")));
    assert!(world.has_succeeded(), "a finished session needs no pause");
}

#[test]
fn a_pause_past_the_deadline_ends_the_call_at_once() {
    for (outcome, is_refused) in [
        (after_pause(2_000.0, bad_response(503)), true),
        (after_pause(LONGEST_MS, bad_response(429)), true),
        (after_pause(3_000.0, session("finding_sources")), false),
    ] {
        let mut world = poll_within(2_000.0);
        world.exchange(outcome);
        assert_eq!((world.codes(), world.now), (("http", None), EXCHANGE_MS));
        assert!(world.is_retryable());
        if is_refused {
            assert!(matches!(world.kind(), ErrorKind::Http { .. }));
            assert_eq!(world.error().last_session, Some(PASSED_IN));
        } else {
            assert_eq!(*world.kind(), ErrorKind::RetryAfterTooLong { delay_ms: 3_000.0 });
            assert_eq!(world.error().last_session, Some("finding_sources"));
            assert_eq!(world.records[0].updates, ["finding_sources"]);
        }
    }
}

#[test]
fn a_pause_is_kept_if_it_ends_before_the_deadline_and_not_if_it_ends_at_it() {
    let mut world = poll_within(2_000.0 + EXCHANGE_MS + 1.0);
    world.exchange(after_pause(2_000.0, bad_response(503)));
    assert_eq!(world.pause(), 2_000.0);
    let mut world = poll_within(2_000.0 + EXCHANGE_MS);
    world.exchange(after_pause(2_000.0, bad_response(503)));
    assert_eq!((world.codes(), world.now), (("http", None), EXCHANGE_MS));
}

#[test]
fn a_response_at_the_deadline_causes_a_timeout() {
    let mut world = poll_within(EXCHANGE_MS);
    world.exchange(after_pause(0.0, bad_response(503)));
    assert_eq!(world.codes(), ("timeout", Some("http")));
}

#[test]
fn a_create_fails_with_its_429_if_the_pause_is_too_long() {
    let mut world = World::of(CreateSession);
    world.exchange(after_pause(60_000.0, bad_response(429)));
    assert!(matches!(world.kind(), ErrorKind::Http { status: 429, .. }));
    assert!(world.is_retryable());
    assert_eq!(world.now, EXCHANGE_MS);
}

#[test]
fn only_the_waiters_with_an_earlier_deadline_end() {
    let mut world = World::poll();
    let hasty = world.join(CallOptions { timeout_ms: 5_000.0, ..poll_options() });
    let patient = world.join(CallOptions { timeout_ms: 60_000.0, ..poll_options() });
    world.exchange(after_pause(10_000.0, bad_response(503)));
    assert_eq!(world.code_of(hasty), Some("http"));
    assert!(world.is_open(patient));
    assert_eq!(world.pause(), 10_000.0);
    world.exchange(session("active"));
    assert_eq!(world.payload_of(patient), Some("active"));
}

#[test]
fn no_pause_is_too_long_for_a_call_without_a_deadline() {
    let mut world = poll_within(f64::INFINITY);
    world.exchange(after_pause(LONGEST_MS, bad_response(503)));
    assert!(world.is_open(0));
    assert_eq!(world.sleeping_until, EXCHANGE_MS + LONGEST_MS);
}

#[test]
fn a_late_waiter_keeps_the_pause_that_the_server_asked_for() {
    let mut world = World::of(PollSession);
    world.exchange(after_pause(8_000.0, bad_response(503)));
    world.pass(1_000.0);
    world.join(CallOptions { interval_ms: 10.0, max_interval_ms: 10.0, ..poll_options() });
    assert_eq!(world.pause(), 7_000.0);
}

#[test]
fn a_late_waiter_whose_deadline_comes_before_the_end_of_the_pause_ends_at_once() {
    let hasty = || CallOptions { timeout_ms: 5_000.0, ..poll_options() };
    let mut world = poll_within(f64::INFINITY);
    world.exchange(after_pause(60_000.0, bad_response(503)));
    world.pass(1_000.0);
    let late = world.join(hasty());
    assert!(matches!(world.error_of(late).failure.kind, ErrorKind::Http { status: 503, .. }));
    assert_eq!(world.error_of(late).attempts, 0);
    assert!(world.is_open(0));

    let mut world = poll_within(f64::INFINITY);
    world.exchange(after_pause(60_000.0, session("finding_sources")));
    let late = world.join(hasty());
    assert_eq!(world.error_of(late).failure.kind, ErrorKind::RetryAfterTooLong { delay_ms: 60_000.0 });
    assert_eq!(world.records[late as usize].updates, ["finding_sources"]);
    world.pass(56_000.0);
    let short = world.join(hasty());
    assert!(world.is_open(short), "the rest of the pause fits");
}

#[test]
fn a_lost_response_does_not_ask_for_a_pause() {
    let mut world = World::of(PollSession);
    world.exchange(Outcome::Lost { is_unsent: false, status: Some(503), description: RESET.into(), error: RESET });
    let event = &world.records[0].events[0];
    assert_eq!((event.http_status, event.reason, event.next_delay_ms), (Some(503), Reason::Backoff, Some(550.0)));
}
