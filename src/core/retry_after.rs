//! The delay that a server asks for: `retry-after-ms`, or `Retry-After` in seconds or as an HTTP date.
//!
//! The caller checks the delay against its deadline.

/// The longest delay: the largest integer below which a JavaScript number holds every integer.
const MAX_MS: f64 = 9_007_199_254_740_991.0;

/// A longer text is not an HTTP date. The longest date is like `Wednesday, 09-Nov-94 08:49:37 GMT`.
const MAX_DATE_LEN: usize = 40;

/// The headers of an HTTP response that ask for a delay.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetryAfterHeaders<'a> {
    /// `retry-after-ms`: milliseconds. It takes precedence as the more precise one.
    pub retry_after_ms: Option<&'a str>,
    /// `Retry-After`: seconds, or an HTTP date.
    pub retry_after: Option<&'a str>,
    /// `Date`: the server's clock. A date is relative to it, so a wrong local clock does no harm.
    pub date: Option<&'a str>,
}

/// Milliseconds to wait, or `None` if no header asks for a delay.
///
/// The result is a whole number from 0 to 2^53 - 1. A date in the past results in 0. A negative or unreadable value counts
/// as absent. `now_ms` is the wall clock (milliseconds since the epoch), for a response without a `Date`; `parse_date` is
/// the platform's `Date.parse`, called with HTTP dates in GMT only, since engines accept nearly any text as a date.
///
/// ```
/// use aiera_chat::core::retry_after::{RetryAfterHeaders, parse};
///
/// let headers = RetryAfterHeaders { retry_after: Some("1.5"), ..Default::default() };
/// assert_eq!(parse(&headers, 0.0, &|_| None), Some(1_500.0));
/// ```
pub fn parse(headers: &RetryAfterHeaders<'_>, now_ms: f64, parse_date: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
    let RetryAfterHeaders { retry_after_ms, retry_after, date } = *headers;
    let until_date = || {
        let then_ms = parse_http_date(retry_after?, parse_date)?;
        let server_now_ms = date.and_then(|date| parse_http_date(date, parse_date));
        Some(then_ms - server_now_ms.unwrap_or(now_ms))
    };
    let delay_ms = retry_after_ms
        .and_then(|text| parse_decimal(text, 1.0))
        .or_else(|| parse_decimal(retry_after?, 1_000.0))
        .or_else(until_date)?;
    // A broken clock returns NaN.
    (!delay_ms.is_nan()).then(|| delay_ms.ceil().clamp(0.0, MAX_MS))
}

/// Reads an unsigned decimal number, with or without a fraction, and multiplies it by `factor`.
///
/// The standard library's parser accepts signs, exponents and `inf`, and adds kilobytes to the module.
fn parse_decimal(text: &str, factor: f64) -> Option<f64> {
    let text = text.trim_ascii();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() {
        return None;
    }
    let mut digits = 0.0;
    for byte in whole.bytes() {
        digits = digits * 10.0 + digit(byte)?;
    }
    // The digits stay integers until a single division, so that 1.005 s is exactly 1005 ms.
    let mut scale = 1.0;
    for byte in fraction.bytes() {
        let digit = digit(byte)?;
        // Further digits are less than a nanosecond, and would overflow the scale.
        if scale < 1e9 {
            digits = digits * 10.0 + digit;
            scale *= 10.0;
        }
    }
    Some(digits * factor / scale)
}

fn digit(byte: u8) -> Option<f64> {
    byte.is_ascii_digit().then(|| f64::from(byte - b'0'))
}

/// Reads an HTTP date (RFC 9110, section 5.6.7) as milliseconds since the epoch.
fn parse_http_date(text: &str, parse_date: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
    let text = text.trim_ascii();
    if text.len() > MAX_DATE_LEN || !starts_with_weekday(text) {
        return None;
    }
    let time_ms = match shape(text).as_str() {
        // `Sun, 06 Nov 1994 08:49:37 GMT` and `Sunday, 06-Nov-94 08:49:37 GMT`.
        "a, 0 a 0 0:0:0 a" | "a, 0-a-0 0:0:0 a" if ends_with_gmt(text) => parse_date(text),
        // `Sun Nov 6 08:49:37 1994` is GMT too, but engines read a date without a zone as local time.
        "a a 0 0:0:0 0" => parse_date(&[text, " GMT"].concat()),
        _ => None,
    };
    time_ms.filter(|time_ms| time_ms.is_finite())
}

/// The text with each run of letters as `a`, each run of digits as `0` and each run of spaces as one space.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    let mut last = '\0';
    for character in text.chars() {
        let class = match character {
            'a'..='z' | 'A'..='Z' => 'a',
            '0'..='9' => '0',
            other => other,
        };
        if class != last || !matches!(class, 'a' | '0' | ' ') {
            shape.push(class);
        }
        last = class;
    }
    shape
}

fn starts_with_weekday(text: &str) -> bool {
    let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    text.get(..3).is_some_and(|start| weekdays.iter().any(|weekday| start.eq_ignore_ascii_case(weekday)))
}

fn ends_with_gmt(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(|zone| zone.eq_ignore_ascii_case("gmt"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::RefCell;
    use std::time::{Duration, UNIX_EPOCH};

    const DATES: [&str; 3] =
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
    const DATES_MS: f64 = 784_111_777_000.0;

    /// Replaces `Date.parse`, but does not parse asctime's form with a zone.
    fn parse_date(text: &str) -> Option<f64> {
        let without_zone = text.strip_suffix(" GMT").unwrap_or(text);
        let time = httpdate::parse_http_date(text).or_else(|_| httpdate::parse_http_date(without_zone)).ok()?;
        Some(time.duration_since(UNIX_EPOCH).ok()?.as_millis() as f64)
    }

    fn retry_after(text: &str) -> Option<f64> {
        parse(&RetryAfterHeaders { retry_after: Some(text), ..Default::default() }, DATES_MS, &parse_date)
    }

    fn retry_after_ms(text: &str) -> Option<f64> {
        parse(&RetryAfterHeaders { retry_after_ms: Some(text), ..Default::default() }, DATES_MS, &parse_date)
    }

    #[test]
    fn no_headers_ask_for_no_delay() {
        assert_eq!(parse(&RetryAfterHeaders::default(), DATES_MS, &parse_date), None);
        let headers = RetryAfterHeaders { date: Some(DATES[0]), ..Default::default() };
        assert_eq!(parse(&headers, DATES_MS, &parse_date), None);
    }

    #[test]
    fn seconds_may_have_a_fraction_and_surrounding_white_space() {
        for (text, ms) in [
            ("0", 0.0),
            ("1", 1_000.0),
            ("  1  ", 1_000.0),
            ("120", 120_000.0),
            ("1.", 1_000.0),
            ("1.5", 1_500.0),
            ("1.005", 1_005.0),
            ("0.3", 300.0),
            ("0.0001", 1.0),
            ("007", 7_000.0),
            ("31536000", 31_536_000_000.0),
            ("99999999999", 99_999_999_999_000.0),
        ] {
            assert_eq!(retry_after(text), Some(ms), "{text:?}");
        }
    }

    #[test]
    fn milliseconds_are_rounded_up_to_integers() {
        for (text, ms) in [("250", 250.0), ("0", 0.0), ("250.2", 251.0), ("2147483648", 2_147_483_648.0)] {
            assert_eq!(retry_after_ms(text), Some(ms), "{text:?}");
        }
    }

    #[test]
    fn a_huge_number_becomes_the_longest_delay() {
        assert_eq!(retry_after(&"9".repeat(400)), Some(MAX_MS));
        assert_eq!(retry_after_ms("9007199254740993"), Some(MAX_MS));
        assert_eq!(retry_after(&format!("1.{}", "9".repeat(400))), Some(2_000.0));
    }

    #[test]
    fn unreadable_values_count_as_absent() {
        for text in [
            "",
            " ",
            "-5",
            "-1e9",
            "+5",
            "1e3",
            "soon",
            "NaN",
            "Infinity",
            "inf",
            "0x10",
            "1, 2",
            "1 second",
            "1.5.2",
            ".",
            ".5",
            "1,5",
            "1_000",
            "%31",
            "\u{bd}",
            "\u{661}",
            "2026-01-01",
            "2026-01-01T00:00:00Z",
            "Nov 6 1994",
            "Monday",
            "Mon, 99 Foo 2026 99:99:99 GMT",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 06 Nov 1994 GMT",
            "Foo, 06 Nov 1994 08:49:37 GMT",
            "Sund\u{e4}",
        ] {
            assert_eq!(retry_after(text), None, "{text:?}");
            assert_eq!(retry_after_ms(text), None, "{text:?}");
        }
        for date in DATES {
            assert_eq!(retry_after_ms(date), None, "{date}");
        }
    }

    #[test]
    fn milliseconds_take_precedence_unless_they_are_unreadable() {
        let headers = RetryAfterHeaders { retry_after_ms: Some("250"), retry_after: Some("1"), date: None };
        assert_eq!(parse(&headers, DATES_MS, &parse_date), Some(250.0));
        let headers = RetryAfterHeaders { retry_after_ms: Some("soon"), ..headers };
        assert_eq!(parse(&headers, DATES_MS, &parse_date), Some(1_000.0));
    }

    #[test]
    fn each_form_of_http_date_is_compared_with_the_local_clock() {
        for date in DATES {
            let headers = RetryAfterHeaders { retry_after: Some(date), ..Default::default() };
            assert_eq!(parse(&headers, DATES_MS - 2_500.0, &parse_date), Some(2_500.0), "{date}");
            assert_eq!(parse(&headers, DATES_MS + 2_500.0, &parse_date), Some(0.0), "{date}");
            assert_eq!(parse(&headers, f64::NAN, &parse_date), None, "{date}");
        }
    }

    #[test]
    fn the_servers_date_takes_precedence_over_the_local_clock() {
        for date in DATES {
            let retry_after = Some("Sun, 06 Nov 1994 08:50:37 GMT");
            let headers = RetryAfterHeaders { retry_after, date: Some(date), ..Default::default() };
            assert_eq!(parse(&headers, 0.0, &parse_date), Some(60_000.0), "{date}");
        }
        let headers = RetryAfterHeaders { retry_after: Some(DATES[0]), date: Some("2"), ..Default::default() };
        assert_eq!(parse(&headers, DATES_MS - 1_000.0, &parse_date), Some(1_000.0));
    }

    #[test]
    fn dates_reach_the_platform_in_gmt() {
        let parsed = RefCell::new(Vec::new());
        let record = |text: &str| {
            parsed.borrow_mut().push(text.to_owned());
            Some(f64::NAN)
        };
        for date in DATES.into_iter().chain(["2", "soon", "2026-01-01", "Sun Nov  6 08:49:37 PST 1994"]) {
            let headers = RetryAfterHeaders { retry_after: Some(date), ..Default::default() };
            let delay_ms = parse(&headers, DATES_MS, &record);
            assert_eq!(delay_ms, if date == "2" { Some(2_000.0) } else { None }, "{date}");
        }
        let expected = [DATES[0], DATES[1], "Sun Nov  6 08:49:37 1994 GMT"];
        assert_eq!(*parsed.borrow(), expected);
    }

    proptest! {
        #[test]
        fn every_date_is_read_as_by_httpdate(seconds in 0..253_402_300_799_u64) {
            let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            let headers = RetryAfterHeaders { retry_after: Some(&text), ..Default::default() };
            prop_assert_eq!(parse(&headers, 0.0, &parse_date), Some(seconds as f64 * 1_000.0));
        }

        #[test]
        fn an_integer_number_of_milliseconds_is_unchanged(ms in 0..=9_007_199_254_740_991_u64) {
            prop_assert_eq!(retry_after_ms(&ms.to_string()), Some(ms as f64));
        }

        #[test]
        fn every_delay_is_an_integer_in_range(text in ".{0,60}", number in "[0-9]{0,30}\\.?[0-9]{0,30}") {
            for text in [text, number] {
                if let Some(ms) = retry_after(&text) {
                    prop_assert!((0.0..=MAX_MS).contains(&ms) && ms.fract() == 0.0, "{}", ms);
                }
            }
        }
    }
}
