//! Whether a session holds the response to a prompt: the rule that keeps a follow-up from resolving with the previous turn.
//!
//! The first polls after a follow-up may still show the previous turn, as `active` or with its error. The status alone
//! therefore does not end a poll that waits for a prompt (rule 10).

use super::session_status::SessionStatus;

/// The parts of a message that the rule uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id; 0 if it is invalid.
    pub id: u64,
    /// Whether its `message_type` is `response`.
    pub is_response: bool,
    /// `prompt_message_id`: the prompt that it responds to.
    pub prompt_id: Option<u64>,
}

/// The state of a turn in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The turn continues, or has not begun.
    Waiting,
    /// The turn is over, and the session is active.
    Finished,
    /// The turn, or the session, ended without a response.
    Failed,
}

/// The turn that one caller waits for.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// `None`: the newest turn.
    prompt_id: Option<u64>,
    /// A session listed the prompt among its messages.
    was_listed: bool,
    /// The session has been idle since the prompt was sent: later work is for this prompt.
    was_idle: bool,
    /// The session has worked on this prompt.
    was_working: bool,
}

impl Turn {
    /// The turn of a prompt, or the newest turn if `None`.
    pub fn new(prompt_id: Option<u64>) -> Turn {
        Turn { prompt_id, ..Turn::default() }
    }

    /// Observes the session that the caller passed. Only work on the prompt counts, such as `finding_sources` after a
    /// create, since the session may be older than the prompt.
    pub fn passed_in(&mut self, status: SessionStatus, messages: &[Message]) {
        if status.is_working() && self.lists_prompt(messages) {
            self.was_listed = true;
            self.was_working = true;
        }
    }

    /// Observes the session in a response.
    pub fn observe(&mut self, status: SessionStatus, messages: &[Message]) -> Progress {
        let Some(prompt_id) = self.prompt_id else {
            return match status {
                SessionStatus::Active => Progress::Finished,
                status if status.is_working() => Progress::Waiting,
                _ => Progress::Failed,
            };
        };
        self.was_listed |= self.lists_prompt(messages);
        match status {
            SessionStatus::Deleted => Progress::Failed,
            SessionStatus::Active if self.was_working || is_answered(prompt_id, messages) => Progress::Finished,
            SessionStatus::FindingSourcesError | SessionStatus::GeneratingResponseError
                if self.was_listed || self.was_working =>
            {
                Progress::Failed
            }
            status if status.is_working() => {
                self.was_working |= self.was_listed || self.was_idle;
                Progress::Waiting
            }
            // The idleness or the error is the previous turn's.
            _ => {
                self.was_idle = true;
                Progress::Waiting
            }
        }
    }

    /// Observes the session in a response whose request left before the caller's call. It may be older than the prompt and
    /// than the session that the caller passed, so it neither ends the work shown there nor proves that the session has
    /// been idle since.
    pub fn observe_earlier(&mut self, status: SessionStatus, messages: &[Message]) -> Progress {
        let mut earlier = Turn::new(self.prompt_id);
        let progress = earlier.observe(status, messages);
        self.was_listed |= earlier.was_listed;
        self.was_working |= earlier.was_working;
        progress
    }

    fn lists_prompt(&self, messages: &[Message]) -> bool {
        self.prompt_id.is_some_and(|id| messages.iter().any(|message| message.id == id))
    }
}

/// Whether `messages` hold the response to a prompt: by its `prompt_message_id`, or by order if no response has one.
fn is_answered(prompt_id: u64, messages: &[Message]) -> bool {
    let mut responses = messages.iter().filter(|message| message.is_response);
    if responses.clone().any(|response| response.prompt_id.is_some()) {
        return responses.any(|response| response.prompt_id == Some(prompt_id));
    }
    messages.iter().skip_while(|message| message.id != prompt_id).any(|message| message.is_response)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use SessionStatus::{Active, Deleted, FindingSources, GeneratingResponse, GeneratingResponseError, Unknown};
    use proptest::prelude::*;

    const PROMPT: u64 = 20;

    fn prompt(id: u64) -> Message {
        Message { id, is_response: false, prompt_id: None }
    }

    fn response(id: u64, prompt_id: Option<u64>) -> Message {
        Message { id, is_response: true, prompt_id }
    }

    /// The previous turn, which is over.
    fn previous() -> Vec<Message> {
        vec![prompt(10), response(11, Some(10))]
    }

    fn with(messages: &[Message]) -> Vec<Message> {
        [&previous(), messages].concat()
    }

    #[test]
    fn after_idleness_before_the_call_work_on_another_prompt_does_not_count() {
        let mut turn = Turn::new(Some(PROMPT));
        assert_eq!(turn.observe_earlier(Active, &previous()), Progress::Waiting);
        assert_eq!(turn.observe(GeneratingResponse, &previous()), Progress::Waiting);
        assert_eq!(turn.observe(Active, &previous()), Progress::Waiting);
        let answered = with(&[prompt(PROMPT), response(21, Some(PROMPT))]);
        assert_eq!(turn.observe(Active, &answered), Progress::Finished);
    }

    #[test]
    fn an_earlier_session_does_not_end_the_work_in_the_session_that_the_caller_passed() {
        let listed = with(&[prompt(PROMPT)]);
        for status in [Active, GeneratingResponseError] {
            let mut turn = Turn::new(Some(PROMPT));
            turn.passed_in(GeneratingResponse, &listed);
            assert_eq!(turn.observe_earlier(status, &previous()), Progress::Waiting);
            assert_eq!(turn.observe(Active, &listed), Progress::Finished);
        }
    }

    /// The progress after each of successive states.
    fn progress(states: &[(SessionStatus, Vec<Message>)]) -> Vec<Progress> {
        let mut turn = Turn::new(Some(PROMPT));
        states.iter().map(|(status, messages)| turn.observe(*status, messages)).collect()
    }

    use Progress::{Failed, Finished, Waiting};

    #[test]
    fn the_previous_turn_does_not_finish_a_follow_up() {
        let answered = with(&[prompt(PROMPT), response(21, Some(PROMPT))]);
        let states = [
            (Active, previous()),
            (Active, with(&[prompt(PROMPT)])),
            (GeneratingResponse, previous()),
            (Active, answered),
        ];
        assert_eq!(progress(&states), [Waiting, Waiting, Waiting, Finished]);
    }

    #[test]
    fn an_active_session_is_finished_without_a_response_after_work_on_the_prompt() {
        let listed = with(&[prompt(PROMPT)]);
        assert_eq!(progress(&[(FindingSources, listed.clone()), (Active, listed)]), [Waiting, Finished]);
        assert_eq!(progress(&[(Active, vec![]), (Unknown, vec![]), (Active, vec![])]), [Waiting, Waiting, Finished]);
    }

    #[test]
    fn work_on_another_turn_does_not_count() {
        let states = [(GeneratingResponse, previous()), (Active, previous()), (Active, previous())];
        assert_eq!(progress(&states), [Waiting, Waiting, Waiting]);
    }

    #[test]
    fn the_error_of_the_previous_turn_is_not_final() {
        let listed = with(&[prompt(PROMPT)]);
        let error = GeneratingResponseError;
        assert_eq!(
            progress(&[(error, previous()), (FindingSources, listed.clone()), (error, listed)]),
            [Waiting, Waiting, Failed]
        );
        assert_eq!(
            progress(&[(error, previous()), (GeneratingResponse, vec![]), (error, vec![])]),
            [Waiting, Waiting, Failed]
        );
    }

    #[test]
    fn a_deleted_session_is_final_at_once() {
        assert_eq!(progress(&[(Deleted, previous())]), [Failed]);
    }

    #[test]
    fn order_decides_only_if_no_response_names_its_prompt() {
        let unnamed = vec![prompt(10), response(11, None), prompt(PROMPT), response(21, None)];
        assert_eq!(progress(&[(Active, unnamed)]), [Finished]);
        let unanswered = vec![prompt(10), response(11, None), prompt(PROMPT)];
        assert_eq!(progress(&[(Active, unanswered)]), [Waiting]);
        let mixed = vec![prompt(10), response(11, Some(10)), prompt(PROMPT), response(21, None)];
        assert_eq!(progress(&[(Active, mixed)]), [Waiting]);
    }

    #[test]
    fn the_work_after_a_create_counts() {
        let mut turn = Turn::new(Some(PROMPT));
        turn.passed_in(FindingSources, &[prompt(PROMPT)]);
        assert_eq!(turn.observe(Active, &[]), Finished);
        let mut turn = Turn::new(Some(PROMPT));
        turn.passed_in(FindingSources, &previous());
        turn.passed_in(Active, &[prompt(PROMPT)]);
        assert_eq!(turn.observe(Active, &[]), Waiting);
    }

    #[test]
    fn without_a_prompt_the_status_alone_decides() {
        let mut turn = Turn::new(None);
        for (status, expected) in
            [(FindingSources, Waiting), (Unknown, Waiting), (Active, Finished), (GeneratingResponseError, Failed)]
        {
            assert_eq!(turn.observe(status, &[]), expected, "{status:?}");
        }
    }

    fn any_state() -> impl Strategy<Value = (SessionStatus, Vec<Message>)> {
        let status = prop::sample::select(SessionStatus::DOCUMENTED.map(|(_, status)| status).to_vec());
        let messages = prop::sample::select(vec![
            vec![],
            previous(),
            with(&[prompt(PROMPT)]),
            vec![prompt(10), response(11, None)],
            vec![prompt(10), response(11, None), prompt(PROMPT)],
        ]);
        (status, messages)
    }

    proptest! {
        /// Rule 10: without a response to the prompt, a turn is finished only if the session is `active` after work.
        #[test]
        fn a_turn_without_a_response_finishes_only_after_work(states in prop::collection::vec(any_state(), 1..12)) {
            let progress = progress(&states);
            let finished = progress.iter().position(|progress| *progress == Finished);
            if let Some(at) = finished {
                prop_assert_eq!(states[at].0, Active);
                prop_assert!(states[..at].iter().any(|(status, _)| status.is_working()));
            }
        }

        /// Rule 10: only the messages of an earlier session can end a turn, for any earlier states.
        #[test]
        fn an_earlier_session_ends_a_turn_as_if_it_were_the_only_one(
            passed_in in any_state(),
            states in prop::collection::vec((any_state(), any::<bool>()), 0..8),
            last in any_state(),
        ) {
            let mut turn = Turn::new(Some(PROMPT));
            turn.passed_in(passed_in.0, &passed_in.1);
            for ((status, messages), is_earlier) in &states {
                let observe = if *is_earlier { Turn::observe_earlier } else { Turn::observe };
                observe(&mut turn, *status, messages);
            }
            let alone = Turn::new(Some(PROMPT)).observe(last.0, &last.1);
            prop_assert_eq!(turn.observe_earlier(last.0, &last.1), alone);
        }

        /// A response to the prompt in an active session finishes the turn, for any earlier states.
        #[test]
        fn a_response_to_the_prompt_always_finishes_its_turn(states in prop::collection::vec(any_state(), 0..8)) {
            let mut turn = Turn::new(Some(PROMPT));
            for (status, messages) in &states {
                turn.observe(*status, messages);
            }
            let answered = with(&[prompt(PROMPT), response(21, Some(PROMPT))]);
            prop_assert_eq!(turn.observe(Active, &answered), Finished);
        }
    }
}
