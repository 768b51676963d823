//! A create and a prompt are sent once, unless they were certainly refused. A repeated delete may find the session deleted
//! by its first attempt. Rules: 1.

use aiera_chat::core::error::ErrorKind;
use aiera_chat::core::operation::Operation::{self, CreateSession, DeleteSession, GetSession, SendPrompt};
use aiera_chat::core::options::CallOptions;

use super::world::*;

fn outcome_unknown(operation: Operation) -> &'static str {
    if operation == SendPrompt { "prompt_outcome_unknown" } else { "create_outcome_unknown" }
}

#[test]
fn a_create_or_prompt_that_may_have_arrived_is_not_sent_a_second_time() {
    let not_a_response = || Outcome::NotAResponse("a string".into());
    let control_flow = || Outcome::ControlFlow("dynamic".into(), "error");
    for operation in ONCE {
        let mut table = vec![
            (lost(), "network"),
            (body_lost(), "network"),
            (bad_response(200), "decode"),
            (bad_response(204), "decode"),
            (not_a_response(), "invalid_argument"),
            (control_flow(), "network"),
        ];
        table.extend([500, 502, 503, 504, 507, 508, 520, 599].map(|status| (bad_response(status), "http")));
        for (outcome, cause) in table {
            let name = format!("{operation:?} {outcome:?}");
            let mut world = World::of(operation);
            world.exchange(outcome);
            assert_eq!(world.codes(), (outcome_unknown(operation), Some(cause)), "{name}");
            assert!(!world.is_retryable(), "{name}");
            assert_eq!(world.requests(), 1);
        }
    }
}

#[test]
fn a_prompt_whose_response_is_another_session_has_an_unknown_outcome() {
    let mut world = World::of(SendPrompt);
    world.exchange(other_session());
    assert_eq!(world.codes(), ("prompt_outcome_unknown", Some("decode")));
}

#[test]
fn a_create_or_prompt_that_was_refused_fails_at_once() {
    for operation in ONCE {
        for status in [0, 300, 304, 400, 402, 404, 405, 408, 409, 410, 422, 425, 451, 501, 505] {
            let mut world = World::of(operation);
            world.exchange(bad_response(status));
            assert_eq!(world.codes(), ("http", None), "{operation:?} {status}");
            assert_eq!((world.requests(), world.error().attempts), (1, 1));
        }
        for status in [301, 302, 303, 307, 308] {
            let mut world = World::of(operation);
            world.exchange(bad_response(status));
            assert_eq!(world.codes(), ("redirected", None), "{operation:?} {status}");
        }
    }
}

#[test]
fn a_create_or_prompt_that_never_left_fails_as_retryable_and_is_not_retried() {
    for operation in ONCE {
        let mut world = World::of(operation);
        world.exchange(unsent());
        assert_eq!(world.codes(), ("network", Some("platform")));
        assert!(world.is_retryable());
        assert_eq!(world.requests(), 1);
    }
}

#[test]
fn a_create_or_prompt_is_retried_after_a_429() {
    for operation in ONCE {
        let mut world = World::of(operation);
        let mut pauses = Vec::new();
        for outcome in [bad_response(429), bad_response(429), after_pause(7_000.0, bad_response(429))] {
            world.exchange(outcome);
            pauses.push(world.pause());
        }
        assert_eq!(pauses, [550.0, 1_000.0, 7_000.0]);
        world.exchange(success(operation));
        assert!(world.has_succeeded());
        assert_eq!(world.requests(), 4);
    }
}

#[test]
fn a_create_or_prompt_fails_after_max_retries_429s() {
    for operation in ONCE {
        for max_retries in [0, 1, 3] {
            let mut world = World::with(operation, CallOptions { max_retries, ..options(operation) });
            for _ in 0..=max_retries {
                assert!(world.is_open(0));
                world.exchange(bad_response(429));
            }
            assert_eq!(world.codes(), ("http", None));
            assert!(world.is_retryable());
            assert_eq!(world.error().attempts, max_retries + 1);
        }
    }
}

#[test]
fn a_create_or_prompt_is_sent_once_more_with_a_fresh_key() {
    for operation in ONCE {
        for status in [401, 403] {
            let options = || CallOptions { max_retries: 0, ..options(operation) };
            let mut world = World::with_key_provider(operation, options());
            world.exchange(bad_response(status));
            assert_eq!(world.pause(), 0.0, "the fresh key is used at once");
            world.exchange(success(operation));
            assert!(world.has_succeeded());
            assert_eq!((world.requests(), world.key_refreshes), (2, 1));

            let mut world = World::with_key_provider(operation, options());
            world.exchange(bad_response(status));
            world.exchange(bad_response(status));
            assert_eq!(world.codes(), ("http", None));
            assert_eq!((world.requests(), world.key_refreshes), (2, 1));
        }
    }
}

#[test]
fn a_create_or_prompt_with_a_fixed_key_fails_at_a_401_or_403() {
    for operation in ONCE {
        for status in [401, 403] {
            let mut world = World::of(operation);
            world.exchange(bad_response(status));
            assert_eq!(world.codes(), ("http", None));
            assert_eq!((world.requests(), world.key_refreshes), (1, 0));
        }
    }
}

#[test]
fn earlier_refusals_do_not_make_a_lost_create_or_prompt_repeatable() {
    for operation in ONCE {
        let mut world = World::with_key_provider(operation, options(operation));
        for outcome in [bad_response(429), bad_response(403), after_pause(1_000.0, bad_response(429)), lost()] {
            world.exchange(outcome);
        }
        assert_eq!(world.codes(), (outcome_unknown(operation), Some("network")));
        assert_eq!((world.requests(), world.error().attempts), (4, 4));
    }
}

#[test]
fn nothing_is_sent_without_a_key_or_a_fetch() {
    for operation in ONCE.into_iter().chain(REPEATABLE) {
        let no_key = Outcome::NoKey(Some("vault is sealed".into()), Some("the provider's error"));
        for (outcome, codes) in [
            (no_key, ("key_unavailable", Some("platform"))),
            (Outcome::NoKey(None, None), ("key_unavailable", None)),
            (Outcome::NoFetch, ("invalid_argument", None)),
        ] {
            let mut world = World::of(operation);
            world.run();
            world.step(Input::Outcome(outcome));
            assert_eq!(world.codes(), codes, "{operation:?}");
            assert_eq!((world.requests(), world.error().attempts), (0, 0));
            assert!(world.records[0].events.is_empty(), "there was no exchange");
        }
    }
}

#[test]
fn a_404_to_a_delete_is_success_after_an_attempt_that_may_have_arrived() {
    for first in [
        lost(),
        body_lost(),
        bad_response(500),
        bad_response(502),
        bad_response(503),
        bad_response(504),
        bad_response(200),
    ] {
        let name = format!("{first:?}");
        let mut world = World::of(DeleteSession);
        world.exchange(first);
        world.exchange(bad_response(404));
        assert!(world.has_succeeded(), "{name}");
        assert_eq!(world.payload_of(0), None);
    }
}

#[test]
fn a_404_to_a_delete_after_a_stalled_attempt_is_success() {
    let request_timeout_ms = 100.0;
    let mut world = World::with(DeleteSession, CallOptions { request_timeout_ms, ..options(DeleteSession) });
    world.send();
    world.sleep();
    assert!(!world.is_sending, "the request is cancelled");
    world.exchange(bad_response(404));
    assert!(world.has_succeeded());
}

#[test]
fn a_404_to_a_delete_is_final_if_no_attempt_can_have_arrived() {
    for refusals in [
        vec![],
        vec![unsent()],
        vec![bad_response(429)],
        vec![bad_response(408), bad_response(425)],
        vec![bad_response(401)],
    ] {
        let name = format!("{refusals:?}");
        let mut world = World::with_key_provider(DeleteSession, options(DeleteSession));
        for outcome in refusals {
            world.exchange(outcome);
        }
        world.exchange(bad_response(404));
        assert!(matches!(world.kind(), ErrorKind::Http { status: 404, .. }), "{name}");
    }
}

#[test]
fn a_404_to_another_operation_is_final_after_a_lost_attempt() {
    for operation in REPEATABLE.into_iter().filter(|operation| *operation != DeleteSession) {
        let mut world = World::of(operation);
        world.exchange(lost());
        world.exchange(bad_response(404));
        assert!(matches!(world.kind(), ErrorKind::Http { status: 404, .. }), "{operation:?}");
    }
}

#[test]
fn every_operation_ends_with_its_first_success() {
    for operation in ONCE.into_iter().chain(REPEATABLE) {
        let mut world = World::of(operation);
        assert_eq!(world.pause(), 0.0, "the first request leaves at once");
        world.exchange(success(operation));
        assert!(world.has_succeeded(), "{operation:?}");
        assert_eq!(world.requests(), 1);
    }
    let payloads = [(CreateSession, Some("active")), (SendPrompt, Some("message")), (GetSession, Some("active"))];
    for (operation, payload) in payloads.into_iter().chain([(DeleteSession, None)]) {
        let mut world = World::of(operation);
        world.exchange(success(operation));
        assert_eq!(world.payload_of(0), payload, "{operation:?}");
    }
}
