//! The pause before a request: its end, and the reason for it.

use super::notification::Reason;

/// A hidden page polls at most this often (rule 8).
pub const HIDDEN_PAUSE_MS: f64 = 30_000.0;

/// The state of the page that the code runs in. Both are false outside of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageState {
    /// The page is hidden.
    pub is_hidden: bool,
    /// The page is offline.
    pub is_offline: bool,
}

/// The time until the next request.
#[derive(Debug)]
pub(super) struct Pause {
    /// The time at which it began.
    pub since: f64,
    /// Its kind, which decides its length.
    pub kind: PauseKind,
    /// In `[0, 1)`.
    pub jitter: f64,
    /// The time at which the page was shown or went online.
    pub woken_at: Option<f64>,
}

/// The kinds of pauses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PauseKind {
    /// Before the first request.
    Start,
    /// Before the same request with a fresh key.
    FreshKey,
    /// After a good response.
    Interval,
    /// After a failure.
    Backoff,
    /// After a response that asks for a pause of this many milliseconds.
    RetryAfter(f64),
}

impl Pause {
    pub fn new(kind: PauseKind, since: f64, jitter: f64) -> Pause {
        Pause { since, kind, jitter, woken_at: None }
    }

    /// The end, if the pause lasts `length_ms`, and the reason for it.
    pub fn due(&self, length_ms: f64) -> (f64, Reason) {
        let reason = match self.kind {
            PauseKind::Interval => Reason::Interval,
            PauseKind::RetryAfter(_) => Reason::RetryAfter,
            PauseKind::Start | PauseKind::FreshKey | PauseKind::Backoff => Reason::Backoff,
        };
        (self.since + length_ms, reason)
    }

    /// The end of a poll's pause on a page in this state, and the reason for it (rule 8).
    pub fn due_on_page(&self, length_ms: f64, page: PageState) -> (f64, Reason) {
        if page.is_offline {
            return (f64::INFINITY, Reason::Offline);
        }
        let holds_when_hidden = !matches!(self.kind, PauseKind::Start | PauseKind::FreshKey);
        let (due, reason) = if page.is_hidden && holds_when_hidden && length_ms < HIDDEN_PAUSE_MS {
            (self.since + HIDDEN_PAUSE_MS, Reason::Hidden)
        } else {
            self.due(length_ms)
        };
        match (self.woken_at, self.kind) {
            // A pause that the server asked for does not end early, nor does a pause while the page is hidden.
            (Some(woken_at), kind) if !page.is_hidden && !matches!(kind, PauseKind::RetryAfter(_)) => {
                (due.min(woken_at), reason)
            }
            _ => (due, reason),
        }
    }
}
