//! "Did you mean": the accepted name that is most similar to an unknown one.

use strsim::osa_distance;

/// Longer names are truncated before the comparison, which is quadratic.
const MAX_COMPARED_CHARS: usize = 40;

/// A shared beginning does not count for names of at most this length.
const MAX_SHORT_NAME_LEN: usize = 3;

/// The candidate nearest to `unknown`, or `None` if no candidate is near.
///
/// Case and punctuation do not count. Two names are near if one begins with the other, or if their edit distance is at most
/// a third of the longer name's length, and at least 1: an inserted, removed or replaced character and a swap of two
/// neighbours count as 1 each. Of two equally near names, the first is returned.
///
/// ```
/// use aiera_chat::core::names::nearest;
///
/// assert_eq!(nearest("api_key", ["fetch", "apiKey"]), Some("apiKey"));
/// assert_eq!(nearest("colour", ["fetch", "apiKey"]), None);
/// ```
pub fn nearest<'a>(unknown: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let unknown = reduced(unknown);
    if unknown.is_empty() {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| Some((rank(&unknown, &reduced(candidate))?, candidate)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, candidate)| candidate)
}

/// The distance of the candidate from the unknown name: 0 for the same name, 1 for a shared beginning, else 1 more than the
/// edit distance. `None` if they are not near.
fn rank(unknown: &str, candidate: &str) -> Option<usize> {
    if unknown == candidate {
        return Some(0);
    }
    let shares_beginning = unknown.len() > MAX_SHORT_NAME_LEN
        && !candidate.is_empty()
        && (candidate.starts_with(unknown) || unknown.starts_with(candidate));
    if shares_beginning {
        return Some(1);
    }
    let distance = osa_distance(unknown, candidate);
    let limit = (unknown.len().max(candidate.len()) / 3).max(1);
    (distance <= limit).then_some(1 + distance)
}

/// The name's first letters and digits, in lower case.
fn reduced(name: &str) -> String {
    name.chars()
        .take(MAX_COMPARED_CHARS)
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPTIONS: [&str; 14] = [
        "apiKey",
        "baseUrl",
        "fetch",
        "headers",
        "credentials",
        "requestTimeoutMs",
        "maxRetries",
        "dangerouslyAllowBrowser",
        "signal",
        "timeoutMs",
        "intervalMs",
        "maxIntervalMs",
        "onUpdate",
        "onPoll",
    ];

    #[test]
    fn typos_and_other_spellings_are_near() {
        for (unknown, expected) in [
            ("apiKey", "apiKey"),
            ("apikey", "apiKey"),
            ("api_key", "apiKey"),
            ("API-KEY", "apiKey"),
            ("apiKye", "apiKey"),
            ("base_url", "baseUrl"),
            ("baseURL", "baseUrl"),
            ("header", "headers"),
            ("timeout", "timeoutMs"),
            ("tiemoutMs", "timeoutMs"),
            ("fetchFunction", "fetch"),
            ("requestTimeout", "requestTimeoutMs"),
            ("request_timeout_ms", "requestTimeoutMs"),
            ("interval", "intervalMs"),
            ("maxInterval", "maxIntervalMs"),
            ("maxretry", "maxRetries"),
            ("singal", "signal"),
            ("fecth", "fetch"),
            ("onupdate", "onUpdate"),
            ("dangerouslyAllow", "dangerouslyAllowBrowser"),
        ] {
            assert_eq!(nearest(unknown, OPTIONS), Some(expected), "{unknown}");
        }
    }

    #[test]
    fn different_names_are_not_near() {
        for unknown in ["", "__", "x", "model", "colour", "temperature", "onProgress", "é", "日本語"] {
            assert_eq!(nearest(unknown, OPTIONS), None, "{unknown}");
        }
    }

    #[test]
    fn short_names_need_more_than_a_shared_beginning() {
        assert_eq!(nearest("on", OPTIONS), None);
        assert_eq!(nearest("pag", ["pageSize", "page"]), Some("page"));
    }

    #[test]
    fn the_same_name_ranks_before_a_shared_beginning_and_that_before_a_typo() {
        assert_eq!(nearest("PAGE", ["pageSize", "page"]), Some("page"));
        assert_eq!(nearest("sources", ["source", "sourcesX", "sources_"]), Some("sources_"));
        assert_eq!(nearest("titel", ["title", "titelText"]), Some("titelText"));
    }

    #[test]
    fn the_first_of_two_equally_near_names_is_returned() {
        assert_eq!(nearest("cat", ["bat", "rat"]), Some("bat"));
    }

    proptest! {
        #[test]
        fn no_name_panics(unknown in ".{0,80}", candidate in ".{0,80}") {
            nearest(&unknown, [candidate.as_str(), ""]);
        }

        #[test]
        fn a_name_is_near_itself_in_any_case(index in 0..OPTIONS.len()) {
            let name = OPTIONS.iter().copied().nth(index);
            prop_assert_eq!(nearest(&name.unwrap_or_default().to_uppercase(), OPTIONS), name);
        }
    }
}
