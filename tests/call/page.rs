//! Polls slow down in hidden pages and stop in offline ones. Rules: 8.

use aiera_chat::core::notification::Reason;
use aiera_chat::core::operation::Operation::{CreateSession, GetSession, PollSession, SendPrompt};
use aiera_chat::core::options::CallOptions;
use aiera_chat::core::pause::{HIDDEN_PAUSE_MS, PageState};

use super::world::*;

fn last_event(world: &World) -> (Reason, Option<f64>) {
    let event = world.records[0].events.last().unwrap();
    (event.reason, event.next_delay_ms)
}

#[test]
fn a_hidden_page_polls_every_30_s() {
    let mut world = World::of(PollSession);
    world.change_page(true, false);
    for _ in 0..3 {
        world.exchange(session("finding_sources"));
        assert_eq!(last_event(&world), (Reason::Hidden, Some(HIDDEN_PAUSE_MS)));
        assert_eq!(world.pause(), 30_000.0);
    }
}

#[test]
fn the_first_request_of_a_poll_in_a_hidden_page_leaves_at_once() {
    let mut world = World::new(PollSession, false, PageState { is_hidden: true, is_offline: false });
    world.join(poll_options());
    assert!(world.is_sending);
}

#[test]
fn a_fresh_key_is_used_at_once_in_a_hidden_page() {
    let mut world = World::with_key_provider(PollSession, poll_options());
    world.change_page(true, false);
    world.exchange(bad_response(401));
    assert_eq!(world.pause(), 0.0);
}

#[test]
fn a_poll_continues_at_once_when_the_page_is_shown() {
    for outcome in [session("finding_sources"), lost()] {
        let mut world = World::of(PollSession);
        world.change_page(true, false);
        world.exchange(outcome);
        world.pass(5_000.0);
        assert!(!world.is_sending);
        world.change_page(false, false);
        assert!(world.is_sending);
    }
}

#[test]
fn hiding_the_page_lengthens_the_current_pause() {
    let mut world = World::of(PollSession);
    world.exchange(session("finding_sources"));
    world.pass(100.0);
    world.change_page(true, false);
    assert_eq!(world.sleeping_until, EXCHANGE_MS + HIDDEN_PAUSE_MS);
}

#[test]
fn a_pause_of_more_than_30_s_does_not_change_in_a_hidden_page() {
    let pace = CallOptions { interval_ms: 45_000.0, max_interval_ms: 45_000.0, ..poll_options() };
    let mut world = World::with(PollSession, pace);
    world.change_page(true, false);
    world.exchange(session("finding_sources"));
    assert_eq!(last_event(&world), (Reason::Interval, Some(45_000.0)));
    assert_eq!(world.pause(), 45_000.0);
}

#[test]
fn showing_the_page_does_not_shorten_a_pause_that_the_server_asked_for() {
    for outcome in [bad_response(503), session("finding_sources")] {
        let mut world = World::of(PollSession);
        world.exchange(after_pause(2_000.0, outcome));
        world.change_page(true, false);
        assert_eq!(world.sleeping_until, EXCHANGE_MS + HIDDEN_PAUSE_MS);
        world.change_page(false, false);
        assert!(!world.is_sending);
        assert_eq!(world.pause(), 2_000.0);
    }
}

#[test]
fn a_poll_stops_while_the_page_is_offline_and_continues_at_once_when_it_is_online() {
    let mut world = World::of(PollSession);
    world.exchange(session("finding_sources"));
    world.change_page(false, true);
    assert_eq!(world.sleeping_until, poll_options().timeout_ms, "only the deadline ends the pause");
    world.pass(10_000.0);
    world.change_page(false, false);
    assert!(world.is_sending);
}

#[test]
fn a_poll_that_starts_offline_sends_nothing_until_the_page_is_online() {
    let mut world = World::new(PollSession, false, PageState { is_hidden: false, is_offline: true });
    world.join(poll_options());
    world.pass(60_000.0);
    assert!(!world.is_sending);
    world.change_page(false, false);
    assert!(world.is_sending);
}

#[test]
fn a_hidden_page_that_is_online_again_does_not_poll_at_once() {
    let mut world = World::of(PollSession);
    world.change_page(true, false);
    world.exchange(session("finding_sources"));
    for _ in 0..3 {
        world.pass(1_000.0);
        world.change_page(true, true);
        world.pass(1_000.0);
        world.change_page(true, false);
        assert!(!world.is_sending);
    }
    assert_eq!(world.sleeping_until, EXCHANGE_MS + HIDDEN_PAUSE_MS);
    world.change_page(false, false);
    assert!(world.is_sending, "the page is shown");
}

#[test]
fn a_page_that_was_shown_offline_and_hidden_again_does_not_poll_at_once() {
    let mut world = World::of(PollSession);
    world.change_page(true, true);
    world.exchange(session("finding_sources"));
    world.change_page(false, true);
    world.change_page(true, true);
    world.change_page(true, false);
    assert!(!world.is_sending);
    assert_eq!(world.sleeping_until, EXCHANGE_MS + HIDDEN_PAUSE_MS);
}

#[test]
fn showing_an_offline_page_does_not_start_a_poll() {
    let mut world = World::of(PollSession);
    world.change_page(true, true);
    world.exchange(session("finding_sources"));
    world.change_page(false, true);
    assert!(!world.is_sending);
    world.change_page(false, false);
    assert!(world.is_sending);
}

#[test]
fn the_event_of_an_offline_page_has_no_next_delay() {
    let mut world = World::of(PollSession);
    world.send();
    world.change_page(false, true);
    world.step(Input::Outcome(session("finding_sources")));
    assert_eq!(last_event(&world), (Reason::Offline, None));
}

#[test]
fn lost_and_stalled_exchanges_do_not_use_up_max_retries_while_the_page_is_offline() {
    let mut world = World::with(PollSession, CallOptions { max_retries: 0, ..poll_options() });
    for outcome in [lost(), unsent(), body_lost()] {
        world.send();
        world.change_page(false, true);
        world.step(Input::Outcome(outcome));
        assert!(world.is_open(0));
        world.change_page(false, false);
    }
    world.send();
    world.change_page(false, true);
    world.sleep();
    assert!(world.is_open(0) && !world.call.is_exchanging(), "the exchange stalled");
    world.change_page(false, false);
    world.exchange(lost());
    assert_eq!(world.codes(), ("network", Some("platform")), "the failure counts online");
}

#[test]
fn a_bad_response_counts_as_a_failure_in_an_offline_page_too() {
    let mut world = World::with(PollSession, CallOptions { max_retries: 0, ..poll_options() });
    world.send();
    world.change_page(false, true);
    world.step(Input::Outcome(bad_response(503)));
    assert_eq!(world.codes(), ("http", None));
}

#[test]
fn a_hidden_page_does_not_use_up_max_retries_faster() {
    let mut world = World::with(PollSession, CallOptions { max_retries: 2, ..poll_options() });
    world.change_page(true, false);
    for _ in 0..2 {
        world.exchange(lost());
        assert_eq!(last_event(&world), (Reason::Hidden, Some(HIDDEN_PAUSE_MS)));
        assert_eq!(world.pause(), HIDDEN_PAUSE_MS);
    }
    world.exchange(session("active"));
    assert!(world.has_succeeded());
}

#[test]
fn operations_other_than_polls_do_not_wait_for_the_page() {
    let page = PageState { is_hidden: true, is_offline: true };
    for operation in [CreateSession, SendPrompt, GetSession] {
        let mut world = World::new(operation, false, page);
        world.join(options(operation));
        assert!(world.is_sending, "{operation:?}");
    }
    let mut world = World::new(GetSession, false, page);
    world.join(CallOptions { max_retries: 1, ..options(GetSession) });
    world.exchange(lost());
    assert_eq!(world.pause(), 550.0);
    world.exchange(lost());
    assert_eq!(world.codes(), ("network", Some("platform")), "the failures count");
}
