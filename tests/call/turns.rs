//! A poll that waits for a follow-up never resolves with the previous turn, for any order of its states. Rules: 7, 10.

use aiera_chat::core::error::ErrorKind;
use aiera_chat::core::notification::WaiterId;
use aiera_chat::core::operation::Operation::PollSession;
use aiera_chat::core::session_status::SessionStatus;
use aiera_chat::core::turn::{Message, Turn};
use aiera_chat::core::waiter::NewWaiter;

use super::world::*;

const FIRST: u64 = 10;
const SECOND: u64 = 20;
const THIRD: u64 = 30;

const ERROR: &str = "generating_response_error";

fn prompt(id: u64) -> Message {
    Message { id, is_response: false, prompt_id: None }
}

/// A response that names its prompt.
fn response(prompt_id: u64) -> Message {
    Message { id: prompt_id + 1, is_response: true, prompt_id: Some(prompt_id) }
}

/// A response that names no prompt.
fn unnamed_response(id: u64) -> Message {
    Message { id, is_response: true, prompt_id: None }
}

/// The messages of these prompts, each with its response.
fn answered(prompts: &[u64]) -> Vec<Message> {
    prompts.iter().flat_map(|id| [prompt(*id), response(*id)]).collect()
}

/// The same, and a prompt without a response.
fn asked(prompts: &[u64], id: u64) -> Vec<Message> {
    [answered(prompts), vec![prompt(id)]].concat()
}

/// A poll with a waiter for the response to each of these prompts.
fn polls_for(prompts: &[u64]) -> (World, Vec<WaiterId>) {
    let mut world = World::poll();
    let waiters = prompts.iter().map(|id| world.join_for_prompt(*id)).collect();
    (world, waiters)
}

/// A poll for the response to the second prompt.
fn follow_up() -> World {
    polls_for(&[SECOND]).0
}

/// Responds with these states of the session. Only the last may end the poll.
fn show(world: &mut World, states: &[(&'static str, Vec<Message>)]) {
    for (status, messages) in states {
        assert!(world.is_open(0), "the poll ended before {status} {messages:?}");
        world.exchange(session_with(status, messages));
    }
}

#[test]
fn a_follow_up_does_not_resolve_with_the_previous_turn() {
    let mut world = follow_up();
    let stale = ("active", answered(&[FIRST]));
    show(
        &mut world,
        &[
            stale.clone(),
            stale,
            ("active", asked(&[FIRST], SECOND)),
            ("finding_sources", asked(&[FIRST], SECOND)),
            ("generating_response", asked(&[FIRST], SECOND)),
            ("active", answered(&[FIRST, SECOND])),
        ],
    );
    assert_eq!(world.payload_of(0), Some("active"));
    assert_eq!(world.requests(), 6);
}

#[test]
fn a_follow_up_with_a_response_in_the_first_poll_resolves_at_once() {
    let mut world = follow_up();
    show(&mut world, &[("active", answered(&[FIRST, SECOND]))]);
    assert_eq!(world.payload_of(0), Some("active"));
}

#[test]
fn a_response_does_not_finish_a_turn_while_the_session_is_working() {
    let mut world = follow_up();
    show(
        &mut world,
        &[
            ("generating_response", answered(&[FIRST, SECOND])),
            ("generating_response", answered(&[FIRST, SECOND])),
            ("active", answered(&[FIRST, SECOND])),
        ],
    );
    assert_eq!(world.payload_of(0), Some("active"));
}

#[test]
fn a_session_that_is_active_after_work_is_finished_without_a_response() {
    for working in ["finding_sources", "generating_response", "cancelling_response", "queued"] {
        let mut world = follow_up();
        show(
            &mut world,
            &[("active", answered(&[FIRST])), (working, asked(&[FIRST], SECOND)), ("active", asked(&[FIRST], SECOND))],
        );
        assert_eq!(world.payload_of(0), Some("active"), "{working}");
    }
}

#[test]
fn a_session_without_messages_is_finished_after_idleness_and_work() {
    let mut world = follow_up();
    show(&mut world, &[("active", vec![]), ("generating_response", vec![]), ("active", vec![])]);
    assert_eq!(world.payload_of(0), Some("active"));
}

#[test]
fn work_before_the_prompt_is_listed_does_not_count() {
    let mut world = follow_up();
    show(
        &mut world,
        &[
            // The session still works on the previous turn.
            ("generating_response", asked(&[], FIRST)),
            ("active", answered(&[FIRST])),
            ("active", answered(&[FIRST])),
        ],
    );
    assert!(world.is_open(0));
}

#[test]
fn a_response_without_prompt_message_id_counts_if_it_is_listed_after_the_prompt() {
    let before = vec![prompt(FIRST), unnamed_response(11), prompt(SECOND)];
    let after = [&before[..], &[unnamed_response(21)]].concat();
    let mut world = follow_up();
    show(&mut world, &[("active", before), ("active", after)]);
    assert_eq!(world.payload_of(0), Some("active"));
    assert_eq!(world.requests(), 2);
}

#[test]
fn a_response_without_prompt_message_id_does_not_count_if_another_one_has_it() {
    let mixed = vec![prompt(FIRST), response(FIRST), prompt(SECOND), unnamed_response(21)];
    let mut world = follow_up();
    show(&mut world, &[("active", mixed.clone()), ("active", mixed)]);
    assert!(world.is_open(0));
}

#[test]
fn the_error_of_the_previous_turn_does_not_fail_a_follow_up() {
    let mut world = follow_up();
    show(
        &mut world,
        &[
            (ERROR, asked(&[], FIRST)),
            (ERROR, asked(&[], FIRST)),
            ("finding_sources", [asked(&[], FIRST), vec![prompt(SECOND)]].concat()),
            ("active", [asked(&[], FIRST), answered(&[SECOND])].concat()),
        ],
    );
    assert_eq!(world.payload_of(0), Some("active"));
}

#[test]
fn the_error_of_the_turn_fails_a_follow_up() {
    for status in ["finding_sources_error", "generating_response_error"] {
        for states in [
            vec![(status, asked(&[FIRST], SECOND))],
            vec![("finding_sources", asked(&[FIRST], SECOND)), (status, vec![])],
            vec![("active", answered(&[FIRST])), ("finding_sources", vec![]), (status, vec![])],
        ] {
            let mut world = follow_up();
            show(&mut world, &states);
            assert_eq!(*world.kind(), ErrorKind::SessionFailed(SessionStatus::parse(status)));
            assert_eq!(world.error().last_session, Some(status));
        }
    }
}

#[test]
fn a_deleted_session_fails_a_follow_up_by_its_status_and_by_a_404() {
    let stale = || ("active", answered(&[FIRST]));
    let mut world = follow_up();
    show(&mut world, &[stale(), ("deleted", answered(&[FIRST]))]);
    assert_eq!(*world.kind(), ErrorKind::SessionFailed(SessionStatus::Deleted));

    let mut world = follow_up();
    show(&mut world, &[stale()]);
    world.exchange(bad_response(404));
    assert!(matches!(world.kind(), ErrorKind::Http { status: 404, .. }));
    assert_eq!(world.error().last_session, Some("active"));
}

#[test]
fn failed_exchanges_do_not_change_the_turn() {
    let mut world = follow_up();
    show(&mut world, &[("active", answered(&[FIRST])), ("generating_response", asked(&[FIRST], SECOND))]);
    for failure in [lost(), bad_response(503), other_session()] {
        world.exchange(failure);
    }
    show(&mut world, &[("active", asked(&[FIRST], SECOND))]);
    assert_eq!(world.payload_of(0), Some("active"));
}

#[test]
fn a_follow_up_without_a_response_ends_at_its_deadline() {
    let mut world = follow_up();
    while world.is_open(0) {
        world.run();
        if world.is_sending {
            world.exchange(session_with("active", &answered(&[FIRST])));
        }
    }
    assert_eq!(world.codes(), ("timeout", None));
    assert_eq!(world.error().last_session, Some("active"));
}

#[test]
fn waiters_for_different_prompts_share_one_stream_and_each_ends_with_its_response() {
    let (mut world, waiters) = polls_for(&[SECOND, THIRD]);
    let newest = world.join(poll_options());
    world.exchange(session_with("finding_sources", &asked(&[FIRST], SECOND)));
    assert!(waiters.iter().chain([&newest]).all(|waiter| world.is_open(*waiter)));
    world.exchange(session_with("active", &answered(&[FIRST, SECOND])));
    assert_eq!(world.payload_of(waiters[0]), Some("active"));
    assert_eq!(world.payload_of(newest), Some("active"), "without promptId, active ends the call");
    assert!(world.is_open(waiters[1]));
    world.exchange(session_with("generating_response", &asked(&[FIRST, SECOND], THIRD)));
    world.exchange(session_with("active", &answered(&[FIRST, SECOND, THIRD])));
    assert_eq!(world.payload_of(waiters[1]), Some("active"));
    assert_eq!(world.requests(), 4);
}

#[test]
fn an_error_fails_only_the_waiters_of_its_turn() {
    let (mut world, waiters) = polls_for(&[SECOND, THIRD]);
    world.exchange(session_with("generating_response_error", &asked(&[FIRST], SECOND)));
    assert_eq!(world.code_of(waiters[0]), Some("session_failed"));
    assert!(world.is_open(waiters[1]));
    let messages = [asked(&[FIRST], SECOND), answered(&[THIRD])].concat();
    world.exchange(session_with("active", &messages));
    assert_eq!(world.payload_of(waiters[1]), Some("active"));
}

#[test]
fn a_late_waiter_without_a_prompt_ends_at_once_if_the_latest_session_is_active() {
    let (mut world, waiters) = polls_for(&[SECOND]);
    world.exchange(session_with("active", &answered(&[FIRST])));
    let late = world.join(poll_options());
    assert_eq!(world.payload_of(late), Some("active"));
    assert_eq!(world.records[late as usize].updates, ["active"]);
    assert!(world.records[late as usize].events.is_empty(), "the late waiter had no exchange");
    assert!(world.is_open(waiters[0]));
}

#[test]
fn a_late_waiter_ends_at_once_if_the_latest_session_has_its_response() {
    let (mut world, waiters) = polls_for(&[THIRD]);
    world.exchange(session_with("active", &answered(&[FIRST, SECOND])));
    let late = world.join_for_prompt(SECOND);
    assert_eq!(world.payload_of(late), Some("active"));
    assert!(world.is_open(waiters[0]));
}

#[test]
fn a_late_waiter_for_a_newer_prompt_keeps_waiting() {
    let (mut world, _) = polls_for(&[THIRD]);
    world.exchange(session_with("active", &answered(&[FIRST])));
    let late = world.join_for_prompt(SECOND);
    assert!(world.is_open(late));
    world.exchange(session_with("active", &answered(&[FIRST, SECOND])));
    assert_eq!(world.payload_of(late), Some("active"));
}

#[test]
fn a_response_to_an_earlier_request_does_not_prove_that_the_session_was_idle() {
    let (mut world, earlier) = polls_for(&[FIRST]);
    world.send();
    let late = world.join_for_prompt(SECOND);
    // The session may have been idle before the second prompt; this work is for another prompt.
    world.step(Input::Outcome(session_with("active", &[])));
    world.exchange(session_with("generating_response", &[]));
    world.exchange(session_with("active", &[]));
    assert_eq!(world.payload_of(earlier[0]), Some("active"));
    assert!(world.is_open(late));
    world.exchange(session_with("generating_response", &[]));
    world.exchange(session_with("active", &[]));
    assert_eq!(world.payload_of(late), Some("active"));
}

#[test]
fn a_late_waiter_that_passed_a_working_session_does_not_end_with_an_older_session() {
    for status in ["active", ERROR] {
        for is_in_flight in [false, true] {
            let (mut world, _) = polls_for(&[THIRD]);
            if is_in_flight {
                world.send();
            } else {
                world.exchange(session_with(status, &answered(&[FIRST])));
            }
            let mut turn = Turn::new(Some(SECOND));
            turn.passed_in(SessionStatus::GeneratingResponse, &asked(&[FIRST], SECOND));
            let (options, started_at) = (poll_options(), world.now);
            let last_session = Some(PASSED_IN);
            let late = world.join_as(NewWaiter { id: 1, options, started_at, attempts: 0, turn, last_session });
            if is_in_flight {
                world.step(Input::Outcome(session_with(status, &answered(&[FIRST]))));
            }
            assert!(world.is_open(late), "{status}");
            world.exchange(session_with("active", &asked(&[FIRST], SECOND)));
            assert_eq!(world.payload_of(late), Some("active"));
        }
    }
}

#[test]
fn the_work_in_a_created_session_that_is_passed_counts() {
    let mut turn = Turn::new(Some(SECOND));
    turn.passed_in(SessionStatus::FindingSources, &[prompt(SECOND)]);
    let mut world = World::poll();
    let options = poll_options();
    world.join_as(NewWaiter { id: 0, options, started_at: 0.0, attempts: 1, turn, last_session: Some(PASSED_IN) });
    show(&mut world, &[("active", vec![])]);
    assert_eq!(world.payload_of(0), Some("active"));
}

#[test]
fn the_schedule_measures_each_turn_separately() {
    let mut world = follow_up();
    show(&mut world, &[("active", answered(&[FIRST]))]);
    world.pass(400.0);
    show(&mut world, &[("generating_response", asked(&[FIRST], SECOND)), ("active", answered(&[FIRST, SECOND]))]);
    assert_eq!(world.history.borrow().len(), 1, "the stale state is not recorded");
}

#[test]
fn a_poll_without_a_prompt_ends_at_the_first_active_state() {
    let mut world = World::of(PollSession);
    show(&mut world, &[("active", answered(&[FIRST]))]);
    assert_eq!(world.payload_of(0), Some("active"));
}
