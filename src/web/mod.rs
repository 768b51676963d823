//! Carries out the decisions of the core: requests, timers, signals, the page, and the conversion of values.
//!
//! A call passes through `exports` (promises), `args` (JavaScript values to `core::options`), `client` (the calls in progress)
//! and `driver`, which runs a `core::call::Call` with `fetch`, `clock` and `listeners`. Errors and events leave through
//! `errors`: `details`, `headers` and `platform_error` read what they carry, and `redactor` removes the key from it.

mod args;
mod caller;
mod client;
mod clock;
mod details;
mod driver;
mod errors;
pub mod exports;
mod fetch;
mod headers;
mod js;
mod listeners;
mod page;
mod platform_error;
mod redactor;
mod snapshot;
mod wait;

/// Smaller than the standard library's allocator by 3 KB of compressed module.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
