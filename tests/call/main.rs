//! Conversations with `core::call` in virtual time: one file for each topic, and random conversations for the invariants of
//! all calls.

#![cfg(not(target_arch = "wasm32"))]
// A test may panic; the library may not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod abort;
mod deadline;
mod notifications;
mod page;
mod property;
mod repeat;
mod retries;
mod retry_after;
mod turns;
mod waiters;
mod world;
