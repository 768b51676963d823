//! Two small functions on strings. Those of the standard library bring its formatting and its substring search into the module:
//! 12 KB of code.

/// Whether `text` contains `part`.
pub fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

/// A number in decimal digits.
pub fn decimal(number: u64) -> String {
    let mut digits = Vec::new();
    let mut rest = number;
    loop {
        digits.push(char::from(b'0' + (rest % 10) as u8));
        rest /= 10;
        if rest == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn contains_finds_what_the_standard_library_finds(text in "[ab]{0,12}", part in "[ab]{0,3}") {
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
        }

        #[test]
        fn decimal_writes_what_the_standard_library_writes(number: u64) {
            prop_assert_eq!(decimal(number), number.to_string());
        }
    }
}
