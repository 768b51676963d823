//! The curves of the core, computed by WebAssembly. Rules: 2, 6.

use aiera_chat::core::backoff;
use aiera_chat::core::schedule::{self, History, Situation, Stage};
use js_sys::Math;
use wasm_bindgen_test::wasm_bindgen_test;

const STAGES: [Stage; 3] = [Stage::FindingSources, Stage::Generating, Stage::Other];

/// A random number, often one at an edge of the range.
fn any() -> f64 {
    const EDGES: [f64; 10] =
        [0.0, -0.0, -1.0, 1.0, f64::MIN_POSITIVE, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let choice = Math::random() * EDGES.len() as f64 * 2.0;
    EDGES.get(choice as usize).copied().unwrap_or_else(|| 10_f64.powf(Math::random() * 12.0 - 3.0))
}

#[wasm_bindgen_test]
fn the_pause_between_polls_stays_within_its_bounds_for_all_numbers() {
    for round in 0..3_000 {
        let mut history = History::default();
        for _ in 0..round % 40 {
            history.record(any(), Some(any()).filter(|_| Math::random() < 0.8));
        }
        let stage = STAGES[round % STAGES.len()];
        let situation = Situation { elapsed_ms: any(), stage, in_stage_ms: any(), min_ms: any(), max_ms: any() };
        let pause = schedule::pause(&situation, &history, Math::random());
        assert!(pause.is_finite() && pause >= 1.0, "{pause} {situation:?} {history:?}");
        let Situation { min_ms: min, max_ms: max, .. } = situation;
        if min >= 1.0 && min.is_finite() {
            assert!(pause >= min, "{pause} {situation:?} {history:?}");
            assert!(pause <= max || max < min || max.is_nan(), "{pause} {situation:?} {history:?}");
        }
    }
}

#[wasm_bindgen_test]
fn the_backoff_doubles_within_its_bounds() {
    for failures in (1..200).chain([u32::MAX - 1, u32::MAX]) {
        for _ in 0..20 {
            let interval = 1.0 + Math::random() * 1e6;
            let longest = interval * (1.0 + Math::random() * 1e3);
            let pause = backoff::pause(failures, interval, longest, Math::random());
            assert!(pause >= interval && pause <= longest * 2.0, "{pause} {failures} {interval} {longest}");
            let exponent = failures.saturating_sub(1).min(1_000) as i32;
            let middle = (interval * 2_f64.powi(exponent)).min(longest * 2.0);
            assert!(pause >= middle * 0.799 && pause <= middle * 1.201, "{pause} {failures} {interval} {longest}");
        }
    }
}
