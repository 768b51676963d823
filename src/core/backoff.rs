//! The pause after a failed exchange: exponential, jittered, bounded (rule 2).

/// Milliseconds to wait after the `failures`-th failure in a row (from 1): `interval_ms` doubled each time, at most twice
/// `max_interval_ms`, with a jitter of a fifth either way within those bounds. `jitter` is in `[0, 1)`.
pub fn pause(failures: u32, interval_ms: f64, max_interval_ms: f64, jitter: f64) -> f64 {
    let longest = max_interval_ms * 2.0;
    let exponent = i32::try_from(failures.saturating_sub(1)).unwrap_or(i32::MAX).min(1_000);
    let middle = (interval_ms * power_of_two(exponent)).min(longest);
    let from = (middle * 0.8).max(interval_ms);
    let to = (middle * 1.2).min(longest).max(from);
    // Not `clamp`: it can panic, which would link the formatting of floats into the module.
    (from + (to - from) * jitter).min(longest).max(interval_ms)
}

/// `2^n` for `n` from 0. `powi` would link its own code into the module.
fn power_of_two(n: i32) -> f64 {
    let mut power = 1.0;
    for _ in 0..n {
        power *= 2.0;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pause_doubles_from_the_interval_up_to_twice_the_longest_interval() {
        let middle = |failures| pause(failures, 500.0, 5_000.0, 0.5);
        assert_eq!(pause(1, 500.0, 5_000.0, 0.0), 500.0);
        assert_eq!(middle(1), 550.0);
        assert_eq!(middle(2), 1_000.0);
        assert_eq!(middle(3), 2_000.0);
        assert_eq!(middle(4), 4_000.0);
        assert_eq!(middle(5), 8_000.0);
        assert_eq!(middle(6), 9_000.0);
        assert_eq!(middle(u32::MAX), 9_000.0);
    }

    proptest! {
        #[test]
        fn a_pause_stays_within_its_bounds_and_its_jitter_within_a_fifth(
            failures in 1u32..,
            interval in 1.0..1e9f64,
            more in 1.0..1e3f64,
            jitter in 0.0..1.0f64,
        ) {
            let longest = interval * more;
            let pause = pause(failures, interval, longest, jitter);
            prop_assert!(pause >= interval && pause <= longest * 2.0);
            let middle = (interval * 2f64.powi((failures - 1).min(1_000) as i32)).min(longest * 2.0);
            prop_assert!(pause >= middle * 0.799 && pause <= middle * 1.201);
        }
    }
}
