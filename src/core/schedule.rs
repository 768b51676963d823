//! The pause between two polls of a working session: long while an answer is unlikely, short when it is due.
//!
//! The next poll is sent when the integral of the poll density since the last poll reaches one. The density at a moment
//! follows from the hazard: the likelihood that the answer comes then, estimated from a prior and from the client's earlier
//! sessions. `bench/schedule/schedule.md` has the measurements behind every constant. Failures (`backoff`), `Retry-After`,
//! hidden pages and deadlines are handled elsewhere.

/// The progress of a session, by its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The service gathers sources. It writes the answer afterwards.
    FindingSources,
    /// The service writes the answer.
    Generating,
    /// Any other status. It says nothing about the time that is left.
    Other,
}

/// The input for the next pause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Situation {
    /// Since the first request of this turn was sent.
    pub elapsed_ms: f64,
    /// The stage at the last poll.
    pub stage: Stage,
    /// Since the first poll that showed this stage.
    pub in_stage_ms: f64,
    /// The shortest pause (`intervalMs`).
    pub min_ms: f64,
    /// The longest pause (`maxIntervalMs`).
    pub max_ms: f64,
}

/// The number of sessions that a [`History`] keeps.
pub const KEPT: usize = 32;

/// The durations of the latest sessions of a client, at most [`KEPT`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    sessions: [Durations; KEPT],
    recorded: usize,
}

/// The duration of one session, before and after the first poll that showed [`Stage::Generating`]. `writing_ms` is 0 if none
/// did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Durations {
    finding_ms: f64,
    writing_ms: f64,
}

impl History {
    /// Adds a session that was answered `total_ms` after the start of its turn, and `generating_ms` after the first poll
    /// that showed [`Stage::Generating`], if one did. Replaces the oldest session. Ignores times that no clock returns.
    pub fn record(&mut self, total_ms: f64, generating_ms: Option<f64>) {
        if !(total_ms > 0.0 && total_ms < f64::INFINITY) {
            return;
        }
        if let Some(oldest) = self.sessions.get_mut(self.recorded % KEPT) {
            let writing_ms = generating_ms.unwrap_or(0.0).max(0.0).min(total_ms);
            *oldest = Durations { finding_ms: total_ms - writing_ms, writing_ms };
            self.recorded = self.recorded.wrapping_add(1);
        }
    }

    /// The number of sessions.
    pub fn len(&self) -> usize {
        self.recorded.min(KEPT)
    }

    /// Whether the history holds no session.
    pub fn is_empty(&self) -> bool {
        self.recorded == 0
    }
}

/// The `intervalMs` for which the other constants hold. A shorter one makes the whole schedule faster in proportion, as if each
/// second of the constants were shorter; a longer one only raises the shorter pauses.
const USUAL_MIN_MS: f64 = 500.0;

// The prior, a log-logistic curve: half of the sessions are answered by its median. With shape 2 it is as wide as a
// log-normal one of sigma 0.9. Hardly any session is answered within the first second or so.
const PRIOR_MEDIAN_S: f64 = 12.0;
const PRIOR_SHAPE: f64 = 2.0;
const PRIOR_QUIET_S: f64 = 1.0;
/// The weight of the prior, in recorded sessions.
const PRIOR_WEIGHT: f64 = 6.0;

/// The cost of a poll, in seconds of weighted lag.
pub const POLL_COST_S: f64 = 0.094;
/// The weight of a second of lag is 1 plus this divided by the seconds since the turn began: users notice early lag more.
pub const EARLY_WEIGHT_S: f64 = 24.0;

/// The [`Forecast::spread`] of the prior's width, and its weight, in pairs of sessions.
const USUAL_SPREAD: f64 = 0.45;
const SPREAD_WEIGHT: f64 = 2.0;
/// The curve around the duration of one earlier session is as narrow as this divided by the spread.
const SHARPNESS: f64 = 1.9;

// While the service finds sources, the pause is at least a share of the elapsed time: half of the usual ratio of writing to
// finding. No answer comes before the writing, and the poll still shows when the writing begins.
const FINDING_SHARE: f64 = 0.5;
const FINDING_SHARE_MOST: f64 = 0.6;
/// The assumed duration of each stage before there is an earlier session.
const USUAL_WRITING_S: f64 = 5.0;
const USUAL_FINDING_S: f64 = 10.0;

/// A pause is jittered by a tenth either way.
const JITTER: f64 = 0.2;
/// The step of the search for the pause, as a share of the searched time.
const STEP: f64 = 0.1;

/// The prediction for the current session from earlier ones.
struct Forecast {
    /// Seconds from the origin to the answer, one for each session that allows a prediction; 0 for the others.
    times: [f64; KEPT],
    /// The mean relative difference of successive times, shrunk towards the usual spread. A relative difference is the
    /// difference divided by the sum.
    spread: f64,
}

impl Forecast {
    /// The forecast without any prediction.
    const PRIOR: Forecast = Forecast { times: [0.0; KEPT], spread: USUAL_SPREAD };

    /// Predicts by `predict`, which returns 0 for a session that allows no prediction. `None` if no session allows one.
    fn new(history: &History, predict: &dyn Fn(&Durations) -> f64) -> Option<Self> {
        let mut times = [0.0; KEPT];
        let (mut sum, mut pairs) = (SPREAD_WEIGHT * USUAL_SPREAD, SPREAD_WEIGHT);
        let mut last = 0.0;
        for (time, session) in times.iter_mut().zip(&history.sessions) {
            *time = predict(session);
            if *time > 0.0 {
                if last > 0.0 {
                    sum += ((*time - last) / (*time + last)).abs();
                    pairs += 1.0;
                }
                last = *time;
            }
        }
        (last > 0.0).then_some(Forecast { times, spread: sum / pairs })
    }
}

/// Milliseconds to wait before the next poll: finite for any input, and within `min_ms` and `max_ms`. A `min_ms` below 1
/// counts as 1, a `max_ms` below `min_ms` as `min_ms`. `jitter` is in `[0, 1)`.
pub fn pause(situation: &Situation, history: &History, jitter: f64) -> f64 {
    let min_ms = situation.min_ms.max(1.0);
    let max_ms = situation.max_ms.max(min_ms);
    // The second of the constants; all times below are in it.
    let second_ms = 1_000.0 * (min_ms / USUAL_MIN_MS).min(1.0);
    let (shortest, longest) = (min_ms / second_ms, max_ms / second_ms);
    let now = situation.elapsed_ms.max(0.0) / second_ms;

    // After the writing has begun, the prediction comes from the durations of writing, or from their ratio to those of
    // finding sources: from the one that varies less. The start of a stage that the first poll showed is unknown.
    let mut origin = now - situation.in_stage_ms / second_ms;
    let mut forecast = None;
    if situation.stage == Stage::Generating && origin >= shortest {
        let writing_ms_of = |session: &Durations| if session.finding_ms >= min_ms { session.writing_ms } else { 0.0 };
        let by_duration = Forecast::new(history, &|session| writing_ms_of(session) / second_ms);
        let by_ratio = Forecast::new(history, &|session| writing_ms_of(session) / session.finding_ms * origin);
        forecast = match (by_duration, by_ratio) {
            (Some(by_duration), Some(by_ratio)) if by_ratio.spread < by_duration.spread => Some(by_ratio),
            (by_duration, _) => by_duration,
        };
    }
    if forecast.is_none() {
        origin = 0.0;
        forecast = Forecast::new(history, &|session| (session.finding_ms + session.writing_ms) / second_ms);
    }
    let forecast = forecast.unwrap_or(Forecast::PRIOR);

    // A better prediction saves lag; a part of that is spent on fewer polls.
    let cost = 2.0 * POLL_COST_S * (1.0 + (1.0 - forecast.spread / USUAL_SPREAD).max(0.0));
    let mut shape = PRIOR_SHAPE;
    while shape * 2.0 * forecast.spread <= SHARPNESS {
        shape *= 2.0;
    }
    // The prior and each predicted time are curves; their sum is the likelihood of the answer at any time.
    let weight = PRIOR_WEIGHT / curve(origin, PRIOR_MEDIAN_S, PRIOR_SHAPE).1;
    let (mut length, mut polls, mut step) = (0.0, 0.0, shortest);
    while polls < 1.0 && step > 0.0 {
        let time = now + length + step / 2.0;
        let (due, left) = curve(time, PRIOR_MEDIAN_S, PRIOR_SHAPE);
        let (mut due, mut left) =
            (weight * due * time * time / (time * time + PRIOR_QUIET_S * PRIOR_QUIET_S), weight * left);
        for predicted in forecast.times {
            if predicted > 0.0 {
                let (more_due, more_left) = curve(time - origin, predicted, shape);
                due += more_due;
                left += more_left;
            }
        }
        // The integral of the poll density over this step.
        let polls_in_step = step * (due / left * (1.0 + EARLY_WEIGHT_S / time) / cost).sqrt();
        length += step * ((1.0 - polls) / polls_in_step).min(1.0);
        polls += polls_in_step;
        step = (length * STEP).min(longest - length);
    }
    if situation.stage == Stage::FindingSources {
        length = length.max(now * finding_share(history, second_ms));
    }
    (length * (1.0 + JITTER * (jitter - 0.5)) * second_ms).max(min_ms).min(max_ms).min(f64::MAX)
}

/// A log-logistic curve: the density of answers at `time`, and the share of answers that come later. `shape` is a power of two.
fn curve(time: f64, median: f64, shape: f64) -> (f64, f64) {
    let mut power = time / median;
    let mut exponent = 1.0;
    while exponent < shape {
        power *= power;
        exponent *= 2.0;
    }
    let left = 1.0 / (1.0 + power);
    (shape * left * (1.0 - left) / time, left)
}

/// The shortest pause while the service finds sources, as a share of the elapsed time.
fn finding_share(history: &History, second_ms: f64) -> f64 {
    let mut writing = USUAL_WRITING_S;
    let mut finding = USUAL_FINDING_S;
    for session in &history.sessions {
        if session.writing_ms > 0.0 {
            writing += session.writing_ms / second_ms;
            finding += session.finding_ms / second_ms;
        }
    }
    (FINDING_SHARE * writing / finding).min(FINDING_SHARE_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::num::f64::ANY;
    use proptest::prelude::*;

    const STAGES: [Stage; 3] = [Stage::FindingSources, Stage::Generating, Stage::Other];

    fn at(elapsed_ms: f64, stage: Stage, in_stage_ms: f64) -> Situation {
        Situation { elapsed_ms, stage, in_stage_ms, min_ms: 500.0, max_ms: 5_000.0 }
    }

    fn pause_without_history(elapsed: f64) -> f64 {
        pause(&at(elapsed, Stage::Other, elapsed), &History::default(), 0.5)
    }

    fn history_of(sessions: &[(f64, Option<f64>)]) -> History {
        let mut history = History::default();
        for (total, writing) in sessions {
            history.record(*total, *writing);
        }
        history
    }

    #[test]
    fn without_a_history_polls_are_frequent_early_on_and_then_less_and_less_so() {
        assert!((1_000.0..1_500.0).contains(&pause_without_history(0.0)), "{}", pause_without_history(0.0));
        assert!((500.0..1_000.0).contains(&pause_without_history(5_000.0)), "{}", pause_without_history(5_000.0));
        assert!((2_000.0..3_000.0).contains(&pause_without_history(60_000.0)), "{}", pause_without_history(60_000.0));
        assert_eq!(pause_without_history(600_000.0), 5_000.0);
    }

    #[test]
    fn polls_are_rare_before_the_usual_time_and_frequent_around_it() {
        let history = history_of(&[(40_000.0, None); 20]);
        let at = |elapsed| pause(&at(elapsed, Stage::Other, elapsed), &history, 0.5);
        assert!(at(10_000.0) > 2.0 * pause_without_history(10_000.0));
        assert!(at(39_000.0) < 0.6 * pause_without_history(39_000.0));
    }

    #[test]
    fn the_time_spent_finding_sources_predicts_the_time_of_the_answer() {
        let history =
            history_of(&[(10_000.0, Some(7_000.0)), (40_000.0, Some(28_000.0)), (5_000.0, Some(3_500.0))].repeat(7));
        let writing = |elapsed, in_stage| pause(&at(elapsed, Stage::Generating, in_stage), &history, 0.5);
        // Found after 6 s: due at 20 s.
        assert!(writing(8_000.0, 2_000.0) > 2_500.0);
        assert!(writing(19_000.0, 13_000.0) < 1_000.0);
        // Found after 3 s: due at 10 s.
        assert!(writing(9_500.0, 6_500.0) < 1_000.0);
        // The first poll showed the writing: its start is unknown.
        let total = pause(&at(8_000.0, Stage::Other, 8_000.0), &history, 0.5);
        assert_eq!(writing(8_000.0, 7_950.0), total);
    }

    #[test]
    fn pauses_are_long_while_the_service_finds_sources_but_shorter_if_writing_is_quick() {
        let finding = |history: &History| pause(&at(20_000.0, Stage::FindingSources, 20_000.0), history, 0.5);
        let nothing = finding(&History::default());
        assert_eq!(nothing, 5_000.0);
        let quick = finding(&history_of(&[(20_000.0, Some(1_000.0)); 20]));
        assert!(quick < 2_000.0, "{quick}");
    }

    #[test]
    fn the_history_ignores_times_that_no_clock_returns() {
        let mut history = history_of(&[(f64::NAN, None), (f64::INFINITY, Some(1.0)), (0.0, None), (-5.0, Some(-1.0))]);
        assert!(history.is_empty());
        history.record(1_000.0, Some(f64::NAN));
        history.record(1_000.0, Some(f64::INFINITY));
        assert_eq!(history.len(), 2);
    }

    #[test]
    fn the_history_forgets_all_but_the_latest_sessions() {
        let mut history = history_of(&[(90_000.0, Some(80_000.0)); 50]);
        let mut fresh = History::default();
        for session in 0..KEPT {
            let total = 3_000.0 + 100.0 * session as f64;
            history.record(total, Some(total / 2.0));
            fresh.record(total, Some(total / 2.0));
        }
        assert_eq!(history.len(), KEPT);
        for stage in STAGES {
            let situation = at(6_000.0, stage, 3_000.0);
            let (old, new) = (pause(&situation, &history, 0.5), pause(&situation, &fresh, 0.5));
            assert!((old - new).abs() < new * 0.05, "{stage:?} {old} {new}");
        }
    }

    fn histories(time: impl Strategy<Value = f64> + Clone) -> impl Strategy<Value = History> {
        proptest::collection::vec((time.clone(), proptest::option::of(time)), 0..40)
            .prop_map(|sessions| history_of(&sessions))
    }

    fn stages() -> impl Strategy<Value = Stage> {
        proptest::sample::select(STAGES.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn a_pause_stays_within_its_bounds_for_any_input(
            elapsed in ANY, in_stage in ANY, min in ANY, max in ANY, jitter in ANY, stage in stages(), history in histories(ANY),
        ) {
            let pause = pause(&Situation { elapsed_ms: elapsed, stage, in_stage_ms: in_stage, min_ms: min, max_ms: max }, &history, jitter);
            prop_assert!(pause.is_finite() && pause >= 1.0);
            if min >= 1.0 && min.is_finite() {
                prop_assert!(pause >= min);
                prop_assert!(pause <= max || max < min || max.is_nan());
            }
        }

        #[test]
        fn equal_bounds_decide_the_pause(
            elapsed in 0.0..1e6f64, share in 0.0..1.0f64, bound in 1.0..1e9f64, jitter in 0.0..1.0f64, stage in stages(), history in histories(1.0..3e5f64),
        ) {
            let situation = Situation { elapsed_ms: elapsed, stage, in_stage_ms: elapsed * share, min_ms: bound, max_ms: bound };
            prop_assert_eq!(pause(&situation, &history, jitter), bound);
        }

        #[test]
        fn a_higher_bound_never_shortens_the_pause(
            elapsed in 0.0..6e5f64, share in 0.0..1.0f64, min in 500.0..5e3f64, more in 1.0..10.0f64, jitter in 0.0..1.0f64, stage in stages(),
        ) {
            let history = History::default();
            let with = |min_ms, max_ms| pause(&Situation { elapsed_ms: elapsed, stage, in_stage_ms: elapsed * share, min_ms, max_ms }, &history, jitter);
            prop_assert!(with(min, 5e4 * more) >= with(min, 5e4) * 0.999);
            prop_assert!(with(min * more, 1e6) >= with(min, 1e6) * 0.999);
        }

        #[test]
        fn the_pause_grows_with_the_elapsed_time(elapsed in 15_000.0..1e6f64, more in 1.0..10.0f64) {
            prop_assert!(pause_without_history(elapsed * more) >= pause_without_history(elapsed) * 0.999);
        }

        #[test]
        fn a_pause_is_jittered_by_a_tenth_either_way(elapsed in 0.0..1e6f64, jitter in 0.0..1.0f64, history in histories(1.0..3e5f64)) {
            let jittered = |jitter| pause(&Situation { max_ms: 1e9, ..at(elapsed, Stage::Other, elapsed) }, &history, jitter);
            let expected = jittered(0.5) * (0.9 + 0.2 * jitter);
            prop_assert!(jittered(jitter) >= expected * 0.999 && jittered(jitter) <= (expected * 1.001).max(jittered(0.5)));
        }

        #[test]
        fn polls_are_never_more_frequent_while_the_service_finds_sources(elapsed in 0.0..1e6f64, jitter in 0.0..1.0f64, history in histories(1.0..3e5f64)) {
            let of = |stage| pause(&at(elapsed, stage, elapsed), &history, jitter);
            prop_assert!(of(Stage::FindingSources) >= of(Stage::Other));
        }

        #[test]
        fn a_shorter_interval_shortens_every_pause_in_proportion(
            elapsed in 0.0..3e5f64, share in 0.0..1.0f64, stage in stages(), faster in 1.0..100.0f64, sessions in proptest::collection::vec((600.0..3e5f64, 0.0..1.0f64), 0..30),
        ) {
            let of = |scale: f64| {
                let mut history = History::default();
                for (total, writing) in &sessions {
                    history.record(total / scale, Some(total / scale * writing));
                }
                let situation = Situation { elapsed_ms: elapsed / scale, stage, in_stage_ms: elapsed / scale * share, min_ms: 500.0 / scale, max_ms: 5_000.0 / scale };
                pause(&situation, &history, 0.5) * scale
            };
            prop_assert!((of(faster) - of(1.0)).abs() <= of(1.0) * 1e-6, "{} {}", of(faster), of(1.0));
        }
    }
}
