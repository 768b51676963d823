//! The module's exported client, on Node and in browsers, with a fetch that replies by a script. Timers and listeners are
//! counted; nothing else is faked. `scripts/lib/wasm-tests.mjs` runs these tests.

#![cfg(target_arch = "wasm32")]
// A test may panic; the library may not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod aborts;
mod arguments;
mod asks;
mod callbacks;
mod core;
mod deadlines;
mod errors;
mod polls;
mod requests;
mod rig;
mod waiters;
