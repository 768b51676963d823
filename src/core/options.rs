//! The tables of options and parameters, their defaults, and the rules for their values.
//!
//! Reading them out of JavaScript objects is left to `crate::web`.

use super::{ident, names};

/// A client's options.
pub const CLIENT: &[&str] = &[
    "apiKey",
    "baseUrl",
    "fetch",
    "headers",
    "credentials",
    "requestTimeoutMs",
    "maxRetries",
    "dangerouslyAllowBrowser",
];

/// The options of a create.
pub const CREATE: &[&str] = &["signal", "timeoutMs", "requestTimeoutMs", "maxRetries", "headers"];

/// The options of a poll.
pub const POLL: &[&str] = &[
    "signal",
    "timeoutMs",
    "requestTimeoutMs",
    "maxRetries",
    "headers",
    "intervalMs",
    "maxIntervalMs",
    "onUpdate",
    "onPoll",
];

/// The parameters of a create.
pub const PARAMS: &[&str] = &["title", "prompt", "sources", "extraBody"];

/// The values of `credentials`, as in `fetch`.
pub const CREDENTIALS: &[&str] = &["omit", "same-origin", "include"];

/// One HTTP exchange, its body included.
pub const REQUEST_TIMEOUT_MS: f64 = 30_000.0;
/// Failures in a row that a call survives.
pub const MAX_RETRIES: u32 = 6;
/// A whole create.
pub const CREATE_TIMEOUT_MS: f64 = 60_000.0;
/// A whole wait.
pub const POLL_TIMEOUT_MS: f64 = 600_000.0;
/// The shortest pause between two polls.
pub const INTERVAL_MS: f64 = 500.0;
/// The longest.
pub const MAX_INTERVAL_MS: f64 = 5_000.0;

/// What a name that no table holds is answered with.
pub fn unknown(argument: &str, name: &str, known: &[&str]) -> String {
    let shown = super::redact::cut(name, 40);
    let mut message = ["\"", shown, "\" is not known in ", argument, "."].concat();
    match names::nearest(name, known) {
        Some(near) => message = [&message, " Did you mean \"", near, "\"?"].concat(),
        None => message = [&message, " Known are: ", &known.join(", "), "."].concat(),
    }
    message
}

/// Whether `ms` may be a time: a finite number of at least 1; `Infinity` too where `endless`.
pub fn is_time(ms: f64, endless: bool) -> bool {
    ms >= 1.0 && (endless || ms.is_finite())
}

/// `maxRetries` from a number: an integer from 0.
pub fn retries(n: f64) -> Option<u32> {
    // A count above u32::MAX is as good as u32::MAX: no wait lasts that long.
    (n >= 0.0 && n.is_finite() && n % 1.0 == 0.0).then_some(n as u32)
}

/// The shortest and the longest pause, from what was asked for: one alone moves the other's default with it.
///
/// # Errors
/// Two that contradict each other; the whole message.
pub fn pace(interval: Option<f64>, longest: Option<f64>) -> Result<(f64, f64), String> {
    match (interval, longest) {
        (Some(interval), Some(longest)) if interval > longest => {
            let mut message = String::from("intervalMs must be at most maxIntervalMs, but ");
            ident::push_decimal(&mut message, interval as u64);
            message.push_str(" is more than ");
            ident::push_decimal(&mut message, longest as u64);
            message.push('.');
            Err(message)
        }
        (Some(interval), Some(longest)) => Ok((interval, longest)),
        (Some(interval), None) => Ok((interval, MAX_INTERVAL_MS.max(interval))),
        (None, Some(longest)) => Ok((INTERVAL_MS.min(longest), longest)),
        (None, None) => Ok((INTERVAL_MS, MAX_INTERVAL_MS)),
    }
}

/// A key as it goes into a header: white space around it dropped, as `Headers` does. `None` where it is blank, or holds
/// what a header cannot.
pub fn header_key(key: &str) -> Option<&str> {
    let key = key.trim_matches(['\t', '\n', '\r', ' ']);
    let fits = |c: char| matches!(c, '\t' | ' '..='~' | '\u{80}'..='\u{ff}');
    (!key.trim().is_empty() && key.chars().all(fits)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_or_with_all() {
        let message = unknown("options", "intervalMS", POLL);
        assert!(message.contains("\"intervalMS\"") && message.contains("\"intervalMs\"?"), "{message}");
        let message = unknown("params", "zzzzzzzzzzzz", PARAMS);
        assert!(message.contains("title, prompt, sources, extraBody"), "{message}");
    }

    #[test]
    fn times_and_counts() {
        for ms in [1.0, 1.5, 1e300] {
            assert!(is_time(ms, false) && is_time(ms, true));
        }
        for ms in [0.0, 0.999, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert!(!is_time(ms, false) && !is_time(ms, true));
        }
        assert!(is_time(f64::INFINITY, true) && !is_time(f64::INFINITY, false));
        for (n, expected) in [(0.0, Some(0)), (6.0, Some(6)), (1e12, Some(u32::MAX)), (0.5, None), (-1.0, None)] {
            assert_eq!(retries(n), expected);
        }
        assert_eq!(retries(f64::NAN), None);
        assert_eq!(retries(f64::INFINITY), None);
    }

    #[test]
    fn a_pace_is_never_turned_round() {
        assert_eq!(pace(None, None), Ok((500.0, 5_000.0)));
        assert_eq!(pace(Some(9_000.0), None), Ok((9_000.0, 9_000.0)));
        assert_eq!(pace(None, Some(100.0)), Ok((100.0, 100.0)));
        assert_eq!(pace(Some(7.0), Some(7.0)), Ok((7.0, 7.0)));
        assert!(pace(Some(2_000.0), Some(1_000.0)).is_err());
    }

    #[test]
    fn keys_are_what_a_header_can_hold() {
        assert_eq!(header_key(" k\u{e9}y 1\n"), Some("k\u{e9}y 1"));
        for key in ["", " ", "\u{a0}", "a\nb", "a\0b", "\u{20ac}", "a\u{7f}"] {
            assert_eq!(header_key(key), None, "{key:?}");
        }
    }
}
