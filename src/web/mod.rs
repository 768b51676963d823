//! Carries out what the core decides: requests, timers, abort signals, the page, and the conversion of values. Decides
//! nothing itself.
//!
//! A call walks through it once each way: `exports` → `running`, which drives a `core::call::Call`, has exchanges made,
//! and tells the waiters what `errors` puts into words that JavaScript knows.

mod clock;
mod errors;
mod exchange;
pub mod exports;
pub mod js;
mod running;

/// Smaller than the standard library's, and frees all the same.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
