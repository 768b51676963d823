//! An abort ends a call at once in every state, and nothing happens afterwards. Rules: 4, 5.

use aiera_chat::core::call::Action;
use aiera_chat::core::error::{Cause, ErrorKind, Sent};
use aiera_chat::core::notification::NotificationKind;
use aiera_chat::core::operation::Operation::{self, CreateSession, PollSession};
use aiera_chat::core::pause::PageState;

use super::world::*;

const REASON: &str = "the reason of the abort";

fn assert_aborted(world: &World, sent: Sent, state: &str) {
    let error = world.error();
    assert_eq!(error.failure.kind, ErrorKind::Aborted(sent), "{state}");
    assert_eq!(error.failure.cause, Some(Cause::Platform(REASON)), "{state}");
    assert!(!world.is_retryable(), "{state}");
    assert!(world.call.is_over() && !world.call.is_exchanging(), "{state}");
    assert_eq!(world.sleeping_until, f64::INFINITY, "{state}");
}

/// The states of a call before its request leaves, and while the request is in flight.
fn states_of_an_exchange(operation: Operation) -> [(&'static str, Sent, World); 3] {
    let mut held = World::new(operation, false, PageState::default());
    held.call.hold();
    held.join(options(operation));
    let mut key_is_pending = World::of(operation);
    key_is_pending.run();
    let mut in_flight = World::of(operation);
    in_flight.send();
    [
        ("held", Sent::Nothing, held),
        ("key is pending", Sent::Nothing, key_is_pending),
        ("in flight", Sent::MayHaveArrived, in_flight),
    ]
}

#[test]
fn an_abort_ends_every_operation_before_and_during_its_exchange() {
    for operation in ONCE.into_iter().chain(REPEATABLE) {
        for (state, sent, mut world) in states_of_an_exchange(operation) {
            let requests = world.requests();
            world.step(Input::Abort(0, REASON));
            assert_aborted(&world, sent, state);
            assert_eq!((world.now, world.requests()), (0.0, requests), "{operation:?} {state}");
        }
    }
}

#[test]
fn an_abort_ends_every_pause_at_once() {
    for (state, outcome, is_offline) in [
        ("interval", session("finding_sources"), false),
        ("backoff", lost(), false),
        ("Retry-After", after_pause(60_000.0, bad_response(503)), false),
        ("offline", session("finding_sources"), true),
        ("hidden", session("finding_sources"), false),
    ] {
        let mut world = World::of(PollSession);
        world.exchange(outcome);
        world.change_page(state == "hidden", is_offline);
        world.pass(5.0);
        world.step(Input::Abort(0, REASON));
        assert_aborted(&world, Sent::MayHaveArrived, state);
        assert_eq!(world.error().elapsed_ms, EXCHANGE_MS + 5.0);
    }
}

#[test]
fn an_aborted_create_that_was_refused_does_not_say_that_it_may_have_created_a_session() {
    let mut world = World::of(CreateSession);
    world.exchange(after_pause(5_000.0, bad_response(429)));
    world.step(Input::Abort(0, REASON));
    assert_aborted(&world, Sent::Refused, "Retry-After");
    let mut world = World::with_key_provider(CreateSession, options(CreateSession));
    world.exchange(bad_response(401));
    world.step(Input::Abort(0, REASON));
    assert_aborted(&world, Sent::Refused, "the fresh key is pending");
}

#[test]
fn a_signal_that_was_aborted_before_the_call_rejects_a_late_waiter_whose_turn_is_over() {
    let mut world = World::poll();
    world.join_for_prompt(7);
    world.exchange(session("active"));
    let late = world.join_aborted(REASON);
    assert_eq!(world.code_of(late), Some("aborted"));
    assert!(world.records[late as usize].updates.is_empty(), "onUpdate is not called");
}

#[test]
fn an_abort_keeps_the_last_session() {
    let mut world = World::of(PollSession);
    world.step(Input::Abort(0, REASON));
    assert_eq!(world.error().last_session, Some(PASSED_IN));
    let mut world = World::of(PollSession);
    world.exchange(session("finding_sources"));
    world.step(Input::Abort(0, REASON));
    assert_eq!(world.error().last_session, Some("finding_sources"));
}

#[test]
fn nothing_happens_after_the_end_of_a_call() {
    let mut world = World::of(PollSession);
    world.send();
    world.step(Input::Abort(0, REASON));
    for input in [
        Input::Outcome(session("active")),
        Input::Abort(0, "a second reason"),
        Input::Abort(7, "a waiter that never was"),
        Input::Sent,
        Input::Release,
        Input::PageChanged(PageState { is_hidden: true, is_offline: true }),
        Input::PageChanged(PageState::default()),
        Input::Tick,
    ] {
        world.now += 1_000.0;
        // `World` panics if a settled waiter is notified, or a request is sent.
        world.step(input);
        assert!(world.call.is_over());
    }
    assert_eq!(world.error().failure.cause, Some(Cause::Platform(REASON)));
    assert_eq!(world.requests(), 1);
}

#[test]
fn a_key_that_arrives_after_the_abort_sends_nothing() {
    let mut world = World::of(CreateSession);
    world.run();
    world.step(Input::Abort(0, REASON));
    world.step(Input::Sent);
    assert_eq!(world.requests(), 0);
    assert!(!world.call.is_exchanging());
}

#[test]
fn an_abort_in_a_callback_drops_the_remaining_notifications() {
    let mut world = World::of(PollSession);
    world.send();
    // Not through `World`, which takes all notifications at once.
    world.call.step(Input::Outcome(session("finding_sources")), EXCHANGE_MS, 0.5);
    let first = world.call.next_notification().unwrap();
    assert!(matches!(first.kind, NotificationKind::Event(_)));
    let action = world.call.step(Input::Abort(0, REASON), EXCHANGE_MS, 0.5);
    assert_eq!(action, Action::Stop);
    let second = world.call.next_notification().unwrap();
    assert!(matches!(second.kind, NotificationKind::Settle(Err(_))), "there is no update in between");
    assert!(world.call.next_notification().is_none());
}

#[test]
fn an_abort_in_the_final_on_update_does_not_change_the_result() {
    let mut world = World::of(PollSession);
    world.send();
    world.call.step(Input::Outcome(session("active")), EXCHANGE_MS, 0.5);
    let first = world.call.next_notification().unwrap();
    assert!(matches!(first.kind, NotificationKind::Event(_)));
    world.now = EXCHANGE_MS;
    world.step(Input::Abort(0, REASON));
    assert_eq!(world.payload_of(0), Some("active"));
    assert_eq!(world.records[0].updates, ["active"]);
}
