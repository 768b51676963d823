//! Session ids: integers from 1 to 2^53 - 1, which is what a JavaScript number holds exactly.
//!
//! Which argument an id came from, and what to say about a wrong one, is left to the callers.

/// The largest id: the largest integer that a JavaScript number holds exactly.
const MAX: u64 = (1 << 53) - 1;

/// The id that a canonical decimal string stands for: digits alone, without sign, leading zeros or spaces.
pub fn parse_decimal(text: &str) -> Option<u64> {
    if text.starts_with('0') {
        return None;
    }
    let mut id = 0_u64;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        id = id * 10 + u64::from(byte - b'0');
        // Checked at every digit, so that the next one cannot overflow.
        if id > MAX {
            return None;
        }
    }
    (id > 0).then_some(id)
}

/// The id that a JavaScript number stands for.
pub fn from_number(n: f64) -> Option<u64> {
    // The cast saturates, and NaN becomes 0, which is no id either.
    let id = n as u64;
    ((1..=MAX).contains(&id) && id as f64 == n).then_some(id)
}

/// Writes `n` in decimal digits.
pub fn push_decimal(out: &mut String, n: u64) {
    if n > 9 {
        push_decimal(out, n / 10);
    }
    out.push(char::from(b'0' + (n % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(n: u64) -> String {
        let mut out = String::new();
        push_decimal(&mut out, n);
        out
    }

    #[test]
    fn only_canonical_decimals_are_ids() {
        assert_eq!(parse_decimal("1"), Some(1));
        assert_eq!(parse_decimal("12045"), Some(12_045));
        assert_eq!(parse_decimal("9007199254740991"), Some(MAX));
        let refused = [
            "",
            "0",
            "00",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "0x10",
            "1_000",
            "1n",
            "१",
            "NaN",
            "Infinity",
            "9007199254740992",
            "90071992547409910",
            "18446744073709551616",
            "99999999999999999999999999999999999999",
        ];
        for text in refused {
            assert_eq!(parse_decimal(text), None, "{text:?}");
        }
    }

    #[test]
    fn only_safe_positive_integers_are_ids() {
        assert_eq!(from_number(1.0), Some(1));
        assert_eq!(from_number(9_007_199_254_740_991.0), Some(MAX));
        let (nan, infinity) = (f64::NAN, f64::INFINITY);
        for n in
            [0.0, -0.0, -1.0, 0.5, 1.5, 9_007_199_254_740_992.0, 1e300, nan, infinity, -infinity, f64::MIN_POSITIVE]
        {
            assert_eq!(from_number(n), None, "{n}");
        }
    }

    #[test]
    fn digits_are_appended() {
        let mut out = String::from("/sessions/");
        push_decimal(&mut out, 120);
        assert_eq!(out, "/sessions/120");
        assert_eq!(written(0), "0");
        assert_eq!(written(u64::MAX), u64::MAX.to_string());
    }

    proptest! {
        #[test]
        fn written_and_read_back(n in 1..=MAX) {
            prop_assert_eq!(written(n), n.to_string());
            prop_assert_eq!(parse_decimal(&written(n)), Some(n));
            prop_assert_eq!(from_number(n as f64), Some(n));
        }

        #[test]
        fn whatever_is_accepted_is_canonical(text in "[0-9+. -]{0,20}") {
            if let Some(id) = parse_decimal(&text) {
                prop_assert_eq!(written(id), text);
                prop_assert!(id <= MAX);
            } else {
                prop_assert!(!text.parse().is_ok_and(|id: u64| (1..=MAX).contains(&id) && id.to_string() == text));
            }
        }

        #[test]
        fn any_number_is_refused_or_kept_exactly(n in any::<f64>()) {
            if let Some(id) = from_number(n) {
                prop_assert_eq!(id as f64, n);
            } else {
                prop_assert!(!(1.0..9_007_199_254_740_992.0).contains(&n) || n.fract() != 0.0);
            }
        }
    }
}
