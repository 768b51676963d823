//! A response: its status, its body, and the facts that errors keep.

use std::rc::Rc;

use super::operation::Payload;
use super::session_id::{IdError, SessionId};
use super::session_status::SessionStatus;
use super::turn::Message;

/// The number of bytes of a body that an error keeps.
pub const BODY_LIMIT: usize = 2_048;

/// A complete response.
#[derive(Clone, Debug)]
pub struct Response<S> {
    /// The HTTP status; 0 if the platform hides it.
    pub status: u16,
    /// The pause that the server asks for, in milliseconds.
    pub retry_after_ms: Option<f64>,
    /// The body.
    pub body: Body<S>,
}

/// The head of an error response, whose body has not arrived yet.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// The pause that the server asks for, in milliseconds.
    pub retry_after_ms: Option<f64>,
}

impl<S> From<Head> for Response<S> {
    /// The response without its body.
    fn from(Head { status, retry_after_ms }: Head) -> Response<S> {
        let details = ResponseDetails { retry_after_ms, ..ResponseDetails::default() };
        Response { status, retry_after_ms, body: Body::Other(Rc::new(details)) }
    }
}

/// The body of a response.
#[derive(Clone, Debug)]
pub enum Body<S> {
    /// A success with a session.
    Session(Session<S>),
    /// A success with another payload; `None` if the operation returns nothing.
    Payload(Option<S>),
    /// Everything else.
    Other(Rc<ResponseDetails>),
}

/// The parts of a session that the rules use.
#[derive(Clone, Debug)]
pub struct Session<S> {
    /// The id.
    pub id: SessionId,
    /// The status.
    pub status: SessionStatus,
    /// Whether it differs from the session in the previous response.
    pub is_changed: bool,
    /// All messages: a late waiter may wait for a prompt among them.
    pub messages: Rc<[Message]>,
    /// The session itself.
    pub value: S,
}

/// The parts of a response that an error keeps. All texts are redacted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseDetails {
    /// The platform followed a redirect or hides one.
    pub is_redirect: bool,
    /// The address that a redirect points to.
    pub location: Option<String>,
    /// The pause that the server asks for, in milliseconds.
    pub retry_after_ms: Option<f64>,
    /// The server's id of the request.
    pub request_id: Option<String>,
    /// The beginning of the body, at most [`BODY_LIMIT`] bytes.
    pub body: Option<String>,
    /// The server's message.
    pub server_message: Option<String>,
    /// The response is from this package's proxy.
    pub by_proxy: bool,
    /// The reason why the body of a success is not the payload.
    pub decode_reason: Option<DecodeReason>,
}

/// The facts about a body that decide whether it is the payload.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The body is empty.
    pub is_empty: bool,
    /// The body is an HTML page.
    pub is_html: bool,
    /// The body is JSON.
    pub is_json: bool,
    /// The body is a JSON object, for confirmations.
    pub is_object: bool,
    /// Its `id`, for sessions and messages.
    pub id: Option<Result<SessionId, IdError>>,
    /// Its `status` is a string, for sessions.
    pub has_status: bool,
    /// Its `data` is an array, for pages.
    pub has_data: bool,
    /// Its `success` is `false`, for confirmations.
    pub says_failure: bool,
}

impl Payload {
    /// Whether a body is this payload.
    ///
    /// # Errors
    /// The reason why the body is not the payload.
    pub fn check(self, facts: &Facts) -> Result<(), DecodeReason> {
        if self == Payload::Confirmation {
            return match facts {
                Facts { says_failure: true, .. } => Err(DecodeReason::NotDone),
                facts if facts.is_empty || facts.is_object => Ok(()),
                facts if facts.is_html => Err(DecodeReason::Html),
                _ => Err(DecodeReason::NotJson),
            };
        }
        if !facts.is_json {
            return Err(match facts {
                facts if facts.is_empty => DecodeReason::Empty,
                facts if facts.is_html => DecodeReason::Html,
                _ => DecodeReason::NotJson,
            });
        }
        if self == Payload::Page {
            return if facts.has_data { Ok(()) } else { Err(DecodeReason::NoData) };
        }
        match facts.id {
            Some(Ok(_)) => {}
            Some(Err(IdError::TooLarge)) => return Err(DecodeReason::IdTooLarge),
            _ => return Err(DecodeReason::NoId),
        }
        if self == Payload::Session && !facts.has_status {
            return Err(DecodeReason::NoStatus);
        }
        Ok(())
    }
}

/// The reasons why a body is not the payload that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeReason {
    /// The body is empty.
    Empty,
    /// The body is an HTML page.
    Html,
    /// The body is not JSON.
    NotJson,
    /// The session or the message has no id.
    NoId,
    /// The id is larger than a JavaScript number can hold exactly.
    IdTooLarge,
    /// The session has no status.
    NoStatus,
    /// The session has another id.
    OtherSession,
    /// The page has no `data` array.
    NoData,
    /// The body says `success: false`.
    NotDone,
}

impl DecodeReason {
    /// The end of a message: "the response is not the session: it …".
    pub fn description(self) -> &'static str {
        match self {
            DecodeReason::Empty => "its body is empty",
            DecodeReason::Html => "it is an HTML page",
            DecodeReason::NotJson => "it is not JSON",
            DecodeReason::NoId => "it has no id",
            DecodeReason::IdTooLarge => "its id is too large for a JavaScript number",
            DecodeReason::NoStatus => "it has no status",
            DecodeReason::OtherSession => "it is another session",
            DecodeReason::NoData => "it has no data array",
            DecodeReason::NotDone => "it says success: false",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: f64) -> SessionId {
        SessionId::from_number(id).unwrap_or_else(|_| unreachable!())
    }

    #[test]
    fn a_body_is_the_payload_only_with_the_right_fields() {
        let json = || Facts { is_json: true, is_object: true, ..Facts::default() };
        let with_id = || Facts { id: Some(Ok(id(7.0))), ..json() };
        let session = || Facts { has_status: true, ..with_id() };
        let html = Facts { is_html: true, ..Facts::default() };
        let empty = Facts { is_empty: true, ..Facts::default() };
        let too_large = Facts { id: Some(Err(IdError::TooLarge)), has_status: true, ..json() };
        let refused = Facts { says_failure: true, ..json() };
        use DecodeReason::*;
        let table = [
            (Payload::Session, session(), Ok(())),
            (Payload::Session, with_id(), Err(NoStatus)),
            (Payload::Session, json(), Err(NoId)),
            (Payload::Session, too_large.clone(), Err(IdTooLarge)),
            (Payload::Session, html.clone(), Err(Html)),
            (Payload::Session, empty.clone(), Err(Empty)),
            (Payload::Session, Facts::default(), Err(NotJson)),
            (Payload::Message, with_id(), Ok(())),
            (Payload::Message, too_large, Err(IdTooLarge)),
            (Payload::Page, Facts { has_data: true, ..json() }, Ok(())),
            (Payload::Page, json(), Err(NoData)),
            (Payload::Confirmation, json(), Ok(())),
            (Payload::Confirmation, empty, Ok(())),
            (Payload::Confirmation, refused, Err(NotDone)),
            (Payload::Confirmation, html, Err(Html)),
            (Payload::Confirmation, Facts { is_json: true, ..Facts::default() }, Err(NotJson)),
        ];
        for (payload, facts, expected) in table {
            assert_eq!(payload.check(&facts), expected, "{payload:?} {facts:?}");
        }
    }
}
