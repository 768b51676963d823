//! What to do: the rules of the client, with no JavaScript types, no clock, no randomness and no I/O.
//!
//! [`call::Call`] is the heart: a create or a wait as a state machine that is told what happened and says what to do
//! next. The other modules are the tables and rules that it walks through; `crate::web` carries its actions out.

pub mod answer;
pub mod backoff;
pub mod call;
pub mod failure;
pub mod http;
pub mod schedule;
pub mod status;
