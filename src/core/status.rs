//! The table of session statuses: which of them end a wait, and how.

use super::schedule::Stage;

/// What a session's status means to somebody who waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Not finished; the stage tells the schedule how far it has come.
    Waiting(Stage),
    /// The answer is there.
    Done,
    /// The answer will not come.
    Failed,
}

/// Every status that the API documents, with its meaning. The list may grow: see [`meaning`].
pub const STATUSES: [(&str, Meaning); 7] = [
    ("active", Meaning::Done),
    ("finding_sources", Meaning::Waiting(Stage::FindingSources)),
    ("generating_response", Meaning::Waiting(Stage::Generating)),
    ("cancelling_response", Meaning::Waiting(Stage::Other)),
    ("finding_sources_error", Meaning::Failed),
    ("generating_response_error", Meaning::Failed),
    ("deleted", Meaning::Failed),
];

/// The meaning of `status`. One that the table does not hold is not the end: polling goes on at its normal pace
/// (behaviour 6 of the contract).
pub fn meaning(status: &str) -> Meaning {
    STATUSES.iter().find(|(name, _)| *name == status).map_or(Meaning::Waiting(Stage::Other), |(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_active_is_done_and_only_errors_and_deleted_fail() {
        for (status, found) in STATUSES {
            assert_eq!(found, meaning(status));
            assert_eq!(found == Meaning::Done, status == "active", "{status}");
            let fails = status.ends_with("_error") || status == "deleted";
            assert_eq!(found == Meaning::Failed, fails, "{status}");
        }
    }

    #[test]
    fn an_unknown_status_is_not_the_end() {
        for status in ["", "Active", "active ", "queued", "constructor"] {
            assert_eq!(meaning(status), Meaning::Waiting(Stage::Other), "{status:?}");
        }
    }
}
