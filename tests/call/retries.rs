//! Repeatable operations survive failures, up to `maxRetries` in a row. Rules: 2.

use aiera_chat::core::call::ERROR_BODY_MS;
use aiera_chat::core::error::ErrorKind;
use aiera_chat::core::notification::Reason;
use aiera_chat::core::operation::Operation::{GetSession, ListSessions, PollSession};
use aiera_chat::core::options::CallOptions;
use aiera_chat::core::response::Head;

use super::world::*;

fn poll_with(max_retries: u32) -> World {
    World::with(PollSession, CallOptions { max_retries, ..poll_options() })
}

#[test]
fn a_repeatable_operation_survives_transient_failures() {
    for operation in REPEATABLE {
        let mut failures = vec![lost(), unsent(), body_lost(), bad_response(200)];
        failures.extend([408, 425, 429, 500, 502, 503, 504].map(bad_response));
        if operation != ListSessions {
            failures.push(other_session());
        }
        for failure in failures {
            let name = format!("{operation:?} {failure:?}");
            let mut world = World::of(operation);
            world.exchange(failure);
            world.exchange(success(operation));
            assert!(world.has_succeeded(), "{name}");
            assert_eq!(world.requests(), 2);
        }
    }
}

#[test]
fn a_repeatable_operation_fails_at_once_if_a_retry_is_useless() {
    for operation in REPEATABLE {
        for status in [300, 304, 400, 402, 404, 405, 409, 410, 418, 422, 451, 501, 505, 507, 520] {
            let mut world = World::of(operation);
            world.exchange(bad_response(status));
            assert_eq!(world.codes(), ("http", None), "{operation:?} {status}");
            assert_eq!(world.requests(), 1);
        }
        for status in [301, 302, 303, 307, 308] {
            let mut world = World::of(operation);
            world.exchange(bad_response(status));
            assert_eq!(world.codes(), ("redirected", None), "{operation:?} {status}");
        }
        let not_a_response = Outcome::NotAResponse("a string".into());
        let control_flow = Outcome::ControlFlow("dynamic".into(), "error");
        for (outcome, code) in [(not_a_response, "invalid_argument"), (control_flow, "network")] {
            let mut world = World::of(operation);
            world.exchange(outcome);
            assert_eq!(world.codes().0, code, "{operation:?}");
            assert!(!world.is_retryable(), "{operation:?}");
            assert_eq!(world.requests(), 1);
        }
    }
}

#[test]
fn the_status_of_an_error_response_decides_if_its_body_stalls() {
    for operation in REPEATABLE.into_iter().chain(ONCE) {
        for (request_timeout_ms, timeout_ms, end) in
            [(30_000.0, 600_000.0, EXCHANGE_MS + ERROR_BODY_MS), (300.0, 600_000.0, 300.0), (30_000.0, 300.0, 300.0)]
        {
            let options = CallOptions { max_retries: 0, request_timeout_ms, timeout_ms, ..options(operation) };
            let mut world = World::with(operation, options.clone());
            world.send_error_head(403);
            world.sleep();
            assert_eq!((world.now, world.codes()), (end, ("http", None)), "{operation:?} {options:?}");
            let mut world = World::with(operation, options);
            world.send_error_head(429);
            world.sleep();
            assert_eq!((world.now, world.codes()), (end, ("http", None)), "{operation:?}");
        }
        let mut world = World::of(operation);
        world.send_error_head(503);
        world.sleep();
        assert_eq!(world.is_open(0), REPEATABLE.contains(&operation), "a 503 is retried if a repeat is allowed");
        let mut world = World::of(operation);
        world.send_error_head(403);
        world.now += 100.0;
        world.step(Input::Outcome(bad_response(403)));
        assert_eq!(world.codes(), ("http", None), "a body that arrives in time ends the exchange");
        assert_eq!(world.requests(), 1);
    }
}

#[test]
fn a_repeatable_operation_fails_when_its_retries_are_used_up() {
    for operation in REPEATABLE {
        for max_retries in [0, 1, 6] {
            let mut world = World::with(operation, CallOptions { max_retries, ..options(operation) });
            for _ in 0..=max_retries {
                assert!(world.is_open(0));
                world.exchange(lost());
            }
            assert_eq!(world.codes(), ("network", Some("platform")), "{operation:?}");
            assert!(world.is_retryable());
            assert_eq!(world.error().attempts, max_retries + 1);
            assert_eq!(world.error().last_session, Some(PASSED_IN));
        }
    }
}

#[test]
fn the_last_failure_is_the_error_of_a_call_without_retries() {
    for (outcome, codes) in [
        (bad_response(503), ("http", None)),
        (bad_response(429), ("http", None)),
        (bad_response(200), ("decode", None)),
        (other_session(), ("decode", None)),
        (body_lost(), ("network", Some("platform"))),
    ] {
        let mut world = poll_with(1);
        world.exchange(lost());
        world.exchange(outcome);
        assert_eq!(world.codes(), codes);
        assert!(world.is_retryable());
    }
}

#[test]
fn a_good_response_resets_the_count_of_failures() {
    let mut world = poll_with(2);
    for _ in 0..3 {
        for outcome in [lost(), bad_response(503), session("finding_sources")] {
            world.exchange(outcome);
        }
    }
    world.exchange(lost());
    world.exchange(lost());
    assert!(world.is_open(0));
    world.exchange(lost());
    assert_eq!(world.codes(), ("network", Some("platform")));
    assert_eq!(world.error().attempts, 12);
}

#[test]
fn a_good_response_resets_the_backoff() {
    let mut world = World::of(PollSession);
    for _ in 0..2 {
        for pause in [550.0, 1_000.0, 2_000.0] {
            world.exchange(lost());
            assert_eq!(world.pause(), pause);
        }
        world.exchange(session("finding_sources"));
    }
}

#[test]
fn the_backoff_doubles_from_interval_ms_to_twice_max_interval_ms() {
    let (interval_ms, max_interval_ms) = (100.0, 1_000.0);
    let mut world =
        World::with(PollSession, CallOptions { interval_ms, max_interval_ms, max_retries: 9, ..poll_options() });
    // The jitter of all steps is 0.5, the middle of the range, unless a bound limits the pause.
    for pause in [110.0, 200.0, 400.0, 800.0, 1_600.0, 1_800.0, 1_800.0] {
        world.exchange(lost());
        assert_eq!(world.pause().round(), pause);
    }
}

#[test]
fn the_backoff_of_an_operation_without_interval_starts_at_500_ms() {
    let mut world = World::of(GetSession);
    for pause in [550.0, 1_000.0, 2_000.0, 4_000.0] {
        world.exchange(bad_response(502));
        assert_eq!(world.pause(), pause);
    }
}

#[test]
fn a_refused_key_is_refreshed_once_a_call() {
    for operation in REPEATABLE {
        for status in [401, 403] {
            let options = CallOptions { max_retries: 0, ..options(operation) };
            let mut world = World::with_key_provider(operation, options);
            world.exchange(bad_response(status));
            assert_eq!(world.pause(), 0.0, "the fresh key is used at once");
            world.exchange(bad_response(status));
            assert!(matches!(world.kind(), ErrorKind::Http { .. }), "{operation:?} {status}");
            assert_eq!((world.requests(), world.key_refreshes), (2, 1));
        }
    }
}

#[test]
fn a_key_is_not_refreshed_a_second_time_late_in_a_poll() {
    let mut world = World::with_key_provider(PollSession, poll_options());
    for outcome in [bad_response(401), session("finding_sources"), session("generating_response"), bad_response(403)] {
        world.exchange(outcome);
    }
    assert!(matches!(world.kind(), ErrorKind::Http { status: 403, .. }));
    assert_eq!(world.key_refreshes, 1);
}

#[test]
fn every_waiter_has_one_fresh_key() {
    let mut world = World::new(PollSession, true, Default::default());
    let first = world.join(poll_options());
    world.exchange(bad_response(401));
    world.exchange(session("finding_sources"));
    let late = world.join(poll_options());
    world.exchange(bad_response(403));
    assert_eq!((world.code_of(first), world.code_of(late)), (Some("http"), None));
    world.exchange(session("finding_sources"));
    assert_eq!(world.key_refreshes, 2);
    world.exchange(bad_response(403));
    assert_eq!(world.code_of(late), Some("http"));
    assert_eq!(world.key_refreshes, 2);
}

#[test]
fn the_deadline_of_a_waiter_that_left_does_not_cut_off_the_body_of_an_error() {
    let mut world = World::poll();
    let leaving = world.join(CallOptions { timeout_ms: 1_000.0, ..poll_options() });
    let staying = world.join(poll_options());
    world.send();
    world.step(Input::Abort(leaving, "reason"));
    world.now = 990.0;
    world.step(Input::ErrorHead(Head { status: 404, retry_after_ms: None }));
    world.now = 1_000.0;
    world.step(Input::Tick);
    assert!(world.is_open(staying), "the body may still arrive");
}

#[test]
fn a_key_refresh_does_not_count_as_a_failure() {
    let mut world = World::with_key_provider(PollSession, CallOptions { max_retries: 2, ..poll_options() });
    for outcome in [lost(), bad_response(401), lost(), session("active")] {
        world.exchange(outcome);
    }
    assert!(world.has_succeeded());
    let reasons: Vec<_> = world.records[0].events.iter().map(|event| (event.http_status, event.reason)).collect();
    assert_eq!(
        reasons,
        [(None, Reason::Backoff), (Some(401), Reason::Backoff), (None, Reason::Backoff), (Some(200), Reason::Done),]
    );
}

#[test]
fn a_fixed_key_that_is_refused_ends_the_call() {
    for operation in REPEATABLE {
        for status in [401, 403] {
            let mut world = World::of(operation);
            world.exchange(bad_response(status));
            assert_eq!(world.codes(), ("http", None), "{operation:?} {status}");
            assert_eq!((world.requests(), world.key_refreshes), (1, 0));
        }
    }
}

#[test]
fn a_key_provider_that_fails_at_the_refresh_ends_the_call() {
    let mut world = World::with_key_provider(PollSession, poll_options());
    world.exchange(bad_response(401));
    world.run();
    world.step(Input::Outcome(Outcome::NoKey(Some("vault is sealed".into()), Some("error"))));
    assert_eq!(world.codes(), ("key_unavailable", Some("platform")));
    assert_eq!(world.error().attempts, 1);
}
