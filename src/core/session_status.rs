//! The statuses of a session: which of them end a poll, and how.

use super::schedule::Stage;

/// The `status` of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// The session is idle: it has the response to the latest prompt, or no prompt.
    Active,
    /// The service gathers sources for the latest prompt.
    FindingSources,
    /// The service writes the response.
    GeneratingResponse,
    /// The response is being cancelled; the session becomes active afterwards.
    CancellingResponse,
    /// The service failed to find sources; no response will come.
    FindingSourcesError,
    /// The service failed to write the response; no response will come.
    GeneratingResponseError,
    /// The session was deleted.
    Deleted,
    /// An undocumented status. The API's list may grow, so it does not end a poll (rule 6).
    Unknown,
}

impl SessionStatus {
    /// Every documented status with its name in the API.
    pub const DOCUMENTED: [(&str, SessionStatus); 7] = [
        ("active", SessionStatus::Active),
        ("finding_sources", SessionStatus::FindingSources),
        ("generating_response", SessionStatus::GeneratingResponse),
        ("cancelling_response", SessionStatus::CancellingResponse),
        ("finding_sources_error", SessionStatus::FindingSourcesError),
        ("generating_response_error", SessionStatus::GeneratingResponseError),
        ("deleted", SessionStatus::Deleted),
    ];

    /// The status with this name.
    pub fn parse(name: &str) -> SessionStatus {
        Self::DOCUMENTED
            .iter()
            .find(|(documented, _)| *documented == name)
            .map_or(SessionStatus::Unknown, |(_, status)| *status)
    }

    /// The name in the API.
    pub fn name(self) -> &'static str {
        Self::DOCUMENTED.iter().find(|(_, status)| *status == self).map_or("unknown", |(name, _)| name)
    }

    /// The stage of the work; `None` for the final statuses.
    pub fn stage(self) -> Option<Stage> {
        match self {
            SessionStatus::FindingSources => Some(Stage::FindingSources),
            SessionStatus::GeneratingResponse => Some(Stage::Generating),
            SessionStatus::CancellingResponse | SessionStatus::Unknown => Some(Stage::Other),
            _ => None,
        }
    }

    /// Whether the session is at work.
    pub fn is_working(self) -> bool {
        self.stage().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_documented_statuses_are_final_and_the_others_are_working() {
        for (name, status) in SessionStatus::DOCUMENTED {
            assert_eq!((SessionStatus::parse(name), status.name()), (status, name));
            let is_final = name == "active" || name == "deleted" || name.ends_with("_error");
            assert_eq!(status.is_working(), !is_final, "{name}");
        }
    }

    #[test]
    fn an_unknown_status_is_not_final() {
        for name in ["", "Active", "active ", "queued", "constructor"] {
            assert_eq!(SessionStatus::parse(name), SessionStatus::Unknown, "{name:?}");
        }
        assert_eq!(SessionStatus::Unknown.stage(), Some(Stage::Other));
    }
}
