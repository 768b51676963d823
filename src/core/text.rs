//! Putting texts together, in one place: `concat` and `format!` cost their code anew at each use.

/// The parts, one after the other.
#[inline(never)]
pub fn text(parts: &[&str]) -> String {
    let mut text = String::new();
    text_onto(&mut text, parts);
    text
}

/// Adds the parts, one after the other.
#[inline(never)]
pub fn text_onto(text: &mut String, parts: &[&str]) {
    for part in parts {
        text.push_str(part);
    }
}

/// Writes a whole number in decimal, without the formatting machinery of the standard library.
pub fn push_decimal(text: &mut String, n: u64) {
    if n >= 10 {
        push_decimal(text, n / 10);
    }
    text.push(char::from(b'0' + (n % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_follow_each_other() {
        assert_eq!(text(&["a", "", "bc"]), "abc");
    }

    proptest! {
        #[test]
        fn decimals_are_the_usual_ones(n in any::<u64>()) {
            let mut written = String::from("n=");
            push_decimal(&mut written, n);
            prop_assert_eq!(written, format!("n={n}"));
        }
    }
}
