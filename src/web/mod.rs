//! Carries out what the core decides: `fetch`, timers, abort signals, the page, and the conversion of values. Decides
//! nothing itself.
//!
//! A call walks through it once each way: `exports` → `args` → `running`, which drives a `core::call::Call`, sends
//! requests with `exchange`, and answers through `errors` and the waiter's callbacks.

mod args;
mod clock;
mod errors;
mod exchange;
mod exports;
mod js;
mod page;
mod running;
