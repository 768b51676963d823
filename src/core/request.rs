//! The request of an operation: its URL, and its label in error messages.

use super::operation::{Operation, SESSIONS_PATH};
use super::session_id::SessionId;
use super::text::decimal;

/// The header that carries the key.
pub const KEY_HEADER: &str = "X-API-Key";

/// A request without its body and headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The operation.
    pub operation: Operation,
    /// The session in the path, if the operation has one.
    pub session: Option<SessionId>,
    /// The query, in order. It needs no escaping: the names are constants, the values numbers or booleans.
    pub query: Vec<(&'static str, String)>,
}

impl Request {
    /// A request without a query.
    pub fn new(operation: Operation, session: Option<SessionId>) -> Request {
        Request { operation, session, query: Vec::new() }
    }

    /// The request of a poll.
    pub fn poll(session: SessionId) -> Request {
        let query = vec![("include_messages", String::from("true"))];
        Request { query, ..Request::new(Operation::PollSession, Some(session)) }
    }

    /// The whole URL; `base` has no trailing slash.
    pub fn url(&self, base: &str) -> String {
        let mut url = self.address(base);
        for (at, (name, value)) in self.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            for part in [name, "=", value] {
                url.push_str(part);
            }
        }
        url
    }

    /// Method, origin and path, for error messages.
    pub fn label(&self, base: &str) -> String {
        [self.operation.spec().method.name(), " ", &self.address(base)].concat()
    }

    fn address(&self, base: &str) -> String {
        match (self.session, self.operation.spec().path_after_id) {
            (Some(id), Some(rest)) => [base, SESSIONS_PATH, "/", &decimal(id.get()), rest].concat(),
            _ => [base, SESSIONS_PATH].concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://a.example/api";

    fn id() -> Option<SessionId> {
        SessionId::from_number(2_229.0).ok()
    }

    #[test]
    fn every_operation_has_the_documented_url() {
        let table = [
            (Operation::CreateSession, None, "POST", "/chat-v1/sessions"),
            (Operation::ListSessions, None, "GET", "/chat-v1/sessions"),
            (Operation::GetSession, id(), "GET", "/chat-v1/sessions/2229"),
            (Operation::UpdateSession, id(), "PATCH", "/chat-v1/sessions/2229"),
            (Operation::DeleteSession, id(), "DELETE", "/chat-v1/sessions/2229"),
            (Operation::SendPrompt, id(), "POST", "/chat-v1/sessions/2229/prompt"),
            (Operation::ClearSources, id(), "POST", "/chat-v1/sessions/2229/sources/clear"),
        ];
        for (operation, session, method, path) in table {
            let request = Request::new(operation, session);
            assert_eq!(request.url(BASE), [BASE, path].concat());
            assert_eq!(request.label(BASE), [method, " ", BASE, path].concat());
        }
    }

    #[test]
    fn a_poll_asks_for_the_messages() {
        let request = Request::poll(id().unwrap_or_else(|| unreachable!()));
        assert_eq!(request.url(BASE), "https://a.example/api/chat-v1/sessions/2229?include_messages=true");
        assert_eq!(request.label(BASE), "GET https://a.example/api/chat-v1/sessions/2229");
    }

    #[test]
    fn a_query_keeps_its_order() {
        let query = vec![("page", String::from("2")), ("page_size", String::from("50"))];
        let request = Request { query, ..Request::new(Operation::ListSessions, None) };
        assert_eq!(request.url(BASE), "https://a.example/api/chat-v1/sessions?page=2&page_size=50");
    }
}
