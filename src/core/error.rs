//! The error of a call: its kinds, each with its code and its message.
//!
//! A message names the request, describes the failure (with the server's message if there is one), and gives advice.

use std::rc::Rc;

use super::operation::{Operation, Repeat};
use super::response::{DecodeReason, ResponseDetails};
use super::session_status::SessionStatus;
use super::text::decimal;

/// The kinds of errors. [`ErrorKind::code`] is the table of codes, [`Failure::message`] that of messages.
#[derive(Clone, Debug, PartialEq)]
pub enum ErrorKind {
    /// A wrong argument or option. Nothing was sent. Holds the whole message.
    InvalidArgument(String),
    /// The key provider failed, with this message, or returned no key.
    KeyUnavailable(Option<String>),
    /// The caller's signal was aborted. Holds the fate of the call's requests.
    Aborted(Sent),
    /// `timeoutMs` is used up.
    Timeout {
        /// `timeoutMs`.
        limit_ms: f64,
        /// The fate of the call's requests.
        sent: Sent,
        /// The page is offline.
        is_offline: bool,
    },
    /// `requestTimeoutMs` is used up. Always the cause of another error.
    RequestTimeout {
        /// `requestTimeoutMs`.
        limit_ms: f64,
    },
    /// An exchange took longer than `requestTimeoutMs`.
    Stalled {
        /// `requestTimeoutMs`.
        limit_ms: f64,
    },
    /// No response, or not all of it.
    Lost {
        /// The request certainly never left.
        is_unsent: bool,
        /// The HTTP status, if only the body was lost.
        status: Option<u16>,
        /// The platform's description.
        description: String,
    },
    /// The framework around `fetch` took control (an error with a `digest`, as Next.js throws).
    ControlFlow {
        /// The framework's description.
        description: String,
    },
    /// There is no `fetch`.
    NoFetch,
    /// `fetch` resolved with a value that is not a `Response`. Holds a description of the value.
    NotAResponse(String),
    /// A response with an error status.
    Http {
        /// The HTTP status.
        status: u16,
        /// The server's message.
        server_message: Option<String>,
        /// The response is from this package's proxy.
        by_proxy: bool,
    },
    /// A good response that asks for a pause past the deadline.
    RetryAfterTooLong {
        /// The pause, in milliseconds.
        delay_ms: f64,
    },
    /// A redirect.
    Redirected {
        /// The HTTP status; 0 if the platform hides it.
        status: u16,
        /// The address that it points to.
        location: Option<String>,
    },
    /// A success without the payload that was asked for.
    Decode {
        /// The HTTP status.
        status: u16,
        /// The reason.
        reason: DecodeReason,
    },
    /// The session ended without a response.
    SessionFailed(SessionStatus),
    /// The session is finished and holds no response to the prompt.
    NoAnswer,
    /// A create or a prompt that may have been processed; the cause says why the outcome is unknown.
    OutcomeUnknown,
}

/// The fate of the requests of a call that ends without a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Nothing was sent.
    Nothing,
    /// The server certainly refused the create or the prompt unprocessed (rule 1).
    Refused,
    /// A request may have been processed.
    MayHaveArrived,
}

/// The cause of an error.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause<E> {
    /// An error of the platform or of the caller's code.
    Platform(E),
    /// Another failure.
    Failure(Rc<Failure<E>>),
}

/// The failure of a call. `E` holds errors of the platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure<E> {
    /// The kind.
    pub kind: ErrorKind,
    /// The response that ended the call.
    pub response: Option<Rc<ResponseDetails>>,
    /// The cause.
    pub cause: Option<Cause<E>>,
}

/// The facts about a request that messages depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageContext {
    /// The operation.
    pub operation: Operation,
    /// The request's method, origin and path.
    pub label: String,
    /// A key was passed to the client.
    pub has_key: bool,
    /// The code runs in a page, and the base URL is on another origin.
    pub is_cross_origin: bool,
}

impl MessageContext {
    /// The facts before there is a request.
    pub fn without_request(operation: Operation) -> MessageContext {
        MessageContext { operation, label: String::new(), has_key: false, is_cross_origin: false }
    }
}

impl ErrorKind {
    /// The `code` in JavaScript.
    pub fn code(&self, operation: Operation) -> &'static str {
        match self {
            ErrorKind::InvalidArgument(_) | ErrorKind::NoFetch | ErrorKind::NotAResponse(_) => "invalid_argument",
            ErrorKind::KeyUnavailable(_) => "key_unavailable",
            ErrorKind::Aborted(_) => "aborted",
            ErrorKind::Timeout { .. } | ErrorKind::RequestTimeout { .. } => "timeout",
            ErrorKind::Stalled { .. } | ErrorKind::Lost { .. } | ErrorKind::ControlFlow { .. } => "network",
            ErrorKind::Http { .. } | ErrorKind::RetryAfterTooLong { .. } => "http",
            ErrorKind::Redirected { .. } => "redirected",
            ErrorKind::Decode { .. } => "decode",
            ErrorKind::SessionFailed(_) => "session_failed",
            ErrorKind::NoAnswer => "no_answer",
            ErrorKind::OutcomeUnknown => match operation.spec().repeat {
                Repeat::CreatesPrompt => "prompt_outcome_unknown",
                _ => "create_outcome_unknown",
            },
        }
    }

    /// Whether the same call can be repeated without harm, and may succeed.
    pub fn is_retryable(&self, operation: Operation) -> bool {
        let may_repeat = operation.is_repeatable();
        match self {
            ErrorKind::Timeout { sent, .. } => may_repeat || *sent != Sent::MayHaveArrived,
            ErrorKind::Lost { is_unsent, .. } => may_repeat || *is_unsent,
            ErrorKind::Stalled { .. } | ErrorKind::RequestTimeout { .. } | ErrorKind::Decode { .. } => may_repeat,
            ErrorKind::RetryAfterTooLong { .. } => may_repeat,
            ErrorKind::Http { status: 429, .. } => true,
            ErrorKind::Http { status: 408 | 425 | 500..=599, .. } => may_repeat,
            _ => false,
        }
    }

    /// The HTTP status of the response that ended the call.
    fn status(&self) -> Option<u16> {
        match self {
            ErrorKind::Http { status, .. } | ErrorKind::Decode { status, .. } => Some(*status),
            ErrorKind::Redirected { status, .. } => Some(*status).filter(|status| *status != 0),
            ErrorKind::Lost { status, .. } => *status,
            _ => None,
        }
    }
}

impl<E> Failure<E> {
    /// A failure of this kind, without a response and a cause.
    pub fn new(kind: ErrorKind) -> Failure<E> {
        Failure { kind, response: None, cause: None }
    }

    /// The same failure with a cause.
    pub fn caused_by(mut self, cause: Cause<E>) -> Failure<E> {
        self.cause = Some(cause);
        self
    }

    /// The end of a create or a prompt that may have been processed.
    pub fn outcome_unknown(cause: Failure<E>) -> Failure<E> {
        let response = cause.response.clone();
        let cause = Some(Cause::Failure(Rc::new(cause)));
        Failure { kind: ErrorKind::OutcomeUnknown, response, cause }
    }

    /// The HTTP status of the response that ended the call.
    pub fn status(&self) -> Option<u16> {
        self.kind.status().or_else(|| match &self.cause {
            Some(Cause::Failure(cause)) if self.kind == ErrorKind::OutcomeUnknown => cause.status(),
            _ => None,
        })
    }

    /// The whole message.
    pub fn message(&self, context: &MessageContext) -> String {
        if let ErrorKind::InvalidArgument(message) = &self.kind {
            return message.clone();
        }
        let mut message = String::new();
        if self.names_request() {
            message = [&context.label, ": "].concat();
        }
        message.push_str(&self.fact(context));
        for sentence in self.advice(context) {
            message.push(' ');
            message.push_str(sentence);
        }
        message
    }

    /// Whether the message starts with the request.
    fn names_request(&self) -> bool {
        !matches!(self.kind, ErrorKind::KeyUnavailable(_) | ErrorKind::NoFetch | ErrorKind::Aborted(Sent::Nothing))
    }

    /// The sentences that describe the failure.
    fn fact(&self, context: &MessageContext) -> String {
        match &self.kind {
            ErrorKind::InvalidArgument(message) => message.clone(),
            ErrorKind::KeyUnavailable(Some(reason)) => sentence(&["The apiKey function failed: ", reason]),
            ErrorKind::KeyUnavailable(None) => "The apiKey function returned no key: it must return a string that is \
                                                not blank and can stand in a header, or a promise of one."
                .into(),
            ErrorKind::Aborted(Sent::Nothing) => "The call was aborted by its signal; nothing was sent.".into(),
            ErrorKind::Aborted(_) => "The call was aborted by its signal.".into(),
            ErrorKind::Timeout { limit_ms, sent, is_offline } => {
                let offline = if *is_offline { " The page is offline." } else { "" };
                let last = match &self.cause {
                    Some(Cause::Failure(cause)) => [" The last failure: ", &cause.fact(context)].concat(),
                    _ => String::new(),
                };
                let is_nothing = *sent == Sent::Nothing && self.cause.is_none();
                let nothing = if is_nothing { " Nothing was sent." } else { "" };
                [&no_response_within("timeoutMs", *limit_ms), nothing, offline, &last].concat()
            }
            ErrorKind::RequestTimeout { limit_ms } | ErrorKind::Stalled { limit_ms } => {
                no_response_within("requestTimeoutMs", *limit_ms)
            }
            ErrorKind::Lost { status: Some(status), description, .. } => {
                sentence(&[&http(*status), ", but the body was lost: ", description])
            }
            ErrorKind::Lost { description, .. } => sentence(&["No response: ", description]),
            ErrorKind::ControlFlow { description } => sentence(&["The framework ended the request: ", description]),
            ErrorKind::NoFetch => "There is no fetch here: pass one as options.fetch.".into(),
            ErrorKind::NotAResponse(description) => {
                ["options.fetch must resolve with a Response, not ", description, "."].concat()
            }
            ErrorKind::Http { status, server_message: Some(text), .. } => sentence(&[&http(*status), ": ", text]),
            ErrorKind::Http { status, .. } => [&http(*status), "."].concat(),
            ErrorKind::RetryAfterTooLong { delay_ms } => {
                ["The server asks for a pause of ", &whole(*delay_ms), " ms, which is past timeoutMs."].concat()
            }
            ErrorKind::Redirected { status, location } => {
                let location = location.as_deref().unwrap_or("another address");
                [&http(*status), ": the server redirects to ", location, "."].concat()
            }
            ErrorKind::Decode { status, reason } => {
                let expected = match context.operation {
                    Operation::SendPrompt => "the prompt message",
                    Operation::ListSessions => "a page of sessions",
                    Operation::DeleteSession => "a confirmation",
                    _ => "the session",
                };
                [&http(*status), ", but the response is not ", expected, ": ", reason.description(), "."].concat()
            }
            ErrorKind::SessionFailed(status) => {
                let reason = match status {
                    SessionStatus::Deleted => "it was deleted",
                    SessionStatus::FindingSourcesError => "the service failed to find sources for the prompt",
                    _ => "the service failed to generate the response",
                };
                ["The session ended as ", status.name(), ": ", reason, "."].concat()
            }
            ErrorKind::NoAnswer => "The session is finished and holds no response to the prompt.".into(),
            ErrorKind::OutcomeUnknown => {
                let fact = match context.operation.spec().repeat {
                    Repeat::CreatesPrompt => "The prompt may or may not have been sent",
                    _ => "The session may or may not have been created",
                };
                let cause = match &self.cause {
                    Some(Cause::Failure(cause)) => [" ", &cause.fact(context)].concat(),
                    _ => String::new(),
                };
                [fact, ", so the request is not repeated.", &cause].concat()
            }
        }
    }

    /// The sentences that advise the user.
    fn advice(&self, context: &MessageContext) -> impl Iterator<Item = &'static str> {
        const SECOND_CREATE: &str = "A second create makes a second session.";
        let has_session = !matches!(context.operation, Operation::CreateSession | Operation::ListSessions);
        let poll = context.operation == Operation::PollSession;
        let (first, second) = match &self.kind {
            ErrorKind::Aborted(Sent::MayHaveArrived)
            | ErrorKind::Timeout { .. }
            | ErrorKind::RetryAfterTooLong { .. }
                if poll =>
            {
                (CONTINUES, "")
            }
            ErrorKind::Aborted(Sent::MayHaveArrived) | ErrorKind::Timeout { sent: Sent::MayHaveArrived, .. } => {
                match context.operation.spec().repeat {
                    Repeat::CreatesSession => ("The session may have been created all the same.", ""),
                    Repeat::CreatesPrompt => ("The prompt may have been sent all the same.", ""),
                    Repeat::Safe => ("", ""),
                }
            }
            ErrorKind::RetryAfterTooLong { .. } => ("Try again later, or with a longer timeoutMs.", ""),
            ErrorKind::Lost { status: None, is_unsent: false, .. } if context.is_cross_origin => (
                "The address is on another origin than the page: its server must allow that by CORS.",
                "Use a proxy on the page's own origin (aiera-chat/proxy) and set baseUrl to it.",
            ),
            ErrorKind::Http { by_proxy: true, status: 401 | 403, .. } => {
                ("The proxy refused the request: check its allowedOrigins and authorize options.", "")
            }
            ErrorKind::Http { status: 401 | 403, .. } if context.has_key => {
                ("Check the API key: a missing or wrong key is answered with 401 or 403.", "")
            }
            ErrorKind::Http { status: 401 | 403, .. } => {
                ("The API key is missing: pass apiKey, or set baseUrl to a proxy that adds it.", "")
            }
            ErrorKind::Http { status: 404, .. } if has_session => {
                ("Check the session's id, and that baseUrl is the API's.", "")
            }
            ErrorKind::Http { status: 404 | 405, .. } => ("Check that baseUrl is the API's.", ""),
            ErrorKind::Http { status: 429, .. } => ("Send fewer requests, or try later.", ""),
            ErrorKind::Http { status: 408 | 425 | 500..=599, .. } => ("Try again later.", ""),
            ErrorKind::Redirected { .. } => {
                ("Redirects are not followed, since the key would go along: set baseUrl to the address of the API.", "")
            }
            ErrorKind::Decode { reason: DecodeReason::Html, .. } => {
                ("Check baseUrl, and whether the proxy is mounted there.", "")
            }
            ErrorKind::SessionFailed(SessionStatus::Deleted) => ("", ""),
            ErrorKind::SessionFailed(SessionStatus::FindingSourcesError) => ("Ask again, or with other sources.", ""),
            ErrorKind::SessionFailed(_) | ErrorKind::NoAnswer => ("Ask again.", ""),
            ErrorKind::OutcomeUnknown => match context.operation.spec().repeat {
                Repeat::CreatesPrompt => ("Get the session and look for the prompt before you send it again.", ""),
                _ => ("Look for the session with listSessions before you create it again.", SECOND_CREATE),
            },
            _ => ("", ""),
        };
        [first, second].into_iter().filter(|sentence| !sentence.is_empty())
    }
}

const CONTINUES: &str = "The session continues: poll it again to get its response.";

fn no_response_within(option: &str, limit_ms: f64) -> String {
    ["No complete response within ", option, " (", &whole(limit_ms), " ms)."].concat()
}

fn http(status: u16) -> String {
    match status {
        0 => "HTTP redirect".into(),
        status => ["HTTP ", &decimal(status.into())].concat(),
    }
}

/// Whole milliseconds in decimal. The formatting of floats is 17 KB of code.
fn whole(ms: f64) -> String {
    decimal(ms.round() as u64)
}

/// Joins the parts to a sentence, whose last part may already end with a period.
fn sentence(parts: &[&str]) -> String {
    let mut sentence = parts.concat();
    if !sentence.ends_with(['.', '!', '?', '\u{2026}']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests;
