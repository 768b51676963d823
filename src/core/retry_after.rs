//! How long a server asks to wait: `retry-after-ms` and `Retry-After`, in seconds or as a date.
//!
//! Whether such a wait fits is left to the callers. The dates are read here: a general parser for them is
//! several times as large.

/// The longest wait that is told: the largest integer that a JavaScript number holds exactly.
const LONGEST_MS: f64 = 9_007_199_254_740_991.0;

/// The milliseconds to wait, from the values of `retry-after-ms`, `Retry-After` and `Date`.
///
/// A date is taken relative to the answer's own `Date`, so that a wrong clock on this side does no harm; only without
/// one relative to `local_now_ms`, in Unix time. One that has passed is 0. `None` where nothing usable was said.
pub fn parse(
    retry_after_ms: Option<&str>,
    retry_after: Option<&str>,
    date: Option<&str>,
    local_now_ms: f64,
) -> Option<f64> {
    if let Some(ms) = retry_after_ms.and_then(|text| decimal(text, 1.0)) {
        return Some(ms);
    }
    let text = retry_after?;
    if let Some(ms) = decimal(text, 1_000.0) {
        return Some(ms);
    }
    let wait = unix_ms(text)? - date.and_then(unix_ms).unwrap_or(local_now_ms);
    // Also where `local_now_ms` is no number: nothing can be said then, and 0 is harmless.
    Some(if wait > 0.0 { wait.min(LONGEST_MS) } else { 0.0 })
}

/// A number of digits, with a fraction or without, times `factor`; white space around it is ignored.
fn decimal(text: &str, factor: f64) -> Option<f64> {
    let mut value = 0.0;
    let mut scale = 1.0;
    let mut digits = 0;
    let mut fraction = false;
    for byte in text.trim_ascii().bytes() {
        match byte {
            // Further digits of a fraction say nothing, and could make its scale overflow.
            b'0'..=b'9' if scale > 999_999.0 => {}
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                scale *= if fraction { 10.0 } else { 1.0 };
                digits += 1;
            }
            b'.' if digits > 0 && !fraction => {
                fraction = true;
                digits = 0;
            }
            _ => return None,
        }
    }
    // An integer until here: 1.005 seconds are 1005 milliseconds and not a bit less.
    (digits > 0).then_some(LONGEST_MS.min(value * factor / scale))
}

/// An HTTP date of any of its three forms in Unix milliseconds, from 1970 to 9999:
/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
///
/// Read for what it says: which separator stands where is not checked, nor whether that day was a Sunday.
fn unix_ms(text: &str) -> Option<f64> {
    let words = text.as_bytes().split(|byte| b" ,-:\t".contains(byte)).filter(|word| !word.is_empty());
    let mut numbers = [0; 5];
    let mut count = 0;
    // The month, and how many numbers stand before it.
    let mut month = None;
    let mut zone = false;
    for (at, word) in words.enumerate() {
        if at == 0 {
            place(b"MonTueWedThuFriSatSun", word)?;
        } else if let Some(number) = number(word) {
            *numbers.get_mut(count)? = number;
            count += 1;
        } else if month.is_none() {
            month = Some((place(b"JanFebMarAprMayJunJulAugSepOctNovDec", word)?, count));
        } else if count == numbers.len() && !zone && word == b"GMT" {
            zone = true;
        } else {
            return None;
        }
    }
    let (month, before) = month?;
    let [day, mut year, mut hour, mut minute, mut second] = numbers;
    match before {
        0 if !zone => [hour, minute, second, year] = [year, hour, minute, second],
        1 if zone => {}
        _ => return None,
    }
    // Two digits: the century that makes sense for a wait.
    if year < 100 && zone {
        year += if year < 70 { 2_000 } else { 1_900 };
    }
    if count < numbers.len() || year < 1_970 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leap = u32::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let lengths = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = lengths.get(month)?;
    if day == 0 || day > *length {
        return None;
    }
    // Leap days are counted up to the year before: 477 of them lie before 1970.
    let past = year - 1;
    let mut days = (year - 1_970) * 365 + past / 4 - past / 100 + past / 400 - 477 + day - 1;
    for length in lengths.iter().take(month) {
        days += length;
    }
    Some((f64::from(days) * 86_400.0 + f64::from(hour * 3_600 + minute * 60 + second)) * 1_000.0)
}

/// The place among `names`, three letters each, of the one that `word` starts with.
fn place(names: &[u8], word: &[u8]) -> Option<usize> {
    names.chunks_exact(3).position(|name| word.starts_with(name))
}

/// A number of one to four digits.
fn number(word: &[u8]) -> Option<u32> {
    if !(1..=4).contains(&word.len()) {
        return None;
    }
    let mut value = 0;
    for byte in word {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + u32::from(byte - b'0');
    }
    Some(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, UNIX_EPOCH};

    const NOW: f64 = 784_111_777_000.0;
    const DATES: [&str; 3] =
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];

    fn seconds(text: &str) -> Option<f64> {
        parse(None, Some(text), None, NOW)
    }

    /// What the established parser makes of a date.
    fn reference(text: &str) -> Option<f64> {
        let time = httpdate::parse_http_date(text).ok()?;
        Some(time.duration_since(UNIX_EPOCH).ok()?.as_millis() as f64)
    }

    #[test]
    fn seconds_with_and_without_a_fraction() {
        let table = [
            ("0", 0.0),
            ("1", 1_000.0),
            ("120", 120_000.0),
            (" 5\t", 5_000.0),
            ("0.25", 250.0),
            ("1.005", 1_005.0),
            ("007", 7_000.0),
            ("2.50", 2_500.0),
            ("0.00000000000000000001", 0.0),
            ("9999999999999999999999", LONGEST_MS),
        ];
        for (text, ms) in table {
            assert_eq!(seconds(text), Some(ms), "{text:?}");
        }
        for zeros in [400, 20_000] {
            assert_eq!(seconds(&"9".repeat(zeros)), Some(LONGEST_MS));
            assert_eq!(seconds(&["1.", &"3".repeat(zeros)].concat()), Some(1_333.333));
        }
    }

    #[test]
    fn garbage_says_nothing() {
        let garbage = [
            "",
            " ",
            ".",
            "-1",
            "-0",
            "+1",
            "1.",
            ".5",
            "1.2.3",
            "1e3",
            "0x10",
            "1 2",
            "1,5",
            "120, 60",
            "NaN",
            "nan",
            "Infinity",
            "soon",
            "१",
            "1\u{a0}",
            "\u{a0}1",
            "1.é",
            "1.é999999",
            "1.99999é",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37 GMT x",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:60 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Tue, 29 Feb 2100 00:00:00 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 19994 08:49:37 GMT",
            "06 Nov 1994 08:49:37 GMT",
            "1994-11-06T08:49:37Z",
            "Sun Nov  6 08:49:37 94",
        ];
        for text in garbage {
            assert_eq!(seconds(text), None, "{text:?}");
            assert_eq!(parse(Some(text), Some("2"), None, NOW), Some(2_000.0), "{text:?}");
        }
        assert_eq!(parse(None, None, Some(DATES[0]), NOW), None);
        assert_eq!(parse(Some("x"), None, None, NOW), None);
    }

    #[test]
    fn milliseconds_win() {
        assert_eq!(parse(Some("1500"), Some("9"), None, NOW), Some(1_500.0));
        assert_eq!(parse(Some(" 1500.5 "), Some("9"), None, NOW), Some(1_500.5));
        assert_eq!(parse(Some("0"), None, None, NOW), Some(0.0));
        assert_eq!(parse(Some("1e9"), Some("9"), None, NOW), Some(9_000.0));
        assert_eq!(parse(Some(&"9".repeat(999)), None, None, NOW), Some(LONGEST_MS));
        assert_eq!(parse(Some(DATES[0]), Some("9"), None, NOW), Some(9_000.0));
    }

    #[test]
    fn dates_are_relative_to_the_answers_own() {
        for text in DATES {
            assert_eq!(parse(None, Some(text), None, NOW - 2_500.0), Some(2_500.0), "{text}");
            assert_eq!(parse(None, Some(text), None, NOW + 1.0), Some(0.0), "{text}");
            for date in ["Sun, 06 Nov 1994 08:49:27 GMT", "Sunday, 06-Nov-94 08:49:27 GMT", "Sun Nov  6 08:49:27 1994"]
            {
                assert_eq!(parse(None, Some(text), Some(date), 0.0), Some(10_000.0), "{text} {date}");
            }
            assert_eq!(parse(None, Some(text), Some("yesterday"), NOW - 1_000.0), Some(1_000.0), "{text}");
            assert_eq!(parse(None, Some(text), None, f64::NAN), Some(0.0), "{text}");
            assert_eq!(parse(None, Some(text), None, f64::NEG_INFINITY), Some(LONGEST_MS), "{text}");
            assert_eq!(parse(None, Some(text), None, f64::INFINITY), Some(0.0), "{text}");
        }
        // A leap day, and the ends of what can be said.
        assert_eq!(unix_ms("Thu, 29 Feb 2024 23:59:59 GMT"), Some(1_709_251_199_000.0));
        assert_eq!(unix_ms("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0.0));
        assert_eq!(unix_ms("Fri, 31 Dec 9999 23:59:59 GMT"), Some(253_402_300_799_000.0));
        // The wrong weekday does not make a date unreadable.
        assert_eq!(unix_ms("Mon, 06 Nov 1994 08:49:37 GMT"), Some(NOW));
    }

    proptest! {
        #[test]
        fn every_date_is_read_in_every_form(second in 0..253_402_300_800_u64, two_digits in 0..3_155_760_000_u64) {
            let fixdate = |second| httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
            let text = fixdate(second);
            let ms = Some(second as f64 * 1_000.0);
            prop_assert_eq!(unix_ms(&text), ms);
            let (weekday, day, month, year, clock) = (&text[..3], &text[5..7], &text[8..11], &text[12..16], &text[17..25]);
            let asctime = [weekday, " ", month, " ", &day.replacen('0', " ", usize::from(day < "10")), " ", clock, " ", year].concat();
            prop_assert_eq!(reference(&asctime), ms);
            prop_assert_eq!(unix_ms(&asctime), ms);

            let text = fixdate(two_digits);
            let weekday = match &text[..3] {
                "Tue" => "Tuesday".into(),
                "Wed" => "Wednesday".into(),
                "Thu" => "Thursday".into(),
                "Sat" => "Saturday".into(),
                short => [short, "day"].concat(),
            };
            let rfc850 = [&weekday, ", ", &text[5..7], "-", &text[8..11], "-", &text[14..16], &text[16..]].concat();
            prop_assert!(reference(&rfc850).is_some());
            prop_assert_eq!(unix_ms(&rfc850), reference(&rfc850));
        }

        #[test]
        fn a_damaged_date_is_never_read_as_another(which in 0..3_usize, at in 0..40_usize, byte in " -~") {
            let mut text = DATES[which].to_owned();
            let at = at % text.len();
            text.replace_range(at..=at, &byte);
            if let Some(ms) = reference(&text) {
                prop_assert_eq!(unix_ms(&text), Some(ms));
            }
        }

        #[test]
        fn a_wait_is_always_finite_and_not_negative(
            ms in proptest::option::of("[0-9.eE+ -]{0,12}|[A-Z][a-z, ]+[0-9 :a-zA-Z-]{0,30}"),
            after in proptest::option::of("[0-9.eE+ -]{0,12}|Sun, [0-9]{2} Nov [0-9]{4} [0-9:]{8} GMT|.*"),
            date in proptest::option::of("Sun, 0[1-9] Nov [0-9]{4} 0[0-9]:[0-5]0:00 GMT|.*"),
            now in any::<f64>(),
        ) {
            if let Some(wait) = parse(ms.as_deref(), after.as_deref(), date.as_deref(), now) {
                prop_assert!((0.0..=LONGEST_MS).contains(&wait), "{}", wait);
            }
        }

        #[test]
        fn plain_numbers_are_read_as_the_standard_library_reads_them(text in "[0-9]{1,9}(\\.[0-9]{1,6})?") {
            let expected: f64 = text.parse::<f64>().unwrap() * 1_000.0;
            let read = seconds(&text).unwrap();
            prop_assert!((read - expected).abs() <= expected * 1e-12, "{} {}", read, expected);
        }
    }
}
