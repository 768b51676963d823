//! The waiters on one session share one stream of requests; each has its own limits, callbacks and counters. Rules: 7.

use aiera_chat::core::error::{Cause, ErrorKind, Sent};
use aiera_chat::core::operation::Operation::PollSession;
use aiera_chat::core::options::CallOptions;
use aiera_chat::core::turn::Turn;
use aiera_chat::core::waiter::NewWaiter;

use super::world::*;

fn every(interval_ms: f64) -> CallOptions {
    CallOptions { interval_ms, max_interval_ms: interval_ms, ..poll_options() }
}

#[test]
fn waiters_share_each_exchange() {
    let mut world = World::poll();
    let waiters = [0; 3].map(|_| world.join(poll_options()));
    for status in ["finding_sources", "generating_response", "active"] {
        world.exchange(session(status));
    }
    assert_eq!(world.requests(), 3);
    for waiter in waiters {
        assert_eq!(world.payload_of(waiter), Some("active"));
        assert_eq!(world.records[waiter as usize].updates, ["finding_sources", "generating_response", "active"]);
    }
}

#[test]
fn the_most_eager_waiter_sets_the_pace() {
    let mut world = World::poll();
    world.join(every(4_000.0));
    let eager = world.join(every(600.0));
    world.join(every(2_000.0));
    for _ in 0..3 {
        world.exchange(session("finding_sources"));
        assert_eq!(world.pause(), 600.0);
    }
    world.send();
    world.step(Input::Abort(eager, "reason"));
    world.step(Input::Outcome(session("finding_sources")));
    assert_eq!(world.pause(), 2_000.0, "the next most eager waiter sets the pace");
}

#[test]
fn an_eager_waiter_shortens_the_current_pause_and_its_end_lengthens_it() {
    let mut world = World::poll();
    world.join(every(4_000.0));
    world.exchange(session("finding_sources"));
    world.pass(1_000.0);
    let eager = world.join(every(1_500.0));
    assert_eq!(world.sleeping_until, EXCHANGE_MS + 1_500.0);
    world.step(Input::Abort(eager, "reason"));
    assert_eq!(world.sleeping_until, EXCHANGE_MS + 4_000.0);
}

#[test]
fn a_waiter_with_a_shorter_interval_than_the_elapsed_pause_causes_a_request_at_once() {
    let mut world = World::poll();
    world.join(every(4_000.0));
    world.exchange(session("finding_sources"));
    world.pass(1_000.0);
    world.join(every(600.0));
    assert!(world.is_sending);
}

#[test]
fn a_late_waiter_is_notified_of_the_latest_session_at_once() {
    let mut world = World::poll();
    let first = world.join(poll_options());
    world.exchange(session("finding_sources"));
    let late = world.join(poll_options());
    assert_eq!(world.records[late as usize].updates, ["finding_sources"]);
    assert_eq!(world.records[first as usize].updates, ["finding_sources"]);
    world.exchange(unchanged(session("finding_sources")));
    world.exchange(session("active"));
    for waiter in [first, late] {
        assert_eq!(world.records[waiter as usize].updates, ["finding_sources", "active"]);
    }
}

#[test]
fn a_late_waiter_has_the_latest_session_in_its_error() {
    let mut world = World::poll();
    world.join(poll_options());
    world.exchange(session("finding_sources"));
    let late = world.join(poll_options());
    world.step(Input::Abort(late, "reason"));
    assert_eq!(world.error_of(late).last_session, Some("finding_sources"));
}

#[test]
fn each_waiter_counts_the_exchanges_since_it_joined() {
    let mut world = World::poll();
    let first = world.join(poll_options());
    world.exchange(session("finding_sources"));
    let in_pause = world.join(poll_options());
    world.send();
    let in_flight = world.join(poll_options());
    world.step(Input::Outcome(session("active")));
    for (waiter, attempts) in [(first, 2), (in_pause, 1), (in_flight, 1)] {
        let Some(Ok(success)) = &world.records[waiter as usize].result else { panic!() };
        assert_eq!(success.attempts, attempts);
    }
}

#[test]
fn an_ask_counts_the_exchanges_before_its_poll() {
    let mut world = World::poll();
    let (options, turn) = (poll_options(), Turn::new(None));
    let ask = NewWaiter { id: 0, options, started_at: 0.0, attempts: 2, turn, last_session: Some("created") };
    world.join_as(ask);
    world.exchange(session("active"));
    let Some(Ok(success)) = &world.records[0].result else { panic!() };
    assert_eq!(success.attempts, 3);
}

#[test]
fn the_timeout_of_an_ask_does_not_say_that_nothing_was_sent() {
    let mut world = World::poll();
    let options = CallOptions { timeout_ms: 90.0, ..poll_options() };
    let turn = Turn::new(None);
    let ask = NewWaiter { id: 0, options, started_at: 0.0, attempts: 1, turn, last_session: Some("created") };
    world.join_as(ask);
    world.sleep();
    assert_eq!(*world.kind(), ErrorKind::Timeout { limit_ms: 90.0, sent: Sent::MayHaveArrived, is_offline: false });
    assert_eq!(world.error().last_session, Some("created"));
}

#[test]
fn one_waiter_can_leave_and_the_others_keep_waiting() {
    let mut world = World::poll();
    let leaving = world.join(poll_options());
    let staying = world.join(poll_options());
    world.send();
    world.step(Input::Abort(leaving, "reason"));
    assert_eq!(world.error_of(leaving).failure.cause, Some(Cause::Platform("reason")));
    assert!(world.call.is_exchanging(), "the request serves the other waiter");
    world.step(Input::Outcome(session("active")));
    assert_eq!(world.payload_of(staying), Some("active"));
}

#[test]
fn the_last_waiter_to_leave_stops_the_stream() {
    let mut world = World::poll();
    let waiters = [0; 2].map(|_| world.join(poll_options()));
    world.send();
    for waiter in waiters {
        world.step(Input::Abort(waiter, "reason"));
    }
    assert!(world.call.is_over() && !world.call.is_exchanging());
    assert_eq!(world.sleeping_until, f64::INFINITY);
}

#[test]
fn each_waiter_has_its_own_deadline() {
    let mut world = World::poll();
    let [short, long] = [3_000.0, 9_000.0].map(|timeout_ms| world.join(CallOptions { timeout_ms, ..poll_options() }));
    world.exchange(session("finding_sources"));
    while world.is_open(long) {
        world.run();
        if world.is_sending {
            world.exchange(unchanged(session("finding_sources")));
        }
    }
    for (waiter, elapsed_ms) in [(short, 3_000.0), (long, 9_000.0)] {
        assert_eq!(world.code_of(waiter), Some("timeout"));
        let elapsed = world.error_of(waiter).elapsed_ms;
        assert!((elapsed_ms..elapsed_ms + EXCHANGE_MS).contains(&elapsed), "{elapsed}");
    }
}

#[test]
fn each_waiter_has_its_own_max_retries() {
    let mut world = World::poll();
    let [fragile, robust] = [1, 3].map(|max_retries| world.join(CallOptions { max_retries, ..poll_options() }));
    world.exchange(lost());
    world.exchange(lost());
    assert_eq!(world.code_of(fragile), Some("network"));
    assert!(world.is_open(robust));
    world.exchange(lost());
    world.exchange(lost());
    assert_eq!(world.code_of(robust), Some("network"));
}

#[test]
fn failures_before_a_waiter_joined_do_not_count_for_it() {
    let mut world = World::poll();
    let first = world.join(CallOptions { max_retries: 2, ..poll_options() });
    world.exchange(lost());
    world.exchange(lost());
    let late = world.join(CallOptions { max_retries: 0, ..poll_options() });
    assert!(world.is_open(late));
    world.exchange(lost());
    assert_eq!((world.code_of(first), world.code_of(late)), (Some("network"), Some("network")));
    assert_eq!((world.error_of(first).attempts, world.error_of(late).attempts), (3, 1));
}

#[test]
fn the_most_patient_waiter_sets_the_limit_of_an_exchange() {
    let mut world = World::poll();
    for request_timeout_ms in [100.0, 900.0, 300.0] {
        world.join(CallOptions { request_timeout_ms, ..poll_options() });
    }
    world.send();
    assert_eq!(world.sleeping_until, 900.0);
    world.step(Input::Abort(1, "reason"));
    assert_eq!(world.sleeping_until, 300.0);
}

#[test]
fn a_waiter_without_events_is_only_notified_of_updates() {
    let mut world = World::with(PollSession, CallOptions { wants_events: false, ..poll_options() });
    world.exchange(lost());
    world.exchange(session("active"));
    assert!(world.records[0].events.is_empty());
    assert_eq!(world.records[0].updates, ["active"]);
}

#[test]
fn a_final_failure_ends_the_calls_of_all_waiters() {
    for (outcome, code) in [(bad_response(404), "http"), (session("generating_response_error"), "session_failed")] {
        let mut world = World::poll();
        let waiters = [0; 3].map(|_| world.join(poll_options()));
        world.exchange(outcome);
        for waiter in waiters {
            assert_eq!(world.code_of(waiter), Some(code));
        }
    }
}
