//! Simulated polls measure the schedule: the mean lag between an answer and the response that carries it, the mean lag
//! relative to the session's duration, and the mean number of requests. The tests assert the targets over small samples;
//! `cargo bench --bench schedule` prints the tables of `bench/schedule/schedule.md`.

// A simulation may panic; the library may not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
// The tests and the benchmark use different parts.
#![allow(dead_code)]
#![cfg(not(target_arch = "wasm32"))]

use aiera_chat::core::schedule::{EARLY_WEIGHT_S, History, POLL_COST_S, Situation, Stage, pause};

const MIN_MS: f64 = 500.0;
const MAX_MS: f64 = 5_000.0;
/// The duration of an exchange; the server responds with the state at its middle.
const LATENCY_MS: f64 = 40.0;
/// The number of sessions in a history.
const HISTORY_LEN: usize = 20;

// ---- Durations ----

/// A log-normal distribution of durations, clipped to 1 to 300 s.
#[derive(Clone, Copy)]
struct Distribution {
    median: f64,
    sigma: f64,
}

/// The distribution for the figures of the schedule.
const FULL: Distribution = Distribution { median: 12.0, sigma: 0.9 };
/// A narrower distribution, which fits the reference figures of fixed intervals.
const SAMPLE: Distribution = Distribution { median: 11.85, sigma: 0.78 };

impl Distribution {
    /// The share of sessions answered within this time.
    fn share_answered(self, seconds: f64) -> f64 {
        match seconds {
            s if s < 1.0 => 0.0,
            s if s >= 300.0 => 1.0,
            s => normal((s / self.median).ln() / self.sigma),
        }
    }

    /// The time in milliseconds within which the share `u` is answered.
    fn quantile_ms(self, u: f64) -> f64 {
        let (mut low, mut high) = (-6.0, 6.0);
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            if normal(middle) < u { low = middle } else { high = middle }
        }
        (self.median * (self.sigma * low).exp()).clamp(1.0, 300.0) * 1_000.0
    }
}

/// The normal distribution function (Abramowitz and Stegun 26.2.17, error below 1e-7).
fn normal(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let tail = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()
        * t
        * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    /// The next number in `[0, 1)`.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `count` numbers in `[0, 1)`, one from each of as many equal parts, in random order.
    fn strata(&mut self, count: usize) -> Vec<f64> {
        let mut numbers: Vec<f64> = (0..count).map(|part| (part as f64 + self.next()) / count as f64).collect();
        for last in (1..count).rev() {
            numbers.swap(last, (self.next() * (last + 1) as f64) as usize);
        }
        numbers
    }
}

// ---- Sessions and polls ----

/// The stages in the status of a session.
#[derive(Clone, Copy)]
enum Stages {
    /// None.
    Hidden,
    /// Finding sources takes the first share of the duration, plus or minus the second one.
    Share(f64, f64),
    /// Finding sources takes this share on average. It has the distribution of the writing, and is independent of it.
    Independent(f64),
}

/// A session: the times of the start of the writing and of the answer, in milliseconds.
#[derive(Clone, Copy)]
struct Session {
    writing_from_ms: Option<f64>,
    answered_ms: f64,
}

impl Stages {
    fn session(self, distribution: Distribution, u: f64, random: &mut Random) -> Session {
        let answered_ms = distribution.quantile_ms(u);
        match self {
            Stages::Hidden => Session { writing_from_ms: None, answered_ms },
            Stages::Share(share, deviation) => {
                let share = share + deviation * (2.0 * random.next() - 1.0);
                Session { writing_from_ms: Some(answered_ms * share), answered_ms }
            }
            Stages::Independent(share) => {
                let writing_from_ms = distribution.quantile_ms(random.next()) * share;
                let answered_ms = writing_from_ms + answered_ms * (1.0 - share);
                Session { writing_from_ms: Some(writing_from_ms), answered_ms }
            }
        }
    }
}

/// The figures of a schedule.
#[derive(Clone, Copy, Default, Debug)]
struct Figures {
    /// Seconds from the answer to the response that carries it.
    lag: f64,
    /// The lag as a share of the session's duration, in percent.
    relative: f64,
    requests: f64,
}

/// The poll of one session, as the client observes it.
struct Poll {
    figures: Figures,
    total_ms: f64,
    /// The time since the first response that shows the writing.
    writing_ms: Option<f64>,
}

/// Polls `session` with the pauses of a schedule.
fn poll(session: Session, mut pause: impl FnMut(Situation) -> f64) -> Poll {
    let (mut now, mut requests) = (0.0, 0.0);
    let mut writing_since = None;
    loop {
        requests += 1.0;
        let responds_at = now + LATENCY_MS / 2.0;
        now += LATENCY_MS;
        if responds_at >= session.answered_ms {
            break;
        }
        let stage = match session.writing_from_ms {
            None => Stage::Other,
            Some(from) if responds_at < from => Stage::FindingSources,
            Some(_) => Stage::Generating,
        };
        let since = if stage == Stage::Generating { *writing_since.get_or_insert(now) } else { 0.0 };
        now += pause(Situation { elapsed_ms: now, stage, in_stage_ms: now - since, min_ms: MIN_MS, max_ms: MAX_MS });
    }
    let lag_ms = now - session.answered_ms;
    let figures = Figures { lag: lag_ms / 1_000.0, relative: 100.0 * lag_ms / session.answered_ms, requests };
    Poll { figures, total_ms: now, writing_ms: writing_since.map(|since| now - since) }
}

fn mean(all: &[Figures]) -> Figures {
    let count = all.len() as f64;
    let of = |figure: fn(&Figures) -> f64| all.iter().map(figure).sum::<f64>() / count;
    Figures { lag: of(|f| f.lag), relative: of(|f| f.relative), requests: of(|f| f.requests) }
}

/// The figures of a schedule that depends only on the elapsed time.
fn by_elapsed_time(distribution: Distribution, count: usize, pause: impl Fn(f64) -> f64) -> Figures {
    let mut random = Random(1);
    let figures: Vec<Figures> = random
        .strata(count)
        .into_iter()
        .map(|u| poll(Stages::Hidden.session(distribution, u, &mut random), |at| pause(at.elapsed_ms)).figures)
        .collect();
    mean(&figures)
}

/// The figures of a fixed interval.
fn fixed(distribution: Distribution, seconds: f64, count: usize) -> Figures {
    by_elapsed_time(distribution, count, |_| seconds * 1_000.0)
}

/// The figures of this package's schedule without history.
fn without_history(distribution: Distribution, stages: Stages, count: usize) -> Figures {
    let mut random = Random(2);
    let history = History::default();
    let mut figures = Vec::new();
    for u in random.strata(count) {
        let session = stages.session(distribution, u, &mut random);
        figures.push(poll(session, |at| pause(&at, &history, random.next())).figures);
    }
    mean(&figures)
}

/// The same if the stages determine the durations, but the statuses hide the stages.
fn without_history_or_stages(distribution: Distribution, stages: Stages, count: usize) -> Figures {
    let mut random = Random(2);
    let history = History::default();
    let mut figures = Vec::new();
    for u in random.strata(count) {
        let session = Session { writing_from_ms: None, ..stages.session(distribution, u, &mut random) };
        figures.push(poll(session, |at| pause(&at, &history, random.next())).figures);
    }
    mean(&figures)
}

/// The figures of this package's schedule with a history of sessions of the distribution `before`; a mean over many histories.
fn with_history(before: Distribution, distribution: Distribution, stages: Stages, count: usize) -> Figures {
    const POLLS_PER_HISTORY: usize = 20;
    let mut random = Random(3);
    let mut figures = Vec::new();
    for chunk in random.strata(count).chunks(POLLS_PER_HISTORY) {
        let mut history = History::default();
        for _ in 0..HISTORY_LEN {
            let u = random.next();
            let session = stages.session(before, u, &mut random);
            let earlier = poll(session, |at| pause(&at, &history, random.next()));
            history.record(earlier.total_ms, earlier.writing_ms);
        }
        for u in chunk {
            let session = stages.session(distribution, *u, &mut random);
            figures.push(poll(session, |at| pause(&at, &history, random.next())).figures);
        }
    }
    mean(&figures)
}

// ---- The best possible schedule ----

/// Both lags in one figure, in seconds, with the weights of the schedule: a second of lag costs 1, plus `EARLY_WEIGHT_S` divided
/// by the duration of the session.
fn weighted_lag(figures: Figures) -> f64 {
    figures.lag + EARLY_WEIGHT_S * figures.relative / 100.0
}

/// Both lags and the requests in one figure, in seconds, with the weights of the schedule.
fn cost(figures: Figures) -> f64 {
    weighted_lag(figures) + POLL_COST_S * figures.requests
}

/// The best possible schedule for sessions without stages that have exactly this distribution, if a poll costs `poll_cost`
/// seconds of weighted lag: dynamic programming from the end, over a grid of `grid` seconds.
fn best_possible(distribution: Distribution, early_weight: f64, poll_cost: f64, grid: f64) -> Figures {
    let count = (300.0 / grid).round() as usize;
    let shortest = ((MIN_MS + LATENCY_MS) / 1_000.0 / grid).ceil() as usize;
    let longest = ((MAX_MS + LATENCY_MS) / 1_000.0 / grid).floor() as usize;
    // The share of sessions answered up to each point, and the integrals of the durations and of their inverses.
    let mut sums = vec![[0.0; 3]; count + longest + 1];
    for point in 1..sums.len() {
        let (from, to) = ((point - 1) as f64 * grid, point as f64 * grid);
        let share = distribution.share_answered(to) - distribution.share_answered(from);
        let middle = ((from + to) / 2.0).max(1.0);
        let [answered, times, inverses] = sums[point - 1];
        sums[point] = [answered + share, times + share * middle, inverses + share / middle];
    }
    // Lag and relative lag of the sessions answered between the polls at `from` and at `to`.
    let lags = |from: usize, to: usize| {
        let [a, b] = [sums[from], sums[to]];
        let received = to as f64 * grid + LATENCY_MS / 2_000.0;
        [received * (b[0] - a[0]) - (b[1] - a[1]), received * (b[2] - a[2]) - (b[0] - a[0])]
    };
    let mut costs = vec![0.0; sums.len()];
    let mut next = vec![0; sums.len()];
    for from in (0..count).rev() {
        let unanswered = 1.0 - sums[from][0];
        (costs[from], next[from]) = (from + shortest..=from + longest)
            .map(|to| {
                let [lag, relative] = lags(from, to);
                (poll_cost * unanswered + lag + early_weight * relative + costs[to], to)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap();
    }
    let mut figures = Figures { requests: 1.0, ..Figures::default() };
    let mut at = 0;
    while at < count {
        let [lag, relative] = lags(at, next[at]);
        figures.lag += lag;
        figures.relative += 100.0 * relative;
        figures.requests += 1.0 - sums[at][0];
        at = next[at];
    }
    figures
}

/// The best possible schedule that sends `requests` on average.
fn best_possible_with(distribution: Distribution, early_weight: f64, requests: f64, grid: f64) -> Figures {
    let (mut low, mut high) = (1e-3f64, 10.0f64);
    for _ in 0..20 {
        let poll_cost = (low * high).sqrt();
        let is_cheap = best_possible(distribution, early_weight, poll_cost, grid).requests > requests;
        if is_cheap { low = poll_cost } else { high = poll_cost }
    }
    best_possible(distribution, early_weight, high, grid)
}

// ---- Tests ----

/// Prints a row of a table.
fn print_row(name: &str, figures: Figures) -> Figures {
    let Figures { lag, relative, requests } = figures;
    println!("| {name} | {lag:.2} s | {relative:.1} % | {requests:.1} |");
    figures
}

/// Reference figures of fixed intervals: seconds, mean lag, relative lag in percent, requests.
const FIXED_INTERVALS: [[f64; 4]; 5] = [
    [0.5, 0.28, 3.2, 31.0],
    [1.0, 0.53, 6.0, 17.0],
    [2.0, 1.05, 11.6, 9.4],
    [3.0, 1.48, 16.6, 6.8],
    [5.0, 2.66, 28.9, 4.7],
];

#[test]
fn the_simulation_reproduces_the_reference_figures_of_fixed_intervals() {
    for [seconds, lag, relative, requests] in FIXED_INTERVALS {
        let figures = print_row(&format!("fixed {seconds} s"), fixed(SAMPLE, seconds, 4_000));
        let pairs = [(figures.lag, lag), (figures.relative, relative), (figures.requests, requests)];
        for (simulated, reference) in pairs {
            assert!((simulated / reference - 1.0).abs() < 0.07, "fixed {seconds} s: {simulated}, not {reference}");
        }
    }
}

#[test]
fn without_history_the_schedule_reaches_its_target() {
    let figures = print_row("no history", without_history(SAMPLE, Stages::Hidden, 4_000));
    assert!(figures.lag <= 0.6 && figures.relative <= 5.5 && figures.requests <= 18.0, "{figures:?}");
}

#[test]
fn without_history_the_schedule_is_within_3_percent_of_the_best_possible_one() {
    let figures = print_row("no history", without_history(FULL, Stages::Hidden, 4_000));
    let best = print_row("best possible", best_possible(FULL, EARLY_WEIGHT_S, POLL_COST_S, 0.05));
    assert!(cost(figures) < cost(best) * 1.03, "{} {}", cost(figures), cost(best));
}

#[test]
fn no_fixed_interval_is_better_in_all_three_figures() {
    for distribution in [FULL, SAMPLE] {
        let ours = without_history(distribution, Stages::Hidden, 2_000);
        for [seconds, ..] in FIXED_INTERVALS {
            let other = fixed(distribution, seconds, 2_000);
            let is_better = other.lag <= ours.lag && other.relative <= ours.relative && other.requests <= ours.requests;
            assert!(!is_better, "fixed {seconds} s {other:?}, this schedule {ours:?}");
        }
    }
}

#[test]
fn stages_and_a_history_of_twenty_sessions_save_a_quarter_of_the_requests_at_no_more_lag() {
    for distribution in [FULL, SAMPLE] {
        let before = print_row("stages hidden", without_history(distribution, Stages::Hidden, 2_000));
        let after = print_row("20 sessions", with_history(distribution, distribution, Stages::Share(0.3, 0.1), 800));
        assert!(after.requests <= 0.75 * before.requests, "{after:?} {before:?}");
        assert!(after.lag <= before.lag && after.relative <= before.relative, "{after:?} {before:?}");
    }
}

/// A history saves requests if the writing is long, and lag if it is short.
#[test]
fn a_history_of_twenty_sessions_improves_on_the_stages_alone() {
    for (distribution, share, saved_requests, saved_lag) in
        [(FULL, 0.3, 0.2, 0.03), (SAMPLE, 0.3, 0.2, 0.03), (FULL, 0.6, 0.0, 0.1)]
    {
        let stages = Stages::Share(share, 0.1);
        let before = print_row("no history", without_history(distribution, stages, 2_000));
        let after = print_row("20 sessions", with_history(distribution, distribution, stages, 800));
        assert!(after.requests <= (1.0 - saved_requests) * before.requests, "{after:?} {before:?}");
        assert!(weighted_lag(after) <= (1.0 - saved_lag) * weighted_lag(before), "{after:?} {before:?}");
    }
}

#[test]
fn stages_alone_save_requests_at_no_more_lag() {
    let hidden = without_history(FULL, Stages::Hidden, 2_000);
    for (stages, saved) in [(Stages::Share(0.3, 0.1), 0.08), (Stages::Share(0.6, 0.1), 0.2)] {
        let shown = print_row("stages", without_history(FULL, stages, 2_000));
        assert!(shown.requests <= (1.0 - saved) * hidden.requests, "{shown:?} {hidden:?}");
        assert!(shown.lag <= hidden.lag * 1.03 && shown.relative <= hidden.relative * 1.03, "{shown:?} {hidden:?}");
    }
}

#[test]
fn a_history_of_durations_that_hardly_vary_saves_requests_and_lag() {
    let narrow = Distribution { median: 12.0, sigma: 0.2 };
    let before = print_row("no history", without_history(narrow, Stages::Hidden, 1_000));
    let after = print_row("20 sessions", with_history(narrow, narrow, Stages::Hidden, 500));
    assert!(after.requests <= 0.75 * before.requests, "{after:?} {before:?}");
    assert!(after.lag <= before.lag && after.relative <= before.relative, "{after:?} {before:?}");
}

/// Such a history moves the schedule along the trade-off between lag and requests.
#[test]
fn a_history_of_other_durations_is_no_worse_than_a_fixed_interval_with_as_many_requests() {
    for median in [4.0, 40.0] {
        let before = Distribution { median, ..FULL };
        for stages in [Stages::Hidden, Stages::Share(0.3, 0.1)] {
            let ours = print_row(&format!("20 sessions of {median} s"), with_history(before, FULL, stages, 500));
            let (mut low, mut high) = (0.3, 5.0);
            for _ in 0..10 {
                let seconds = (low + high) / 2.0;
                if fixed(FULL, seconds, 200).requests > ours.requests { low = seconds } else { high = seconds }
            }
            let other = print_row(&format!("fixed {high:.2} s"), fixed(FULL, high, 2_000));
            assert!(weighted_lag(ours) < weighted_lag(other), "{ours:?} {other:?}");
        }
    }
}

// ---- The tables ----

/// Prints the rows of `bench/schedule/schedule.md`.
pub fn print_tables() {
    const COUNT: usize = 40_000;
    const GRID: f64 = 0.02;
    for (name, distribution) in [("full", FULL), ("sample", SAMPLE)] {
        println!("\n{name}");
        for [seconds, ..] in FIXED_INTERVALS {
            print_row(&format!("fixed {seconds} s"), fixed(distribution, seconds, COUNT));
        }
        let ours = without_history(distribution, Stages::Hidden, COUNT);
        // Each pause depends on the elapsed milliseconds and on a parameter, which is set for the same number of requests.
        type Candidate<'a> = &'a dyn Fn(f64, f64) -> f64;
        let candidates: [(&str, Candidate); 4] = [
            ("fixed", &|by, _| by * 1_000.0),
            ("a share of the elapsed time", &|by, t| by * t * 0.1),
            ("0.5 s plus a share of it", &|by, t| 500.0 + by * t * 0.03),
            ("from the exact hazard at the last poll, for mean lag only", &|by, t| {
                let s = t / 1_000.0;
                let answered = distribution.share_answered(s);
                let rate = (distribution.share_answered(s + 0.05) - answered) / 0.05 / (1.0 - answered).max(1e-9);
                by * 260.0 / rate.max(1e-6).sqrt()
            }),
        ];
        println!("with {:.2} requests", ours.requests);
        for (name, candidate) in candidates {
            let figures = |by: f64| by_elapsed_time(distribution, COUNT, |t| candidate(by, t).clamp(MIN_MS, MAX_MS));
            let (mut low, mut high) = (0.2, 6.0);
            for _ in 0..16 {
                let by = (low + high) / 2.0;
                if figures(by).requests > ours.requests { low = by } else { high = by }
            }
            print_row(&format!("{name} (parameter {high:.3})"), figures(high));
        }
        print_row("this schedule, no history", ours);
        for early_weight in [0.0, 8.0, EARLY_WEIGHT_S, 1e3] {
            for requests in [ours.requests, 0.75 * ours.requests] {
                let name = format!("best possible, early weight {early_weight}");
                print_row(&name, best_possible_with(distribution, early_weight, requests, GRID));
            }
        }
        let with_sessions = |stages| with_history(distribution, distribution, stages, COUNT);
        print_row("20 sessions, no stages", with_sessions(Stages::Hidden));
        for (name, stages) in [
            ("30 ± 10 %", Stages::Share(0.3, 0.1)),
            ("30 ± 20 %", Stages::Share(0.3, 0.2)),
            ("10 ± 5 %", Stages::Share(0.1, 0.05)),
            ("60 ± 15 %", Stages::Share(0.6, 0.15)),
            ("90 ± 5 %", Stages::Share(0.9, 0.05)),
            ("30 %, independent", Stages::Independent(0.3)),
        ] {
            let hidden = without_history_or_stages(distribution, stages, COUNT);
            print_row(&format!("stages hidden, {name}"), hidden);
            print_row(&format!("no history, {name}"), without_history(distribution, stages, COUNT));
            print_row(&format!("20 sessions, {name}"), with_sessions(stages));
        }
    }
    println!("\nhistories of other durations");
    for stages in [Stages::Hidden, Stages::Share(0.3, 0.1)] {
        for median in [4.0, 40.0] {
            let other = Distribution { median, ..FULL };
            print_row(&format!("median {median} s, no history"), without_history(other, stages, COUNT));
            print_row(&format!("20 sessions, still {median} s"), with_history(other, other, stages, COUNT));
            let then_full = with_history(other, FULL, stages, COUNT);
            print_row(&format!("20 sessions of {median} s, then the full distribution"), then_full);
        }
        let narrow = Distribution { median: 12.0, sigma: 0.2 };
        print_row("sigma 0.2, no history", without_history(narrow, stages, COUNT));
        print_row("sigma 0.2, 20 sessions", with_history(narrow, narrow, stages, COUNT));
    }
}
