//! The rules of the client. Nothing here knows JavaScript, a clock, randomness or I/O.
//!
//! # Rules
//!
//! Each rule has a number; the header of each test file names the rules that it tests.
//!
//! 1. **A create or a prompt is sent once.** It is sent a second time only if the server certainly refused it unprocessed:
//!    after a 429, and once after a 401 or 403 with a fresh key. Otherwise its outcome is unknown, and the caller decides.
//!    [`decision::decide`] makes the decision; [`operation::Repeat`] names the operations concerned;
//!    [`unsent::PlatformError::never_left`] recognizes requests that never left. Tests: `tests/call/repeat.rs`.
//! 2. **Every other call survives** lost connections, stalled bodies, 408, 425, 429, 500, 502, 503, 504 and bodies that are not the
//!    payload, up to `maxRetries` failures in a row. The pause is [`backoff::pause`]. A 401 or 403 is retried at once with a
//!    fresh key, once a call; it does not count in `maxRetries`. The status of an error response decides even if its body
//!    stalls: [`call::Input::ErrorHead`]. Tests: `tests/call/retries.rs`.
//! 3. **`Retry-After` is honored**, but never past the deadline: a longer pause ends the call at once. It is read by
//!    [`retry_after::parse`]. Tests: `tests/call/retry_after.rs`.
//! 4. **An abort takes effect at once**, in every state. An abort before the first request sends nothing:
//!    [`call::Input::Abort`]. Tests: `tests/call/abort.rs`.
//! 5. **Nothing is left after a call settles**: no request, no timer, no listener: [`call::Action::Stop`]. Calls that share a
//!    signal share one listener on it. Tests: `tests/wasm`, `tests/faults/cleanup.test.mjs`.
//! 6. **An unknown session status keeps the normal pace.** Nothing that a server sends makes a call spin, outlive its deadline, or
//!    panic: [`session_status::SessionStatus::Unknown`], [`schedule::pause`]. Tests: `tests/call/property.rs`.
//! 7. **Waiters on one session share one stream of requests**, each with its own signal, deadline, prompt and callbacks. The most
//!    eager sets the pace, a late one is notified of the latest session at once, the last to leave stops the stream:
//!    [`call::Call::join`]. Tests: `tests/call/waiters.rs`.
//! 8. **A hidden page polls at most every 30 s**, and at once when it is shown; an offline page does not poll until it is
//!    online. Neither counts as a failure: [`call::Input::PageChanged`]. Tests: `tests/call/page.rs`.
//! 9. **Callbacks, `fetch` and the key provider run in the async context of a call that they serve.** An exception of a
//!    callback is reported as an uncaught error: `web::driver`. Tests: `tests/wasm`.
//! 10. **A follow-up never resolves with the previous turn**: [`turn::Turn`]. Tests: `tests/call/turns.rs`.
//! 11. **The key goes to the base URL's origin only**, and is in no error, event or URL: [`base_url::check`]. Redirects are
//!     not followed, and `web::fetch` redacts every text of a response. Tests: `tests/faults/keys.test.mjs`.
//!
//! # Glossary
//!
//! - **operation**: one kind of API request, a row of [`operation`].
//! - **call**: one promise returned to a caller. A **waiter** is one of several calls that poll one session.
//! - **attempt** or **exchange**: one HTTP request with its response.
//! - **pause**: the time between two exchanges. **delay**: a length that the server asks for or that an event announces.
//! - **turn**: a prompt, the work on it, and its response.
//! - **settle**: to resolve or reject a caller's promise. A **notification** is a callback or the settlement.
//! - **key provider**: the `apiKey` function.

pub mod backoff;
pub mod base_url;
pub mod call;
pub mod decision;
pub mod error;
pub mod http_status;
pub mod names;
pub mod notification;
pub mod operation;
pub mod options;
pub mod pause;
pub mod request;
pub mod response;
pub mod retry_after;
pub mod schedule;
pub mod server_message;
pub mod session_id;
pub mod session_status;
pub mod text;
pub mod turn;
mod turn_clock;
pub mod unsent;
pub mod waiter;
