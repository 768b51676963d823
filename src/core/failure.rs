//! The one error that a call can end in: its codes, and what it carries.

/// The `code` of an error, as the contract's table lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The `apiKey` function gave no key.
    KeyUnavailable,
    /// The caller's signal.
    Aborted,
    /// `timeoutMs` or, under another error, `requestTimeoutMs` used up.
    Timeout,
    /// No complete answer.
    Network,
    /// An answer that is final.
    Http,
    /// An answer that points elsewhere.
    Redirected,
    /// An answer that is not a session, or another one.
    Decode,
    /// The session ended without an answer.
    SessionFailed,
    /// A create that may or may not have been carried out.
    CreateOutcomeUnknown,
}

impl Code {
    /// The code as JavaScript sees it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::KeyUnavailable => "key_unavailable",
            Code::Aborted => "aborted",
            Code::Timeout => "timeout",
            Code::Network => "network",
            Code::Http => "http",
            Code::Redirected => "redirected",
            Code::Decode => "decode",
            Code::SessionFailed => "session_failed",
            Code::CreateOutcomeUnknown => "create_outcome_unknown",
        }
    }
}

/// What was behind a failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause<V> {
    /// A value of the caller's or the platform's own.
    Value(V),
    /// Another failure of ours.
    Failure(Box<Failure<V>>),
}

/// Why a call failed. `V` is whatever the layer above keeps its values in: a session, a cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure<V> {
    /// Which row of the contract's table.
    pub code: Code,
    /// What happened and what to do, in the server's words where it gave any. Free of the key.
    pub message: String,
    /// The HTTP status of the answer that decided.
    pub status: Option<u16>,
    /// Milliseconds that the server asked to wait.
    pub retry_after: Option<f64>,
    /// The request's id at the server. Free of the key.
    pub request_id: Option<String>,
    /// The answer's body. Free of the key, at most 2 KiB.
    pub body: Option<String>,
    /// What was behind it.
    pub cause: Option<Cause<V>>,
    /// The session that was waited for, or created.
    pub session_id: Option<u64>,
    /// The last session seen, at first the one passed in.
    pub last_session: Option<V>,
    /// Exchanges made; absent where no call was running.
    pub attempts: Option<u32>,
    /// Milliseconds since the call began; absent where no call was running.
    pub elapsed: Option<f64>,
}

impl<V> Failure<V> {
    /// A failure with nothing but a code and a message.
    pub fn new(code: Code, message: String) -> Self {
        Failure {
            code,
            message,
            status: None,
            retry_after: None,
            request_id: None,
            body: None,
            cause: None,
            session_id: None,
            last_session: None,
            attempts: None,
            elapsed: None,
        }
    }
}
