//! The times of the current turn, from which the schedule follows.

use super::schedule::{History, Situation, Stage};
use super::session_status::SessionStatus;

/// The start of the current turn, and of its stage.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TurnClock {
    /// The time at which the first request of the turn left.
    started_at: Option<f64>,
    /// The stage of the session and the time at which it began; `None` until a response shows work.
    stage: Option<(Stage, f64)>,
}

impl TurnClock {
    /// Starts the turn when its first request leaves.
    pub fn request_sent(&mut self, now: f64) {
        self.started_at.get_or_insert(now);
    }

    /// Observes the session in a response, and adds a turn that ended to the history.
    pub fn observe(&mut self, status: SessionStatus, now: f64, history: &mut History) {
        match (status.stage(), self.stage) {
            (Some(stage), Some((current, _))) if stage == current => {}
            (Some(stage), _) => self.stage = Some((stage, now)),
            (None, Some((last, since))) => {
                if let (Some(started_at), SessionStatus::Active) = (self.started_at, status) {
                    let generating_ms = (last == Stage::Generating).then_some(now - since);
                    history.record(now - started_at, generating_ms);
                }
                *self = TurnClock { started_at: Some(now), stage: None };
            }
            // The first response showed a finished session: its duration is unknown.
            (None, None) => {}
        }
    }

    /// The situation for a pause that begins at the time `now`, and lasts from `min_ms` to `max_ms`.
    pub fn situation(&self, now: f64, min_ms: f64, max_ms: f64) -> Situation {
        let (stage, since) = self.stage.unwrap_or((Stage::Other, now));
        let elapsed_ms = now - self.started_at.unwrap_or(now);
        Situation { elapsed_ms, stage, in_stage_ms: now - since, min_ms, max_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SessionStatus::{
        Active, Deleted, FindingSources, FindingSourcesError, GeneratingResponse, GeneratingResponseError,
    };

    /// The clock of a session whose first request left at `started_at`, after responses with these statuses at these times;
    /// and the history of the turns that ended.
    fn observed(started_at: f64, responses: &[(SessionStatus, f64)]) -> (TurnClock, History) {
        let (mut clock, mut history) = (TurnClock::default(), History::default());
        clock.request_sent(started_at);
        for (status, now) in responses {
            clock.observe(*status, *now, &mut history);
        }
        (clock, history)
    }

    fn situation(clock: &TurnClock, now: f64) -> (f64, Stage, f64) {
        let Situation { elapsed_ms, stage, in_stage_ms, .. } = clock.situation(now, 500.0, 5_000.0);
        (elapsed_ms, stage, in_stage_ms)
    }

    fn history_of(turns: &[(f64, Option<f64>)]) -> History {
        let mut history = History::default();
        for (total_ms, generating_ms) in turns {
            history.record(*total_ms, *generating_ms);
        }
        history
    }

    #[test]
    fn no_time_has_elapsed_before_the_first_request() {
        assert_eq!(situation(&TurnClock::default(), 9_000.0), (0.0, Stage::Other, 0.0));
    }

    #[test]
    fn the_bounds_of_a_pause_are_those_of_the_call() {
        let situation = TurnClock::default().situation(9_000.0, 200.0, 3_000.0);
        assert_eq!((situation.min_ms, situation.max_ms), (200.0, 3_000.0));
    }

    #[test]
    fn a_turn_starts_when_its_first_request_leaves() {
        let (mut clock, _) = observed(1_000.0, &[]);
        clock.request_sent(4_000.0);
        assert_eq!(situation(&clock, 6_000.0), (5_000.0, Stage::Other, 0.0));
    }

    #[test]
    fn a_stage_starts_at_the_first_response_that_shows_it() {
        let responses = [
            (FindingSources, 1_500.0),
            (FindingSources, 2_000.0),
            (GeneratingResponse, 4_000.0),
            (GeneratingResponse, 5_000.0),
        ];
        let at = |count: usize, now| situation(&observed(1_000.0, responses.get(..count).unwrap_or_default()).0, now);
        assert_eq!(at(2, 3_500.0), (2_500.0, Stage::FindingSources, 2_000.0));
        assert_eq!(at(4, 6_000.0), (5_000.0, Stage::Generating, 2_000.0));
    }

    #[test]
    fn the_next_turn_starts_when_a_response_shows_the_end_of_the_previous_one() {
        for last in [Active, Deleted, FindingSourcesError, GeneratingResponseError] {
            let (mut clock, _) = observed(1_000.0, &[(FindingSources, 1_500.0), (last, 8_000.0)]);
            clock.request_sent(9_000.0);
            assert_eq!(situation(&clock, 10_000.0), (2_000.0, Stage::Other, 0.0), "{last:?}");
            clock.observe(GeneratingResponse, 10_500.0, &mut History::default());
            assert_eq!(situation(&clock, 11_000.0), (3_000.0, Stage::Generating, 500.0), "{last:?}");
        }
    }

    #[test]
    fn a_turn_that_the_first_response_shows_finished_is_not_recorded() {
        let (clock, history) = observed(1_000.0, &[(Active, 1_500.0), (Active, 2_000.0)]);
        assert!(history.is_empty());
        assert_eq!(situation(&clock, 3_000.0), (2_000.0, Stage::Other, 0.0));
    }

    #[test]
    fn a_turn_that_ends_as_active_is_recorded_from_its_first_request() {
        let (_, history) = observed(
            1_000.0,
            &[
                (FindingSources, 1_500.0),
                (GeneratingResponse, 4_000.0),
                (GeneratingResponse, 5_000.0),
                (Active, 9_000.0),
            ],
        );
        assert_eq!(history, history_of(&[(8_000.0, Some(5_000.0))]));
    }

    #[test]
    fn the_generating_time_is_recorded_only_if_generating_was_the_last_stage() {
        for last in [FindingSources, SessionStatus::CancellingResponse, SessionStatus::Unknown] {
            let (_, history) = observed(1_000.0, &[(GeneratingResponse, 1_500.0), (last, 4_000.0), (Active, 9_000.0)]);
            assert_eq!(history, history_of(&[(8_000.0, None)]), "{last:?}");
        }
    }

    #[test]
    fn a_turn_that_fails_or_whose_session_is_deleted_is_not_recorded() {
        for last in [Deleted, FindingSourcesError, GeneratingResponseError] {
            let (_, history) = observed(1_000.0, &[(GeneratingResponse, 1_500.0), (last, 9_000.0)]);
            assert!(history.is_empty(), "{last:?}");
        }
    }

    #[test]
    fn each_turn_of_a_session_is_recorded_with_its_own_times() {
        let (_, history) = observed(
            1_000.0,
            &[(GeneratingResponse, 1_500.0), (Active, 5_000.0), (GeneratingResponse, 7_000.0), (Active, 11_000.0)],
        );
        assert_eq!(history, history_of(&[(4_000.0, Some(3_500.0)), (6_000.0, Some(4_000.0))]));
    }
}
