//! `onPoll` is called for each exchange, `onUpdate` for each change of the session, both before the call settles. An
//! unknown status does not change the pace. Rules: 6.

use std::rc::Rc;

use aiera_chat::core::error::ErrorKind;
use aiera_chat::core::notification::Reason;
use aiera_chat::core::operation::Operation::{self, PollSession};
use aiera_chat::core::options::CallOptions;
use aiera_chat::core::schedule::KEPT;
use aiera_chat::core::session_status::SessionStatus;

use super::world::*;

#[test]
fn a_poll_notifies_of_each_exchange_and_each_change_until_it_succeeds() {
    let mut world = World::of(PollSession);
    assert_eq!(world.pause(), 0.0, "the first request leaves at once");
    for status in ["finding_sources", "generating_response", "active"] {
        world.exchange(session(status));
    }
    assert_eq!(world.payload_of(0), Some("active"));
    assert_eq!(world.records[0].updates, ["finding_sources", "generating_response", "active"]);
    let events: Vec<_> = world.records[0]
        .events
        .iter()
        .map(|event| (event.attempt, event.http_status, event.session, event.reason))
        .collect();
    assert_eq!(
        events,
        [
            (1, Some(200), Some("finding_sources"), Reason::Interval),
            (2, Some(200), Some("generating_response"), Reason::Interval),
            (3, Some(200), Some("active"), Reason::Done),
        ]
    );
    assert_eq!(world.records[0].events[2].next_delay_ms, None);
}

#[test]
fn the_next_delay_of_an_event_is_the_length_of_the_pause() {
    let mut world = World::of(PollSession);
    for outcome in [session("finding_sources"), lost(), after_pause(3_000.0, bad_response(503)), session("queued")] {
        world.exchange(outcome);
        let delay = world.records[0].events.last().unwrap().next_delay_ms;
        assert_eq!(delay, Some(world.pause()));
    }
}

#[test]
fn an_announced_pause_keeps_its_length_when_other_polls_end_meanwhile() {
    let mut world = World::of(PollSession);
    world.exchange(session("queued"));
    let delay_ms = world.records[0].events[0].next_delay_ms;
    for _ in 0..KEPT {
        world.history.borrow_mut().record(90_000.0, None);
    }
    assert_eq!(delay_ms, Some(world.pause()));
    world.exchange(unchanged(session("queued")));
    assert!(world.records[0].events[1].next_delay_ms > delay_ms, "the next pause uses the history");
}

#[test]
fn the_event_of_a_failed_exchange_has_the_error() {
    let mut world = World::of(PollSession);
    for outcome in [session("finding_sources"), bad_response(503), lost(), body_lost()] {
        world.exchange(outcome);
    }
    let events = &world.records[0].events;
    let errors: Vec<_> = events
        .iter()
        .map(|event| (event.http_status, event.error.as_ref().map(|error| error.failure.kind.code(PollSession))))
        .collect();
    assert_eq!(
        errors,
        [(Some(200), None), (Some(503), Some("http")), (None, Some("network")), (Some(200), Some("network"))]
    );
    for (event, attempts) in events.iter().skip(1).zip(2..) {
        let error = event.error.as_ref().unwrap();
        assert_eq!((error.attempts, error.last_session), (attempts, Some("finding_sources")));
        assert_eq!(event.session, None);
    }
}

#[test]
fn the_last_event_of_a_failed_call_has_the_same_failure_as_the_call() {
    let mut world = World::of(PollSession);
    world.exchange(bad_response(404));
    let event = &world.records[0].events[0];
    assert_eq!((event.reason, event.next_delay_ms), (Reason::Done, None));
    assert!(Rc::ptr_eq(&event.error.as_ref().unwrap().failure, &world.error().failure));
}

#[test]
fn the_event_of_a_hidden_http_status_has_no_status() {
    let mut world = World::of(PollSession);
    world.exchange(bad_response(0));
    assert_eq!(world.records[0].events[0].http_status, None);
}

#[test]
fn an_unchanged_session_causes_no_update() {
    let mut world = World::of(PollSession);
    world.exchange(session("finding_sources"));
    for _ in 0..5 {
        world.exchange(unchanged(session("finding_sources")));
    }
    assert_eq!(world.records[0].updates.len(), 1);
    assert_eq!(world.records[0].events.len(), 6);
}

#[test]
fn the_first_session_causes_an_update_even_if_it_is_marked_as_unchanged() {
    let mut world = World::of(PollSession);
    world.exchange(unchanged(session("finding_sources")));
    assert_eq!(world.records[0].updates, ["finding_sources"]);
}

#[test]
fn a_change_without_a_change_of_status_causes_an_update() {
    let mut world = World::of(PollSession);
    for _ in 0..3 {
        world.exchange(session("generating_response"));
    }
    assert_eq!(world.records[0].updates.len(), 3);
}

#[test]
fn a_poll_without_a_session_causes_no_update() {
    let mut world = World::of(PollSession);
    world.exchange(bad_response(404));
    assert!(world.records[0].updates.is_empty());
}

#[test]
fn an_unknown_status_keeps_the_pace_of_the_poll() {
    let pauses = |status| {
        let mut world = World::of(PollSession);
        world.exchange(session(status));
        let next = |_| {
            let pause = world.pause();
            world.exchange(unchanged(session(status)));
            pause
        };
        let pauses: Vec<_> = (0..20).map(next).collect();
        assert!(world.is_open(0), "{status:?}");
        pauses
    };
    let documented = pauses("cancelling_response");
    assert!(documented.iter().all(|pause| (500.0..=5_000.0).contains(pause)), "{documented:?}");
    for status in ["queued", "", "Active"] {
        assert_eq!(pauses(status), documented, "{status:?}");
    }
}

#[test]
fn the_pauses_stay_within_the_bounds_of_the_options() {
    for (interval_ms, max_interval_ms) in [(1.0, 1.0), (50.0, 60.0), (500.0, 500.0), (9_000.0, 20_000.0)] {
        let pace = CallOptions { interval_ms, max_interval_ms, timeout_ms: f64::INFINITY, ..poll_options() };
        let mut world = World::with(PollSession, pace);
        for status in ["finding_sources", "generating_response", "queued"].into_iter().cycle().take(60) {
            world.exchange(session(status));
            // Far from zero, the clock has a precision of a thousandth of a millisecond.
            let pause = world.pause();
            assert!(pause > interval_ms - 0.001 && pause < max_interval_ms + 0.001, "{pause}");
        }
    }
}

#[test]
fn a_failed_session_causes_an_update_and_then_an_error() {
    for status in ["finding_sources_error", "generating_response_error", "deleted"] {
        let mut world = World::of(PollSession);
        world.exchange(session("finding_sources"));
        world.exchange(session(status));
        assert_eq!(world.records[0].updates, ["finding_sources", status]);
        assert_eq!(*world.kind(), ErrorKind::SessionFailed(SessionStatus::parse(status)));
        assert_eq!(world.error().last_session, Some(status));
        assert!(!world.is_retryable());
        let event = world.records[0].events.last().unwrap();
        assert_eq!((event.reason, event.http_status), (Reason::Done, Some(200)));
    }
}

#[test]
fn a_finished_poll_is_recorded_in_the_history() {
    let mut world = World::of(PollSession);
    for status in ["finding_sources", "generating_response", "active"] {
        world.exchange(session(status));
    }
    assert_eq!(world.history.borrow().len(), 1);
}

#[test]
fn polls_without_information_on_durations_are_not_recorded() {
    for statuses in
        [&["active"][..], &["finding_sources", "finding_sources_error"], &["generating_response", "deleted"]]
    {
        let mut world = World::of(PollSession);
        for status in statuses {
            world.exchange(session(status));
        }
        assert!(world.history.borrow().is_empty(), "{statuses:?}");
    }
}

#[test]
fn operations_other_than_polls_settle_without_updates() {
    for operation in ONCE.into_iter().chain(REPEATABLE).filter(|operation| *operation != Operation::PollSession) {
        let mut world = World::of(operation);
        world.exchange(success(operation));
        assert!(world.has_succeeded(), "{operation:?}");
        assert!(world.records[0].updates.is_empty(), "{operation:?}");
    }
}
