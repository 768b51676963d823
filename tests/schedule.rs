//! The schedule, judged: simulated waits over a spread of generation times, by mean lag after completion, mean lag
//! relative to the wait, and mean number of requests. The aims are asserted over small samples; the whole table of
//! `bench/schedule.md` comes from `cargo bench --bench schedule`.

// What ships may not panic; a simulation may.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
// The benchmark uses what the tests do not, and the other way round.
#![allow(dead_code)]
#![cfg(not(target_arch = "wasm32"))]

use aiera_chat::core::schedule::{History, Situation, Stage, pause};

const MIN: f64 = 500.0;
const MAX: f64 = 5_000.0;
/// One exchange; the server answers with the state at its middle.
const LATENCY: f64 = 40.0;
/// Sessions in a history.
const LEARNED: usize = 20;

// ---- Generation times ----

/// A log-normal spread of generation times, clipped to 1 to 300 s.
#[derive(Clone, Copy)]
struct Spread {
    median: f64,
    sigma: f64,
}

/// The spread that the schedule is judged over.
const FULL: Spread = Spread { median: 12.0, sigma: 0.9 };
/// The sample of it that the known points of the fixed intervals were taken over, as far as they tell.
const SAMPLE: Spread = Spread { median: 11.85, sigma: 0.78 };

impl Spread {
    /// The share of sessions that are done within `seconds`.
    fn done(self, seconds: f64) -> f64 {
        match seconds {
            s if s < 1.0 => 0.0,
            s if s >= 300.0 => 1.0,
            s => normal((s / self.median).ln() / self.sigma),
        }
    }

    /// The milliseconds within which the share `u` is done.
    fn quantile(self, u: f64) -> f64 {
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

// ---- Sessions and waits ----

/// What the statuses of a session show.
#[derive(Clone, Copy)]
enum Stages {
    /// Nothing that the client knows.
    Unknown,
    /// Finding sources takes this share of the time, give or take the other.
    Share(f64, f64),
    /// Finding sources takes this share on average, independent of what writing takes: both are spread alike.
    Apart(f64),
}

/// A session: when writing began and when it was done.
#[derive(Clone, Copy)]
struct Session {
    written_from: Option<f64>,
    done: f64,
}

impl Stages {
    fn session(self, spread: Spread, u: f64, random: &mut Random) -> Session {
        let done = spread.quantile(u);
        match self {
            Stages::Unknown => Session { written_from: None, done },
            Stages::Share(share, spread) => {
                let share = share + spread * (2.0 * random.next() - 1.0);
                Session { written_from: Some(done * share), done }
            }
            Stages::Apart(share) => {
                let found = spread.quantile(random.next()) * share;
                Session { written_from: Some(found), done: found + done * (1.0 - share) }
            }
        }
    }
}

#[derive(Clone, Copy, Default, Debug)]
struct Figures {
    /// Seconds from the answer to the response that brings it.
    lag: f64,
    /// The same as a share of what the session took, in percent.
    relative: f64,
    requests: f64,
}

/// Waits for `session`: the figures, what the client saw it take, and what it saw writing take.
fn wait(session: Session, mut pause: impl FnMut(Situation) -> f64) -> (Figures, f64, Option<f64>) {
    let (mut now, mut requests) = (0.0, 0.0);
    let mut writing_seen = None;
    loop {
        requests += 1.0;
        let seen = now + LATENCY / 2.0;
        now += LATENCY;
        if seen >= session.done {
            break;
        }
        let stage = match session.written_from {
            None => Stage::Other,
            Some(from) if seen < from => Stage::FindingSources,
            Some(_) => Stage::Generating,
        };
        let since = if stage == Stage::Generating { *writing_seen.get_or_insert(now) } else { 0.0 };
        now += pause(Situation { elapsed: now, stage, in_stage: now - since, min: MIN, max: MAX });
    }
    let lag = now - session.done;
    let figures = Figures { lag: lag / 1_000.0, relative: 100.0 * lag / session.done, requests };
    (figures, now, writing_seen.map(|since| now - since))
}

fn mean(all: &[Figures]) -> Figures {
    let count = all.len() as f64;
    let of = |figure: fn(&Figures) -> f64| all.iter().map(figure).sum::<f64>() / count;
    Figures { lag: of(|f| f.lag), relative: of(|f| f.relative), requests: of(|f| f.requests) }
}

/// The figures of a schedule that looks at nothing but the time waited.
fn timed(spread: Spread, count: usize, pause: impl Fn(f64) -> f64) -> Figures {
    let mut random = Random(1);
    let waits: Vec<Figures> = random
        .strata(count)
        .into_iter()
        .map(|u| wait(Stages::Unknown.session(spread, u, &mut random), |at| pause(at.elapsed)).0)
        .collect();
    mean(&waits)
}

/// The figures of this package's schedule with nothing learned.
fn blind(spread: Spread, stages: Stages, count: usize) -> Figures {
    let mut random = Random(2);
    let history = History::default();
    let mut waits = Vec::new();
    for u in random.strata(count) {
        let session = stages.session(spread, u, &mut random);
        waits.push(wait(session, |at| pause(&at, &history, random.next())).0);
    }
    mean(&waits)
}

/// The figures of this package's schedule after sessions of the spread `before`, over many histories.
fn learned(before: Spread, spread: Spread, stages: Stages, count: usize) -> Figures {
    const WAITS_PER_HISTORY: usize = 20;
    let mut random = Random(3);
    let mut waits = Vec::new();
    for chunk in random.strata(count).chunks(WAITS_PER_HISTORY) {
        let mut history = History::default();
        for _ in 0..LEARNED {
            let u = random.next();
            let session = stages.session(before, u, &mut random);
            let (_, total, writing) = wait(session, |at| pause(&at, &history, random.next()));
            history.record(total, writing);
        }
        for u in chunk {
            let session = stages.session(spread, *u, &mut random);
            waits.push(wait(session, |at| pause(&at, &history, random.next())).0);
        }
    }
    mean(&waits)
}

// ---- The best that can be ----

/// A second of lag weighs 1, and on top of it this divided by the seconds that the session took: the schedule's own
/// trade.
const EARLY_WEIGHT: f64 = 24.0;

/// Both lags in one figure, in seconds.
fn weighted(figures: Figures) -> f64 {
    figures.lag + EARLY_WEIGHT * figures.relative / 100.0
}

/// The best schedule of all for sessions of `spread` without stages, known exactly, when a poll costs `poll` seconds of
/// weighted lag: dynamic programming from the end over a grid of `grid` seconds.
fn best(spread: Spread, early: f64, poll: f64, grid: f64) -> Figures {
    let count = (300.0 / grid).round() as usize;
    let shortest = ((MIN + LATENCY) / 1_000.0 / grid).ceil() as usize;
    let longest = ((MAX + LATENCY) / 1_000.0 / grid).floor() as usize;
    // How many are done up to each point, and the integrals of their times and of one by them.
    let mut sums = vec![[0.0; 3]; count + longest + 1];
    for point in 1..sums.len() {
        let (from, to) = ((point - 1) as f64 * grid, point as f64 * grid);
        let share = spread.done(to) - spread.done(from);
        let middle = ((from + to) / 2.0).max(1.0);
        let [done, times, inverses] = sums[point - 1];
        sums[point] = [done + share, times + share * middle, inverses + share / middle];
    }
    // Lag and relative lag of the sessions that a poll answered at `to` finds, after one at `from`.
    let lags = |from: usize, to: usize| {
        let [a, b] = [sums[from], sums[to]];
        let heard = to as f64 * grid + LATENCY / 2_000.0;
        [heard * (b[0] - a[0]) - (b[1] - a[1]), heard * (b[2] - a[2]) - (b[0] - a[0])]
    };
    let mut costs = vec![0.0; sums.len()];
    let mut next = vec![0; sums.len()];
    for from in (0..count).rev() {
        let left = 1.0 - sums[from][0];
        (costs[from], next[from]) = (from + shortest..=from + longest)
            .map(|to| {
                let [lag, relative] = lags(from, to);
                (poll * left + lag + early * relative + costs[to], to)
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

/// The best schedule that sends `requests` on average.
fn best_with(spread: Spread, early: f64, requests: f64, grid: f64) -> Figures {
    let (mut low, mut high) = (1e-3f64, 10.0f64);
    for _ in 0..20 {
        let poll = (low * high).sqrt();
        if best(spread, early, poll, grid).requests > requests { low = poll } else { high = poll }
    }
    best(spread, early, high, grid)
}

// ---- The table ----

fn row(name: &str, figures: Figures) -> Figures {
    let Figures { lag, relative, requests } = figures;
    println!("| {name} | {lag:.2} s | {relative:.1} % | {requests:.1} |");
    figures
}

/// What is known of peers' fixed intervals: seconds, mean lag, relative lag in percent, requests.
const KNOWN: [[f64; 4]; 5] = [
    [0.5, 0.28, 3.2, 31.0],
    [1.0, 0.53, 6.0, 17.0],
    [2.0, 1.05, 11.6, 9.4],
    [3.0, 1.48, 16.6, 6.8],
    [5.0, 2.66, 28.9, 4.7],
];

fn fixed(spread: Spread, seconds: f64, count: usize) -> Figures {
    timed(spread, count, |_| seconds * 1_000.0)
}

#[test]
fn the_simulation_gives_the_known_points() {
    for [seconds, lag, relative, requests] in KNOWN {
        let found = row(&format!("fixed {seconds} s"), fixed(SAMPLE, seconds, 4_000));
        for (found, known) in [(found.lag, lag), (found.relative, relative), (found.requests, requests)] {
            assert!((found / known - 1.0).abs() < 0.07, "fixed {seconds} s: {found}, known {known}");
        }
    }
}

#[test]
fn knowing_nothing_it_reaches_the_aim() {
    let found = row("blind", blind(SAMPLE, Stages::Unknown, 4_000));
    assert!(found.lag <= 0.6 && found.relative <= 5.5 && found.requests <= 18.0, "{found:?}");
}

#[test]
fn knowing_nothing_it_is_close_to_the_best_possible() {
    const POLL: f64 = 0.094;
    let cost = |figures: Figures| weighted(figures) + POLL * figures.requests;
    let found = row("blind, full spread", blind(FULL, Stages::Unknown, 4_000));
    let best = row("best possible", best(FULL, EARLY_WEIGHT, POLL, 0.05));
    assert!(cost(found) < cost(best) * 1.03, "{} {}", cost(found), cost(best));
}

#[test]
fn no_peer_is_better_on_all_three() {
    for spread in [FULL, SAMPLE] {
        let ours = blind(spread, Stages::Unknown, 2_000);
        for [seconds, ..] in KNOWN {
            let peer = fixed(spread, seconds, 2_000);
            let better = peer.lag <= ours.lag && peer.relative <= ours.relative && peer.requests <= ours.requests;
            assert!(!better, "fixed {seconds} s {peer:?}, ours {ours:?}");
        }
    }
}

#[test]
fn twenty_sessions_save_a_quarter_of_the_requests_at_no_more_lag() {
    for (spread, share) in [(FULL, 0.3), (SAMPLE, 0.3), (FULL, 0.6)] {
        let nothing = row("blind", blind(spread, Stages::Unknown, 2_000));
        let twenty = row("learned", learned(spread, spread, Stages::Share(share, 0.1), 800));
        assert!(twenty.requests <= 0.75 * nothing.requests, "{twenty:?} {nothing:?}");
        assert!(twenty.lag <= nothing.lag && twenty.relative <= nothing.relative, "{twenty:?} {nothing:?}");
    }
}

#[test]
fn stages_alone_save_requests_at_no_more_lag() {
    let nothing = blind(FULL, Stages::Unknown, 2_000);
    for (stages, saved) in [(Stages::Share(0.3, 0.1), 0.08), (Stages::Share(0.6, 0.1), 0.2)] {
        let staged = row("stages", blind(FULL, stages, 2_000));
        assert!(staged.requests <= (1.0 - saved) * nothing.requests, "{staged:?} {nothing:?}");
        assert!(
            staged.lag <= nothing.lag * 1.03 && staged.relative <= nothing.relative * 1.03,
            "{staged:?} {nothing:?}"
        );
    }
}

#[test]
fn times_that_hardly_vary_are_learned() {
    let alike = Spread { median: 12.0, sigma: 0.2 };
    let nothing = row("blind", blind(alike, Stages::Unknown, 1_000));
    let twenty = row("learned", learned(alike, alike, Stages::Unknown, 500));
    assert!(twenty.requests <= 0.75 * nothing.requests, "{twenty:?} {nothing:?}");
    assert!(twenty.lag <= nothing.lag && twenty.relative <= nothing.relative, "{twenty:?} {nothing:?}");
}

/// What was learned from other times shifts the trade between lag and requests, but makes it no worse than that of a
/// fixed interval with as many requests.
#[test]
fn what_was_learned_from_other_times_does_no_harm() {
    for median in [4.0, 40.0] {
        let before = Spread { median, ..FULL };
        for stages in [Stages::Unknown, Stages::Share(0.3, 0.1)] {
            let found = row(&format!("learned at {median} s"), learned(before, FULL, stages, 500));
            let (mut low, mut high) = (0.3, 5.0);
            for _ in 0..10 {
                let seconds = (low + high) / 2.0;
                if fixed(FULL, seconds, 200).requests > found.requests { low = seconds } else { high = seconds }
            }
            let peer = row(&format!("fixed {high:.2} s"), fixed(FULL, high, 2_000));
            assert!(weighted(found) < weighted(peer), "{found:?} {peer:?}");
        }
    }
}

/// Prints every row of `bench/schedule.md`.
pub fn the_table() {
    const COUNT: usize = 40_000;
    const GRID: f64 = 0.02;
    for (name, spread) in [("full", FULL), ("sample", SAMPLE)] {
        println!("\n{name}");
        for [seconds, ..] in KNOWN {
            row(&format!("fixed {seconds} s"), fixed(spread, seconds, COUNT));
        }
        let ours = blind(spread, Stages::Unknown, COUNT);
        // By a parameter that is set to send as many requests, and the milliseconds waited.
        type Candidate<'a> = &'a dyn Fn(f64, f64) -> f64;
        let candidates: [(&str, Candidate); 4] = [
            ("fixed", &|by, _| by * 1_000.0),
            ("a share of the time waited", &|by, t| by * t * 0.1),
            ("0.5 s and a share of the time waited", &|by, t| 500.0 + by * t * 0.03),
            ("by the log-normal hazard, for the mean lag alone", &|by, t| {
                let s = t / 1_000.0;
                let rate = (spread.done(s + 0.05) - spread.done(s)) / 0.05 / (1.0 - spread.done(s)).max(1e-9);
                by * 260.0 / rate.max(1e-6).sqrt()
            }),
        ];
        println!("at {:.2} requests", ours.requests);
        for (name, candidate) in candidates {
            let figures = |by: f64| timed(spread, COUNT, |t| candidate(by, t).clamp(MIN, MAX));
            let (mut low, mut high) = (0.2, 6.0);
            for _ in 0..16 {
                let by = (low + high) / 2.0;
                if figures(by).requests > ours.requests { low = by } else { high = by }
            }
            row(&format!("{name} (parameter {high:.3})"), figures(high));
        }
        row("this schedule, nothing known", ours);
        for early in [0.0, 8.0, EARLY_WEIGHT, 1e3] {
            row(&format!("best possible, early weight {early}"), best_with(spread, early, ours.requests, GRID));
            row(&format!("best possible, early weight {early}"), best_with(spread, early, 0.75 * ours.requests, GRID));
        }
        row("20 sessions seen, no stages", learned(spread, spread, Stages::Unknown, COUNT));
        for (name, stages) in [
            ("30 ± 10 %", Stages::Share(0.3, 0.1)),
            ("30 ± 20 %", Stages::Share(0.3, 0.2)),
            ("10 ± 5 %", Stages::Share(0.1, 0.05)),
            ("60 ± 15 %", Stages::Share(0.6, 0.15)),
            ("90 ± 5 %", Stages::Share(0.9, 0.05)),
            ("30 %, independent", Stages::Apart(0.3)),
        ] {
            row(&format!("stages hidden, {name}"), hidden(spread, stages, COUNT));
            row(&format!("nothing seen, {name}"), blind(spread, stages, COUNT));
            row(&format!("20 seen, {name}"), learned(spread, spread, stages, COUNT));
        }
    }
    println!("\nlearned from other times");
    for stages in [Stages::Unknown, Stages::Share(0.3, 0.1)] {
        for median in [4.0, 40.0] {
            let other = Spread { median, ..FULL };
            row(&format!("nothing seen, at {median} s"), blind(other, stages, COUNT));
            row(&format!("20 seen, at {median} s"), learned(other, other, stages, COUNT));
            row(&format!("20 seen at {median} s, then the full spread"), learned(other, FULL, stages, COUNT));
        }
        let alike = Spread { median: 12.0, sigma: 0.2 };
        row("nothing seen, sigma 0.2", blind(alike, stages, COUNT));
        row("20 seen, sigma 0.2", learned(alike, alike, stages, COUNT));
    }
}

/// Sessions with these stages when their statuses tell nothing.
fn hidden(spread: Spread, stages: Stages, count: usize) -> Figures {
    let mut random = Random(2);
    let history = History::default();
    let mut waits = Vec::new();
    for u in random.strata(count) {
        let session = Session { written_from: None, ..stages.session(spread, u, &mut random) };
        waits.push(wait(session, |at| pause(&at, &history, random.next())).0);
    }
    mean(&waits)
}
