//! Asks Aiera's financial-research assistant a question and waits for its answer.
//!
//! Two layers: [`core`] holds the rules, and `web` carries them out in WebAssembly.
//!
//! ```text
//! pkg-template/src/client.js    the public class: takes a snapshot of the arguments, loads the module, forwards
//!   web::exports                the module's only export: the operations as promises
//!     web::args                 JavaScript values -> core::options
//!     web::client               the calls in progress
//!       web::driver             one call: runs core::call::Call with fetch, timers, signals and callbacks
//!         core::call            the state machine: step(input, now, jitter) -> Action
//!         web::fetch            one request -> core::response
//!     web::errors               errors and events as JavaScript objects
//! ```
//!
//! A module uses only modules below it, but a driver also refers to its client. [`core`] has the numbered rules and the
//! glossary; [`core::call`] has an example of the run loop.

pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod web;
