//! The invariants of all calls, over random conversations. [`World`] checks those of each step, the tests below those of a
//! whole conversation. Rules: 1, 4, 5, 6, 10.

use aiera_chat::core::error::ErrorKind;
use aiera_chat::core::operation::Operation;
use aiera_chat::core::options::CallOptions;
use aiera_chat::core::pause::PageState;
use aiera_chat::core::response::Head;
use aiera_chat::core::turn::Message;
use proptest::prelude::*;

use super::world::*;

/// An event in a random conversation.
#[derive(Clone, Debug)]
enum RandomEvent {
    Pass(f64),
    /// Time passes, and the timer fires late, as on a machine that was suspended: the next event comes before it.
    BeLate(f64),
    Sleep,
    Sent,
    ErrorHead(u16),
    Outcome(RandomOutcome),
    Join(CallOptions),
    Abort(u32),
    Page {
        is_hidden: bool,
        is_offline: bool,
    },
    Release,
}

/// An outcome of an exchange. Not an [`Outcome`], since proptest prints its inputs.
#[derive(Clone, Debug)]
struct RandomOutcome {
    kind: RandomKind,
    retry_after_ms: Option<f64>,
}

#[derive(Clone, Debug)]
enum RandomKind {
    Session { status: &'static str, prompts: usize, is_named: bool, is_changed: bool },
    OtherSession,
    Success,
    Refused(u16),
    Lost,
    Unsent,
    BodyLost,
    NoKey,
    NoFetch,
    NotAResponse,
    ControlFlow,
}

const STATUSES: [&str; 9] = [
    "active",
    "finding_sources",
    "generating_response",
    "cancelling_response",
    "finding_sources_error",
    "generating_response_error",
    "deleted",
    "queued",
    "",
];

const HTTP_STATUSES: [u16; 24] = [
    0, 200, 204, 300, 302, 304, 307, 400, 401, 403, 404, 408, 410, 425, 429, 451, 500, 501, 502, 503, 504, 505, 507,
    599,
];

/// The ids of the prompts in a random session, each before its response.
const PROMPTS: [u64; 3] = [10, 20, 30];

/// The first `count` messages of a session in which every prompt has its response.
fn messages(count: usize, is_named: bool) -> Vec<Message> {
    let both = |id: u64| {
        let prompt_id = is_named.then_some(id);
        [Message { id, is_response: false, prompt_id: None }, Message { id: id + 1, is_response: true, prompt_id }]
    };
    PROMPTS.into_iter().flat_map(both).take(count).collect()
}

fn outcome_of(random: &RandomOutcome, operation: Operation) -> Outcome {
    let outcome = match random.kind {
        RandomKind::Session { status, prompts, is_named, is_changed } => {
            let outcome = session_with(status, &messages(prompts, is_named));
            if is_changed { outcome } else { unchanged(outcome) }
        }
        RandomKind::OtherSession => other_session(),
        RandomKind::Success => success(operation),
        RandomKind::Refused(status) => bad_response(status),
        RandomKind::Lost => lost(),
        RandomKind::Unsent => unsent(),
        RandomKind::BodyLost => body_lost(),
        RandomKind::NoKey => Outcome::NoKey(None, Some("the provider's error")),
        RandomKind::NoFetch => Outcome::NoFetch,
        RandomKind::NotAResponse => Outcome::NotAResponse("a string".into()),
        RandomKind::ControlFlow => Outcome::ControlFlow("dynamic".into(), "error"),
    };
    match random.retry_after_ms {
        Some(ms) => after_pause(ms, outcome),
        None => outcome,
    }
}

fn random_outcome() -> impl Strategy<Value = RandomOutcome> {
    let session = (prop::sample::select(STATUSES.to_vec()), 0usize..=6, any::<bool>(), any::<bool>()).prop_map(
        |(status, prompts, is_named, is_changed)| RandomKind::Session { status, prompts, is_named, is_changed },
    );
    let kind = prop_oneof![
        4 => session,
        4 => prop::sample::select(HTTP_STATUSES.to_vec()).prop_map(RandomKind::Refused),
        2 => Just(RandomKind::Lost),
        1 => Just(RandomKind::Unsent),
        1 => Just(RandomKind::BodyLost),
        1 => Just(RandomKind::Success),
        1 => prop::sample::select(vec![
            RandomKind::OtherSession, RandomKind::NoKey, RandomKind::NoFetch, RandomKind::NotAResponse, RandomKind::ControlFlow,
        ]),
    ];
    let retry_after_ms =
        prop_oneof![4 => Just(None), 1 => (0.0..1e5f64).prop_map(Some), 1 => Just(Some(9_007_199_254_740_991.0))];
    (kind, retry_after_ms).prop_map(|(kind, retry_after_ms)| RandomOutcome { kind, retry_after_ms })
}

fn random_options() -> impl Strategy<Value = CallOptions> {
    let prompt_id = prop::option::of(prop::sample::select(PROMPTS.to_vec()));
    let timeout_ms = prop_oneof![9 => 1.0..1e6f64, 1 => Just(f64::INFINITY)];
    (timeout_ms, 1.0..1e5f64, 0u32..8, 1.0..1e4f64, 1.0..10.0f64, prompt_id, any::<bool>()).prop_map(
        |(timeout_ms, request_timeout_ms, max_retries, interval_ms, factor, prompt_id, wants_events)| CallOptions {
            timeout_ms,
            request_timeout_ms,
            max_retries,
            interval_ms,
            max_interval_ms: interval_ms * factor,
            prompt_id,
            wants_events,
        },
    )
}

fn random_event() -> impl Strategy<Value = RandomEvent> {
    prop_oneof![
        1 => (0.0..2e4f64).prop_map(RandomEvent::Pass),
        1 => (0.0..2e4f64).prop_map(RandomEvent::BeLate),
        2 => Just(RandomEvent::Sleep),
        2 => Just(RandomEvent::Sent),
        1 => prop::sample::select(HTTP_STATUSES.to_vec()).prop_map(RandomEvent::ErrorHead),
        4 => random_outcome().prop_map(RandomEvent::Outcome),
        1 => random_options().prop_map(RandomEvent::Join),
        1 => (0u32..4).prop_map(RandomEvent::Abort),
        1 => (any::<bool>(), any::<bool>())
            .prop_map(|(is_hidden, is_offline)| RandomEvent::Page { is_hidden, is_offline }),
        1 => Just(RandomEvent::Release),
    ]
}

fn operations() -> impl Strategy<Value = Operation> {
    let others: Vec<_> = ONCE.into_iter().chain(REPEATABLE).collect();
    prop_oneof![1 => Just(Operation::PollSession), 1 => prop::sample::select(others)]
}

/// Applies an event, if it is possible now.
fn apply(world: &mut World, event: &RandomEvent) {
    let is_poll = world.config.operation == Operation::PollSession;
    match event {
        RandomEvent::Pass(ms) => {
            world.now = (world.now + ms).min(world.sleeping_until).max(world.now);
            world.step(Input::Tick);
        }
        RandomEvent::BeLate(ms) => world.now += ms,
        RandomEvent::Sleep if world.sleeping_until.is_finite() => world.sleep(),
        RandomEvent::Sent if world.is_sending => world.step(Input::Sent),
        RandomEvent::ErrorHead(status) if world.is_in_flight => {
            world.step(Input::ErrorHead(Head { status: *status, retry_after_ms: None }));
        }
        RandomEvent::Outcome(random) if world.is_sending => {
            // Without a key or a fetch, nothing is sent.
            if !matches!(random.kind, RandomKind::NoKey | RandomKind::NoFetch) {
                world.step(Input::Sent);
            } else if world.is_in_flight {
                return;
            }
            world.now = (world.now + 1.0).min(world.sleeping_until).max(world.now);
            world.step(Input::Outcome(outcome_of(random, world.config.operation)));
        }
        RandomEvent::Join(options) if is_poll => {
            world.join(options.clone());
        }
        RandomEvent::Abort(waiter) => world.step(Input::Abort(*waiter, "reason")),
        RandomEvent::Page { is_hidden, is_offline } => world.change_page(*is_hidden, *is_offline),
        RandomEvent::Release => world.step(Input::Release),
        _ => {}
    }
}

/// Ends a conversation: no response arrives, and calls without a deadline are aborted.
fn finish(world: &mut World) {
    for waiter in 0..world.records.len() {
        if world.records[waiter].deadline.is_infinite() {
            world.step(Input::Abort(waiter as u32, "reason"));
        }
    }
    while !world.call.is_over() {
        world.sleep();
        if world.is_sending {
            world.step(Input::Sent);
        }
    }
}

/// The states of a turn of a simulated session, in order.
fn states_of_a_follow_up(is_named: bool) -> Vec<(&'static str, Vec<Message>)> {
    vec![
        ("active", messages(2, is_named)),
        ("active", messages(3, is_named)),
        ("finding_sources", messages(3, is_named)),
        ("generating_response", messages(3, is_named)),
        ("generating_response", messages(4, is_named)),
        ("active", messages(4, is_named)),
    ]
}

/// The states of two successive turns, and the state before them. The second turn is that of the last prompt.
fn states_of_two_turns(is_named: bool, is_answered: bool) -> Vec<(&'static str, Vec<Message>)> {
    vec![
        ("active", messages(2, is_named)),
        ("active", messages(3, is_named)),
        ("finding_sources", messages(3, is_named)),
        ("generating_response", messages(3, is_named)),
        ("active", messages(4, is_named)),
        ("active", messages(5, is_named)),
        ("generating_response", messages(5, is_named)),
        ("active", messages(if is_answered { 6 } else { 5 }, is_named)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// [`World::step`] checks that there is one request at a time, none after the deadlines, no sleep into the past, and no
    /// second create or prompt after an unknown outcome. Each waiter is settled once, and none is left after all deadlines.
    #[test]
    fn every_waiter_is_settled_exactly_once(
        operation in operations(),
        can_refresh_key in any::<bool>(),
        is_held in any::<bool>(),
        options in random_options(),
        events in prop::collection::vec(random_event(), 1..60),
    ) {
        let mut world = World::new(operation, can_refresh_key, PageState::default());
        if is_held {
            world.call.hold();
        }
        world.join(options);
        for event in &events {
            if world.call.is_over() {
                break;
            }
            apply(&mut world, event);
        }
        finish(&mut world);
        for record in &world.records {
            let Some(Err(error)) = &record.result else {
                prop_assert!(record.result.is_some());
                continue;
            };
            prop_assert!(error.elapsed_ms.is_finite() && error.elapsed_ms >= 0.0);
            let kind = &error.failure.kind;
            prop_assert!(!matches!(kind, ErrorKind::Timeout { .. }) || world.now >= record.deadline, "{kind:?}");
        }
    }

    /// A create or a prompt is sent once, and once more for each 429 and, with a key provider, for one 401 or 403. If it
    /// may have been processed, its error is not retryable, and has the code of an unknown outcome unless it was aborted.
    #[test]
    fn an_unknown_outcome_never_leads_to_a_second_create_or_prompt(
        is_prompt in any::<bool>(),
        can_refresh_key in any::<bool>(),
        mut options in random_options(),
        events in prop::collection::vec(random_event(), 1..40),
    ) {
        options.max_retries = options.max_retries.max(3);
        let operation = if is_prompt { Operation::SendPrompt } else { Operation::CreateSession };
        let mut world = World::new(operation, can_refresh_key, PageState::default());
        world.join(options);
        let (mut refusals, mut refreshes) = (0, 0);
        for event in &events {
            if world.call.is_over() {
                break;
            }
            let status = match event {
                RandomEvent::Outcome(RandomOutcome { kind: RandomKind::Refused(status), .. }) if world.is_sending => *status,
                RandomEvent::ErrorHead(status) if world.is_in_flight => *status,
                _ => 0,
            };
            refusals += usize::from(status == 429);
            refreshes |= usize::from(can_refresh_key && matches!(status, 401 | 403));
            apply(&mut world, event);
        }
        finish(&mut world);
        prop_assert!(world.requests() <= 1 + refusals + refreshes);
        if let Some(Err(error)) = &world.records[0].result {
            let code = error.failure.kind.code(operation);
            if world.may_have_been_processed {
                prop_assert!(!error.failure.kind.is_retryable(operation), "{}", code);
                prop_assert!(code.ends_with("_outcome_unknown") || code == "aborted", "{}", code);
            } else {
                prop_assert!(!code.ends_with("_outcome_unknown"), "{}", code);
            }
        }
    }

    /// The states of a follow-up arrive in order, each after any number of polls, with failures in between.
    #[test]
    fn a_follow_up_resolves_with_its_response_after_any_delay_of_its_states(
        is_named in any::<bool>(),
        steps in prop::collection::vec((0usize..3, any::<bool>()), 1..40),
    ) {
        let states = states_of_a_follow_up(is_named);
        let mut world = World::poll();
        let waiter = world.join(CallOptions { prompt_id: Some(PROMPTS[1]), timeout_ms: f64::INFINITY, ..poll_options() });
        let mut at = 0;
        // The last response shows the newest state.
        for (step, fails) in steps.into_iter().chain([(states.len(), false)]) {
            if !world.is_open(waiter) {
                break;
            }
            at = (at + step).min(states.len() - 1);
            let (status, messages) = &states[at];
            if fails {
                world.exchange(bad_response(503));
            }
            world.exchange(session_with(status, messages));
        }
        prop_assert_eq!(world.payload_of(waiter), Some("active"));
        prop_assert_eq!(&world.call.latest().unwrap().messages[..], &messages(4, is_named)[..]);
    }

    /// A waiter for the second turn joins the poll of the first one. The response to a request that was in flight may show
    /// the session from before the waiter's prompt, and does not end the call.
    #[test]
    fn a_state_from_before_a_waiters_prompt_does_not_end_its_call(
        (is_named, is_answered) in any::<(bool, bool)>(),
        steps in prop::collection::vec((0usize..3, 0usize..4, 0usize..4, any::<bool>()), 1..30),
    ) {
        let states = states_of_two_turns(is_named, is_answered);
        let last = states.len() - 1;
        let mut world = World::poll();
        world.join_for_prompt(PROMPTS[1]);
        let (mut at, mut late) = (0, None);
        for (before, during, shown, joins) in steps {
            if world.call.is_over() {
                break;
            }
            let first = (at + before).min(last);
            world.send();
            at = (first + during).min(last);
            // The second prompt is sent during the work on the first one, or later.
            if at >= 2 && joins && late.is_none() {
                late = Some(world.join_for_prompt(PROMPTS[2]));
            }
            let shown = (first + shown).min(at);
            let (status, messages) = &states[shown];
            world.now += EXCHANGE_MS;
            world.step(Input::Outcome(session_with(status, messages)));
            if let Some(late) = late {
                prop_assert!(world.is_open(late) || shown == last, "the call ended with state {}", shown);
                prop_assert!(!(is_answered && shown == last && world.is_open(late)), "the answer did not end the call");
            }
        }
    }
}
