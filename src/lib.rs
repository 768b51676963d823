//! Asks Aiera's financial-research assistant a question and waits for its answer.
//!
//! [`core`] holds the rules and knows nothing of JavaScript; `web` carries them out over `fetch` and exports them. The
//! npm package that wraps both is put together from `pkg-template`.

pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod web;
