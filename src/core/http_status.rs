//! The classes of HTTP status codes, and the reading of a status code.

/// The meaning of a status code for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusClass {
    /// 2xx: the body should hold the payload.
    Success,
    /// The response points to another address. It is never followed: the key would go with the request.
    Redirect,
    /// 401 or 403: the key was refused.
    KeyRefused,
    /// 408 or 425: refused for now because of the request's timing.
    Timing,
    /// 429: refused unprocessed, so that even a create may be repeated.
    TooManyRequests,
    /// A transient failure behind the server. The request may have been processed.
    Transient,
    /// The server does not support the request: final, and nothing was processed.
    NotSupported,
    /// Any other 5xx: final, but it does not say whether the request was processed.
    OtherServerError,
    /// Every other status: final, and nothing was processed.
    Refused,
}

impl StatusClass {
    /// The class of a status code.
    pub fn of(status: u16) -> StatusClass {
        match status {
            200..=299 => StatusClass::Success,
            301 | 302 | 303 | 307 | 308 => StatusClass::Redirect,
            401 | 403 => StatusClass::KeyRefused,
            408 | 425 => StatusClass::Timing,
            429 => StatusClass::TooManyRequests,
            500 | 502 | 503 | 504 => StatusClass::Transient,
            501 | 505 | 506 | 510 | 511 => StatusClass::NotSupported,
            500..=599 => StatusClass::OtherServerError,
            _ => StatusClass::Refused,
        }
    }
}

/// The status code in a number; `None` if it is not one. A status that the platform hides is 0.
pub fn checked(status: f64, is_hidden: bool) -> Option<u16> {
    let is_code = status % 1.0 == 0.0 && (100.0..=999.0).contains(&status);
    (is_code || is_hidden && status == 0.0).then_some(status as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_three_digits_unless_the_platform_hides_it() {
        for status in [100.0, 200.0, 999.0] {
            assert_eq!(checked(status, false), Some(status as u16));
        }
        for status in [0.0, -200.0, 99.0, 1_000.0, 200.5, 70_000.0, f64::NAN, f64::INFINITY] {
            assert_eq!(checked(status, false), None, "{status}");
        }
        assert_eq!(checked(0.0, true), Some(0));
        assert_eq!(checked(-1.0, true), None);
    }

    #[test]
    fn every_status_code_has_its_class() {
        let table: [(&[u16], StatusClass); 9] = [
            (&[200, 201, 202, 204, 206, 299], StatusClass::Success),
            (&[301, 302, 303, 307, 308], StatusClass::Redirect),
            (&[401, 403], StatusClass::KeyRefused),
            (&[408, 425], StatusClass::Timing),
            (&[429], StatusClass::TooManyRequests),
            (&[500, 502, 503, 504], StatusClass::Transient),
            (&[501, 505, 506, 510, 511], StatusClass::NotSupported),
            (&[507, 508, 520, 599], StatusClass::OtherServerError),
            (
                &[0, 100, 199, 300, 304, 305, 306, 400, 402, 404, 409, 410, 418, 422, 451, 499, 600, 999],
                StatusClass::Refused,
            ),
        ];
        for (codes, expected) in table {
            for code in codes {
                assert_eq!(StatusClass::of(*code), expected, "{code}");
            }
        }
    }
}
