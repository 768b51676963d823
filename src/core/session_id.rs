//! Session ids: integers from 1 to 2^53 - 1, the range that a JavaScript number holds exactly.

/// The largest id: the largest integer below which a JavaScript number holds every integer.
const MAX: u64 = (1 << 53) - 1;

/// The id of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(u64);

/// The reason why a value is not a session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    /// Not a positive integer, or not in canonical decimal.
    NotAnId,
    /// An integer above 2^53 - 1. JSON parsers round it, possibly to the id of another session.
    TooLarge,
}

impl SessionId {
    /// Reads an id from a JavaScript number.
    ///
    /// # Errors
    /// [`IdError::TooLarge`] for an integer above 2^53 - 1; [`IdError::NotAnId`] for any other value.
    ///
    /// ```
    /// use aiera_chat::core::session_id::{IdError, SessionId};
    ///
    /// assert_eq!(SessionId::from_number(12_045.0).map(SessionId::get), Ok(12_045));
    /// assert_eq!(SessionId::from_number(1.5), Err(IdError::NotAnId));
    /// assert_eq!(SessionId::from_number(1e300), Err(IdError::TooLarge));
    /// ```
    pub fn from_number(n: f64) -> Result<Self, IdError> {
        // `trunc` does not change infinity.
        if n < 1.0 || !n.is_finite() || n.trunc() != n {
            Err(IdError::NotAnId)
        } else if n > MAX as f64 {
            Err(IdError::TooLarge)
        } else {
            Ok(Self(n as u64))
        }
    }

    /// Reads an id from canonical decimal: digits only, without a sign, a leading zero or white space.
    ///
    /// # Errors
    /// [`IdError::TooLarge`] for a number above 2^53 - 1, however long; [`IdError::NotAnId`] for any other text.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(IdError::NotAnId);
        }
        // A text of digits fails to parse only by overflow.
        match text.parse() {
            Ok(id) if id <= MAX => Ok(Self(id)),
            _ => Err(IdError::TooLarge),
        }
    }

    /// The id as an integer.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The id as a JavaScript number, without loss.
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_are_not_positive_integers_are_not_ids() {
        for n in [-1.0, 0.0, -0.0, 0.5, 1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e300] {
            assert_eq!(SessionId::from_number(n), Err(IdError::NotAnId), "{n}");
        }
    }

    #[test]
    fn numbers_above_the_limit_are_too_large() {
        assert_eq!(SessionId::from_number(MAX as f64).map(SessionId::get), Ok(MAX));
        for n in [9_007_199_254_740_992.0, 1e300, f64::MAX] {
            assert_eq!(SessionId::from_number(n), Err(IdError::TooLarge), "{n}");
        }
    }

    #[test]
    fn only_canonical_decimals_are_ids() {
        for text in [
            "",
            "0",
            "00",
            "01",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "0x10",
            "1_000",
            "a",
            "١",
            "12345678901234567890x",
        ] {
            assert_eq!(SessionId::parse(text), Err(IdError::NotAnId), "{text:?}");
        }
    }

    #[test]
    fn canonical_decimals_above_the_limit_are_too_large() {
        assert_eq!(SessionId::parse("9007199254740991").map(SessionId::get), Ok(MAX));
        for text in ["9007199254740992", "18446744073709551615", "18446744073709551616", &"9".repeat(400)] {
            assert_eq!(SessionId::parse(text), Err(IdError::TooLarge), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_id_survives_the_conversion_from_text_and_to_a_number(n in 1..=MAX) {
            let id = SessionId::parse(&n.to_string()).unwrap();
            prop_assert_eq!(id.get(), n);
            prop_assert_eq!(SessionId::from_number(id.as_f64()), Ok(id));
        }

        #[test]
        fn no_number_panics_and_an_accepted_number_is_unchanged(n in any::<f64>()) {
            if let Ok(id) = SessionId::from_number(n) {
                prop_assert_eq!(id.as_f64(), n);
            }
        }

        #[test]
        fn no_text_panics_and_an_accepted_text_is_unchanged(text in ".{0,24}") {
            if let Ok(id) = SessionId::parse(&text) {
                prop_assert_eq!(id.get().to_string(), text);
            }
        }
    }
}
