//! Small functions on strings. The standard library's `contains` and `to_string` would link its substring search and its
//! formatting into the module: 12 KB of code.

/// Whether `text` contains `part`.
pub fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

/// Whether JavaScript's `trim` removes a character: white space, and U+FEFF.
pub fn is_space(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// Whether JavaScript's `trim` would leave a text empty.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_of_white_space_is_blank() {
        for text in ["", " ", "\n\t\r", "\u{feff}", "\u{a0}\u{2028}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", " a ", "\u{200b}", "\u{feff}a"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn contains_agrees_with_the_standard_library(text in "[ab]{0,12}", part in "[ab]{0,3}") {
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
        }

        #[test]
        fn decimal_agrees_with_the_standard_library(number: u64) {
            prop_assert_eq!(decimal(number), number.to_string());
        }
    }
}
