//! Drives a call in virtual time. Every step of every test checks the invariants of all calls.

use std::cell::RefCell;
use std::rc::Rc;

use aiera_chat::core::call::{self, Action, Call, CallConfig};
use aiera_chat::core::decision;
use aiera_chat::core::error::{Cause, ErrorKind, Failure};
use aiera_chat::core::notification::{CallError, NotificationKind, PollEvent, Reason, Success, WaiterId};
use aiera_chat::core::operation::Operation;
use aiera_chat::core::options::CallOptions;
use aiera_chat::core::pause::PageState;
use aiera_chat::core::response::{Body, DecodeReason, Head, Response, ResponseDetails, Session};
use aiera_chat::core::schedule::History;
use aiera_chat::core::session_id::SessionId;
use aiera_chat::core::session_status::SessionStatus;
use aiera_chat::core::turn::{Message, Turn};
use aiera_chat::core::waiter::NewWaiter;

/// The payload of a session is the name of its status.
pub type Payload = &'static str;
/// An error of the platform, or the reason of an abort.
pub type PlatformError = &'static str;
pub type Input = call::Input<Payload, PlatformError>;
pub type Outcome = decision::Outcome<Payload, PlatformError>;
pub type Settled = Result<Success<Payload>, CallError<Payload, PlatformError>>;
pub type Event = PollEvent<Payload, PlatformError>;

/// The operations that are sent once.
pub const ONCE: [Operation; 2] = [Operation::CreateSession, Operation::SendPrompt];
/// The operations that may be repeated.
pub const REPEATABLE: [Operation; 6] = [
    Operation::PollSession,
    Operation::GetSession,
    Operation::ListSessions,
    Operation::UpdateSession,
    Operation::DeleteSession,
    Operation::ClearSources,
];

/// The duration of an exchange.
pub const EXCHANGE_MS: f64 = 40.0;
/// The session that every waiter passes.
pub const PASSED_IN: &str = "passed in";
/// The error of a lost connection.
pub const RESET: &str = "connection reset";

/// The id of the session of all calls.
pub fn id() -> SessionId {
    SessionId::from_number(2_229.0).unwrap()
}

// ---- Outcomes ----

fn response(status: u16, retry_after_ms: Option<f64>, body: Body<Payload>) -> Outcome {
    Outcome::Response(Response { status, retry_after_ms, body })
}

/// A changed session with this status.
pub fn session(status: &'static str) -> Outcome {
    session_with(status, &[])
}

/// A session with this status and these messages.
pub fn session_with(status: &'static str, messages: &[Message]) -> Outcome {
    let body = Session {
        id: id(),
        status: SessionStatus::parse(status),
        is_changed: true,
        messages: Rc::from(messages),
        value: status,
    };
    response(200, None, Body::Session(body))
}

/// The same outcome, with an unchanged session.
pub fn unchanged(mut outcome: Outcome) -> Outcome {
    if let Outcome::Response(Response { body: Body::Session(session), .. }) = &mut outcome {
        session.is_changed = false;
    }
    outcome
}

/// The same outcome, with a response that asks for a pause.
pub fn after_pause(ms: f64, mut outcome: Outcome) -> Outcome {
    if let Outcome::Response(response) = &mut outcome {
        response.retry_after_ms = Some(ms);
    }
    outcome
}

/// A session with another id.
pub fn other_session() -> Outcome {
    let mut outcome = session("active");
    if let Outcome::Response(Response { body: Body::Session(session), .. }) = &mut outcome {
        session.id = SessionId::from_number(7.0).unwrap();
    }
    outcome
}

/// An unsuccessful response, or a success without the payload.
pub fn bad_response(status: u16) -> Outcome {
    let decode_reason = (200..300).contains(&status).then_some(DecodeReason::NotJson);
    let details = ResponseDetails { decode_reason, ..ResponseDetails::default() };
    response(status, None, Body::Other(Rc::new(details)))
}

/// A success with a payload that is not a session.
pub fn payload(name: &'static str) -> Outcome {
    response(200, None, Body::Payload(Some(name)))
}

/// A success without a payload.
pub fn confirmation() -> Outcome {
    response(200, None, Body::Payload(None))
}

/// A request without a response.
pub fn lost() -> Outcome {
    Outcome::Lost { is_unsent: false, status: None, description: RESET.into(), error: RESET }
}

/// A request that never left.
pub fn unsent() -> Outcome {
    Outcome::Lost { is_unsent: true, status: None, description: "connection refused".into(), error: "ECONNREFUSED" }
}

/// A response without its body.
pub fn body_lost() -> Outcome {
    Outcome::Lost { is_unsent: false, status: Some(200), description: RESET.into(), error: RESET }
}

/// The success of an operation.
pub fn success(operation: Operation) -> Outcome {
    match operation {
        Operation::SendPrompt => payload("message"),
        Operation::ListSessions => payload("page"),
        Operation::DeleteSession => confirmation(),
        _ => session("active"),
    }
}

/// Whether the server may have processed a request with this outcome. Does not use the tables of the core.
pub fn may_have_been_processed(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::NoKey(..) | Outcome::NoFetch => false,
        Outcome::NotAResponse(_) | Outcome::ControlFlow(..) => true,
        Outcome::Lost { is_unsent, .. } => !is_unsent,
        Outcome::Response(Response { status: 501 | 505 | 506 | 510 | 511, .. }) => false,
        Outcome::Response(Response { status, .. }) => matches!(status, 200..=299 | 500..=599),
    }
}

// ---- Waiters ----

/// The default options of an operation, with events.
pub fn options(operation: Operation) -> CallOptions {
    CallOptions { wants_events: true, ..CallOptions::new(operation) }
}

/// The default options of a poll, with events.
pub fn poll_options() -> CallOptions {
    options(Operation::PollSession)
}

/// A waiter with all its notifications.
pub struct Record {
    pub started_at: f64,
    pub deadline: f64,
    /// The number of exchanges.
    pub attempts: u32,
    pub updates: Vec<Payload>,
    pub events: Vec<Event>,
    pub result: Option<Settled>,
}

// ---- The world ----

/// A call with its clock. A waiter's id is its index in the records.
pub struct World {
    pub config: CallConfig,
    pub call: Call<Payload, PlatformError>,
    pub history: Rc<RefCell<History>>,
    pub now: f64,
    /// A request is being prepared, or is in flight.
    pub is_sending: bool,
    pub is_in_flight: bool,
    pub sleeping_until: f64,
    /// The times at which requests left.
    pub sent_at: Vec<f64>,
    pub key_refreshes: u32,
    pub records: Vec<Record>,
    /// The head of an error response that is in flight.
    pub error_head: Option<Head>,
    /// The server may have processed a request of this call.
    pub may_have_been_processed: bool,
}

impl World {
    pub fn new(operation: Operation, can_refresh_key: bool, page: PageState) -> World {
        let needs_session = !matches!(operation, Operation::CreateSession | Operation::ListSessions);
        let config = CallConfig { operation, session: needs_session.then(id), can_refresh_key };
        let history = Rc::default();
        World {
            config,
            call: Call::new(config, Rc::clone(&history), page, 0.0),
            history,
            now: 0.0,
            is_sending: false,
            is_in_flight: false,
            sleeping_until: 0.0,
            sent_at: Vec::new(),
            key_refreshes: 0,
            records: Vec::new(),
            error_head: None,
            may_have_been_processed: false,
        }
    }

    /// A poll without waiters.
    pub fn poll() -> World {
        World::new(Operation::PollSession, false, PageState::default())
    }

    /// A call with one waiter with the default options.
    pub fn of(operation: Operation) -> World {
        World::with(operation, options(operation))
    }

    /// A call with one waiter.
    pub fn with(operation: Operation, options: CallOptions) -> World {
        let mut world = World::new(operation, false, PageState::default());
        world.join(options);
        world
    }

    /// A call with one waiter and a key provider.
    pub fn with_key_provider(operation: Operation, options: CallOptions) -> World {
        let mut world = World::new(operation, true, PageState::default());
        world.join(options);
        world
    }

    /// Adds a waiter whose call starts now.
    pub fn join(&mut self, options: CallOptions) -> WaiterId {
        self.join_started_at(self.now, options)
    }

    /// Adds a waiter whose call started at another time, for example while the module was loading.
    pub fn join_started_at(&mut self, started_at: f64, options: CallOptions) -> WaiterId {
        let waiter = self.records.len() as WaiterId;
        let turn = Turn::new(options.prompt_id);
        self.join_as(NewWaiter { id: waiter, options, started_at, attempts: 0, turn, last_session: Some(PASSED_IN) })
    }

    /// Adds a waiter for the response to a prompt.
    pub fn join_for_prompt(&mut self, prompt_id: u64) -> WaiterId {
        self.join(CallOptions { prompt_id: Some(prompt_id), ..poll_options() })
    }

    pub fn join_as(&mut self, new: NewWaiter<Payload>) -> WaiterId {
        self.join_with(new, Input::Tick)
    }

    /// Adds a waiter whose signal was aborted before its call.
    pub fn join_aborted(&mut self, reason: PlatformError) -> WaiterId {
        let (id, options) = (self.records.len() as WaiterId, poll_options());
        let turn = Turn::new(None);
        let new = NewWaiter { id, options, started_at: self.now, attempts: 0, turn, last_session: Some(PASSED_IN) };
        self.join_with(new, Input::Abort(id, reason))
    }

    /// Adds a waiter. `input` follows at once.
    fn join_with(&mut self, new: NewWaiter<Payload>, input: Input) -> WaiterId {
        let id = new.id;
        assert_eq!(id as usize, self.records.len(), "a waiter's id is its index");
        self.records.push(Record {
            started_at: new.started_at,
            deadline: new.started_at + new.options.timeout_ms,
            attempts: new.attempts + u32::from(self.is_in_flight),
            updates: Vec::new(),
            events: Vec::new(),
            result: None,
        });
        self.call.join(new);
        self.step(input);
        id
    }

    fn open(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| record.result.is_none())
    }

    /// Passes an input to the call, and checks the action.
    pub fn step(&mut self, input: Input) {
        match &input {
            Input::Sent if self.is_sending && !self.is_in_flight => {
                // Nothing is sent for a call past its deadline.
                let now = self.now;
                let open = self.records.iter_mut().filter(|record| record.result.is_none() && now < record.deadline);
                self.is_in_flight = open.map(|record| record.attempts += 1).count() > 0;
                self.sent_at.extend(self.is_in_flight.then_some(now));
            }
            Input::Outcome(outcome) if self.is_sending => {
                self.may_have_been_processed |= self.is_in_flight && may_have_been_processed(outcome);
                (self.is_sending, self.is_in_flight, self.error_head) = (false, false, None);
            }
            _ => {}
        }
        if let (true, Input::ErrorHead(head)) = (self.is_in_flight, &input) {
            self.error_head = Some(*head);
        }
        let action = self.call.step(input, self.now, 0.5);
        let goes_on = self.call.is_exchanging() && !matches!(action, Action::Send { .. });
        if self.is_in_flight && !goes_on {
            // The request is cancelled, perhaps after its status has arrived.
            let status = self.error_head.take().map(|head| Outcome::Response(head.into()));
            self.may_have_been_processed |= status.as_ref().is_none_or(may_have_been_processed);
        }
        (self.is_sending, self.is_in_flight) = (self.is_sending && goes_on, self.is_in_flight && goes_on);
        self.check_action(action);
        self.deliver();
        for record in self.open() {
            assert!(
                self.now < record.deadline,
                "a call is open at {}, past its deadline {}",
                self.now,
                record.deadline
            );
        }
        assert_eq!(self.call.is_over(), self.open().next().is_none(), "a call is over when its last waiter is settled");
    }

    fn check_action(&mut self, action: Action) {
        match action {
            Action::Send { refresh_key, deadline } => {
                assert!(!self.is_sending, "a request is sent while another one is in flight");
                assert!(deadline > self.now, "a request is sent at {}, past the deadline {deadline}", self.now);
                let is_repeatable = !ONCE.contains(&self.config.operation);
                assert!(is_repeatable || !self.may_have_been_processed, "a second create or prompt is sent");
                self.is_sending = true;
                self.key_refreshes += u32::from(refresh_key);
                self.sleeping_until = deadline;
            }
            Action::Sleep { until } => {
                assert!(until > self.now, "the call sleeps until {until} at {}", self.now);
                self.sleeping_until = until;
            }
            Action::Stop => {
                assert!(self.call.is_over(), "a call stops before it is over");
                self.sleeping_until = f64::INFINITY;
            }
        }
    }

    /// Delivers all notifications, and checks each.
    pub fn deliver(&mut self) {
        while let Some(notification) = self.call.next_notification() {
            let record = &mut self.records[notification.waiter as usize];
            assert!(record.result.is_none(), "a waiter is notified after its call was settled");
            match notification.kind {
                NotificationKind::Update(session) => record.updates.push(session),
                NotificationKind::Event(event) => {
                    assert_eq!(event.attempt, record.attempts, "an event counts the exchanges of its waiter");
                    assert_eq!(event.elapsed_ms, self.now - record.started_at);
                    assert!(event.next_delay_ms.is_none_or(|ms| ms.is_finite() && ms >= 0.0), "{event:?}");
                    assert!(event.reason != Reason::Done || event.next_delay_ms.is_none(), "{event:?}");
                    record.events.push(event);
                }
                NotificationKind::Settle(result) => {
                    let attempts = match &result {
                        Ok(success) => success.attempts,
                        Err(error) => {
                            assert_eq!(error.elapsed_ms, self.now - record.started_at);
                            error.attempts
                        }
                    };
                    assert_eq!(attempts, record.attempts, "a result counts the exchanges of its waiter");
                    record.result = Some(result);
                }
            }
        }
    }

    // ---- Time ----

    /// Lets the next timer fire.
    pub fn sleep(&mut self) {
        assert!(self.sleeping_until.is_finite(), "the call sleeps forever");
        self.now = self.now.max(self.sleeping_until);
        self.step(Input::Tick);
    }

    /// Lets time pass until a request is being prepared, or the call is over.
    pub fn run(&mut self) {
        while !self.is_sending && !self.call.is_over() {
            self.sleep();
        }
    }

    /// Lets time pass without events other than timers.
    pub fn pass(&mut self, ms: f64) {
        let until = self.now + ms;
        while self.sleeping_until <= until && !self.is_sending && !self.call.is_over() {
            self.sleep();
        }
        self.now = until;
    }

    /// Lets the next request leave.
    pub fn send(&mut self) {
        self.run();
        assert!(self.is_sending, "the call ended as {:?}", self.records.last().map(|record| &record.result));
        self.step(Input::Sent);
    }

    /// Lets the next request leave, and ends its exchange.
    pub fn exchange(&mut self, outcome: Outcome) {
        self.send();
        self.now += EXCHANGE_MS;
        self.step(Input::Outcome(outcome));
    }

    /// Sends the next request; the head of an error response arrives, and its body does not.
    pub fn send_error_head(&mut self, status: u16) {
        self.send();
        self.now += EXCHANGE_MS;
        self.step(Input::ErrorHead(Head { status, retry_after_ms: None }));
    }

    /// The length of the pause that starts now. The request after it has not left yet.
    pub fn pause(&mut self) -> f64 {
        let since = self.now;
        self.run();
        assert!(self.is_sending, "the call ended in the pause");
        self.now - since
    }

    pub fn change_page(&mut self, is_hidden: bool, is_offline: bool) {
        self.step(Input::PageChanged(PageState { is_hidden, is_offline }));
    }

    // ---- Results ----

    /// The error of a waiter.
    pub fn error_of(&self, waiter: WaiterId) -> &CallError<Payload, PlatformError> {
        match &self.records[waiter as usize].result {
            Some(Err(error)) => error,
            other => panic!("expected an error, got {other:?}"),
        }
    }

    /// The error of the only waiter.
    pub fn error(&self) -> &CallError<Payload, PlatformError> {
        assert_eq!(self.records.len(), 1);
        self.error_of(0)
    }

    /// The kind of the only waiter's error.
    pub fn kind(&self) -> &ErrorKind {
        &self.error().failure.kind
    }

    /// The code of a waiter's error; `None` while it waits, and if it succeeded.
    pub fn code_of(&self, waiter: WaiterId) -> Option<&'static str> {
        match &self.records[waiter as usize].result {
            Some(Err(error)) => Some(error.failure.kind.code(self.config.operation)),
            _ => None,
        }
    }

    /// The codes of the only waiter's error and of its cause: "platform" for an error of the platform.
    pub fn codes(&self) -> (&'static str, Option<&'static str>) {
        let failure: &Failure<_> = &self.error().failure;
        let code = |failure: &Failure<_>| failure.kind.code(self.config.operation);
        let cause = failure.cause.as_ref().map(|cause| match cause {
            Cause::Platform(_) => "platform",
            Cause::Failure(cause) => code(cause),
        });
        (code(failure), cause)
    }

    /// Whether the only waiter's error may be retried.
    pub fn is_retryable(&self) -> bool {
        self.kind().is_retryable(self.config.operation)
    }

    /// The payload of a waiter's successful call; `None` while it waits.
    pub fn payload_of(&self, waiter: WaiterId) -> Option<Payload> {
        match &self.records[waiter as usize].result {
            Some(Ok(success)) => success.payload,
            Some(Err(error)) => panic!("{error:?}"),
            None => None,
        }
    }

    /// Whether a waiter's call is not settled.
    pub fn is_open(&self, waiter: WaiterId) -> bool {
        self.records[waiter as usize].result.is_none()
    }

    /// Whether all waiters succeeded.
    pub fn has_succeeded(&self) -> bool {
        self.records.iter().all(|record| matches!(record.result, Some(Ok(_))))
    }

    /// The number of requests that left.
    pub fn requests(&self) -> usize {
        self.sent_at.len()
    }
}
