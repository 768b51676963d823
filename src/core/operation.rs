//! The table of the API's operations: method, path, and the payload of the response.

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// The payload of a successful response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A session: an object with an `id` and a `status`.
    Session,
    /// A message: an object with an `id`.
    Message,
    /// A page of sessions: an object with a `data` array.
    Page,
    /// Nothing, or an object without `success: false`.
    Confirmation,
}

/// The effect of sending the request of an operation a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The request may be sent any number of times.
    Safe,
    /// A second request may create a second session.
    CreatesSession,
    /// A second request may create a second prompt.
    CreatesPrompt,
}

/// An operation of the client. [`Operation::spec`] has its properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Creates a session.
    CreateSession,
    /// Gets a session until it is finished.
    PollSession,
    /// Sends a follow-up prompt.
    SendPrompt,
    /// Gets a session once.
    GetSession,
    /// Gets a page of sessions.
    ListSessions,
    /// Changes a session's title or sources.
    UpdateSession,
    /// Deletes a session.
    DeleteSession,
    /// Removes all sources of a session.
    ClearSources,
}

/// One row of the table of operations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spec {
    /// The HTTP method.
    pub method: Method,
    /// The path after [`SESSIONS_PATH`] and the session's id; `None` if the path has neither.
    pub path_after_id: Option<&'static str>,
    /// The payload of a successful response.
    pub payload: Payload,
    /// Whether the request may be sent more than once.
    pub repeat: Repeat,
    /// The default of `timeoutMs`.
    pub timeout_ms: f64,
}

/// The path of all operations, after the base URL.
pub const SESSIONS_PATH: &str = "/chat-v1/sessions";

const CALL_TIMEOUT_MS: f64 = 60_000.0;
const POLL_TIMEOUT_MS: f64 = 600_000.0;

impl Operation {
    /// The row of this operation.
    pub const fn spec(self) -> Spec {
        use Method::{Delete, Get, Patch, Post};
        use Repeat::{CreatesPrompt, CreatesSession, Safe};
        let (method, path_after_id, payload, repeat) = match self {
            Operation::CreateSession => (Post, None, Payload::Session, CreatesSession),
            Operation::PollSession => (Get, Some(""), Payload::Session, Safe),
            Operation::SendPrompt => (Post, Some("/prompt"), Payload::Message, CreatesPrompt),
            Operation::GetSession => (Get, Some(""), Payload::Session, Safe),
            Operation::ListSessions => (Get, None, Payload::Page, Safe),
            Operation::UpdateSession => (Patch, Some(""), Payload::Session, Safe),
            Operation::DeleteSession => (Delete, Some(""), Payload::Confirmation, Safe),
            Operation::ClearSources => (Post, Some("/sources/clear"), Payload::Session, Safe),
        };
        let timeout_ms = match self {
            Operation::PollSession => POLL_TIMEOUT_MS,
            _ => CALL_TIMEOUT_MS,
        };
        Spec { method, path_after_id, payload, repeat, timeout_ms }
    }

    /// Whether the request may be sent more than once (rules 1 and 2).
    pub const fn is_repeatable(self) -> bool {
        matches!(self.spec().repeat, Repeat::Safe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_creates_and_prompts_must_not_be_repeated() {
        use Operation::*;
        for operation in [PollSession, GetSession, ListSessions, UpdateSession, DeleteSession, ClearSources] {
            assert!(operation.is_repeatable(), "{operation:?}");
        }
        assert_eq!(CreateSession.spec().repeat, Repeat::CreatesSession);
        assert_eq!(SendPrompt.spec().repeat, Repeat::CreatesPrompt);
    }

    #[test]
    fn a_poll_may_take_ten_minutes_and_any_other_call_one_minute() {
        assert_eq!(Operation::PollSession.spec().timeout_ms, 600_000.0);
        assert_eq!(Operation::SendPrompt.spec().timeout_ms, 60_000.0);
    }
}
