//! The table of HTTP status codes: what an answer with each of them means to a create and to a poll.

/// What a status code says about the request that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 2xx: there should be a session in the body.
    Success,
    /// Points elsewhere. Never followed: the key would go with the request.
    Redirect,
    /// The key was refused: worth one more try where a fresh one can be asked for.
    Key,
    /// Refused for now because of the request's timing. A poll tries again; to a create it is final.
    Timing,
    /// Too many requests: refused unprocessed, so that even a create may be sent again.
    Busy,
    /// A passing failure behind the server. A poll tries again; a create may have been carried out.
    Broken,
    /// The server says that it can never do this: final, and nothing was done.
    Impossible,
    /// Any other 5xx: final to a poll, and to a create it says nothing about what was done.
    Odd,
    /// Everything else: final.
    Refused,
}

/// The class of a status code.
pub fn class(status: u16) -> Class {
    match status {
        200..=299 => Class::Success,
        301 | 302 | 303 | 307 | 308 => Class::Redirect,
        401 | 403 => Class::Key,
        408 | 425 => Class::Timing,
        429 => Class::Busy,
        500 | 502 | 503 | 504 => Class::Broken,
        501 | 505 | 506 | 510 | 511 => Class::Impossible,
        500..=599 => Class::Odd,
        _ => Class::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_contract_has_its_class() {
        let table: [(&[u16], Class); 8] = [
            (&[200, 201, 202, 204, 206, 299], Class::Success),
            (&[301, 302, 303, 307, 308], Class::Redirect),
            (&[401, 403], Class::Key),
            (&[408, 425], Class::Timing),
            (&[429], Class::Busy),
            (&[500, 502, 503, 504], Class::Broken),
            (&[501, 505], Class::Impossible),
            (&[0, 100, 199, 300, 304, 305, 306, 400, 402, 404, 409, 410, 418, 422, 451, 499, 600, 999], Class::Refused),
        ];
        for (codes, expected) in table {
            for code in codes {
                assert_eq!(class(*code), expected, "{code}");
            }
        }
        assert_eq!(class(507), Class::Odd);
        assert_eq!(class(599), Class::Odd);
    }
}
