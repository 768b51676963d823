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
