// @ts-check
// A run as the page shows it: a header that is alive while it waits, the answer or the error, and beside them the polls,
// the wire and the code. What happens is up to run.js; this only follows it.
import { answerView, textOf } from "./answer.js";
import { codeOf } from "./code.js";
import { byId, copyButton, el, seconds, slot } from "./dom.js";
import { canWaitAgain, errorView, pollInWords } from "./errors.js";
import { statusInWords, USUAL_WAY } from "./statuses.js";
import { makeTabs } from "./tabs.js";
import { pauseInWords, pollView } from "./timeline.js";
import { exchangeView } from "./wire.js";

/** @typedef {import("./run.js").Run} Run */

const TICK_MS = 100;

/** @param {Run} run */
export function createRunView(run) {
  const template = /** @type {HTMLTemplateElement} */ (byId("run-template"));
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const root = /** @type {HTMLElement} */ (copy.firstElementChild);
  const prefix = `run${run.number}`;
  const heading = slot(root, "heading");
  const cancel = /** @type {HTMLButtonElement} */ (slot(root, "cancel"));
  const [id, status, clock] = [slot(root, "id"), slot(root, "status"), slot(root, "clock")];
  const [steps, pulse, ticker] = [slot(root, "steps"), slot(root, "pulse"), slot(root, "ticker")];
  const answer = slot(root, "answer");

  heading.id = `${prefix}-heading`;
  root.setAttribute("aria-labelledby", heading.id);
  cancel.addEventListener("click", () => {
    heading.focus({ preventScroll: true });
    run.cancel();
  });

  const polls = el("ol", { class: "polls" });
  const noPolls = el(
    "p",
    { class: "hint" },
    "Every poll will stand here, with the reason of the pause after it.",
  );
  const wire = el("div", { class: "wire" });
  makeTabs(slot(root, "tabs"), slot(root, "panels"), prefix, [
    ["Polls", el("div", {}, noPolls, polls)],
    ["On the wire", wire],
    ["Code", codeView(run)],
  ]);

  /** @type {Map<import("./recorder.js").Exchange, HTMLDetailsElement>} */
  const exchanges = new Map();
  let nextPollAt = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  const showState = () => {
    heading.textContent = run.name;
    const sessionId = run.session?.id ?? run.plan.id;
    if (sessionId !== undefined) id.textContent = `Session ${sessionId}`;
    else if (run.state === "failed") id.textContent = "No session";
    status.textContent = run.session?.status ?? "";
    root.dataset.state = run.state;
    // Its place stays, or the heading would be broken into lines anew.
    cancel.classList.toggle("gone", run.state !== "waiting");
    steps.replaceChildren(...stepViews(run));
    const working = run.state === "waiting";
    pulse.className = working ? "pulse pulse-on" : "pulse";
    answer.setAttribute("aria-busy", String(working));
  };
  const tick = () => {
    clock.textContent = seconds(run.elapsedMs);
    const latest = run.polls.at(-1);
    if (!latest) return;
    const said = `Poll ${latest.attempt}: ${pollInWords(latest)}; `;
    const left = nextPollAt - performance.now();
    ticker.textContent =
      said + (left > 0 ? pauseInWords({ ...latest, nextDelayMs: left }) : "asking…");
  };
  const showEnd = () => {
    clearInterval(timer);
    clock.textContent = `${seconds(run.elapsedMs)} in all`;
    ticker.textContent = endInWords(run);
    if (run.state === "done" && run.session) {
      const { session } = run;
      const copy = copyButton(() => textOf(session).join("\n\n"), "the answer as Markdown");
      answer.replaceChildren(answerHead(copy), ...answerView(session, prefix));
    } else answer.replaceChildren(errorView(run.error, againButtons(run, heading)));
  };
  const begin = () => {
    timer = setInterval(tick, TICK_MS);
    if (answer.querySelector(".error")) answer.replaceChildren(answerHead(), skeleton());
  };

  run.listeners.push((change, detail) => {
    if (change === "begun") begin();
    if (change === "poll") {
      noPolls.hidden = true;
      polls.append(pollView(detail));
      nextPollAt = performance.now() + (detail.nextDelayMs ?? Infinity);
      tick();
    }
    if (change === "exchange") {
      const view = exchangeView(detail, exchanges.get(detail));
      if (!exchanges.has(detail)) wire.append(view);
      exchanges.set(detail, view);
      if (run.polls.length === 0) ticker.textContent = firstWords(detail);
    } else showState();
    if (change === "settled") showEnd();
  });
  showState();
  begin();
  return { root, heading };
}

/** @param {import("./recorder.js").Exchange} exchange */
function firstWords({ method, response }) {
  if (method === "POST") return response ? "The session is created." : "Creating the session…";
  return "Asking for the first time…";
}

/** @param {Run} run */
function endInWords(run) {
  const polls = run.polls.length === 1 ? "1 poll" : `${run.polls.length} polls`;
  return run.state === "done" ? `Done, with ${polls}.` : `Ended without an answer, after ${polls}.`;
}

/** @param {HTMLElement[]} actions */
function answerHead(...actions) {
  return el("div", { class: "answer-head" }, el("h3", {}, "Answer"), ...actions);
}

function skeleton() {
  const lines = Array.from({ length: 5 }, () => document.createElement("i"));
  return el("div", { class: "skeleton", "aria-hidden": "true" }, ...lines);
}

/**
 * @param {Run} run
 * @param {HTMLElement} heading
 */
function againButtons(run, heading) {
  if (!canWaitAgain(run.error)) return [];
  const click = () => {
    heading.focus({ preventScroll: true });
    run.waitAgain();
  };
  return [el("button", { type: "button", class: "primary", click }, "Go on waiting")];
}

/** @param {Run} run */
function stepViews(run) {
  const seen = run.statuses;
  const last = seen.at(-1)?.status ?? "";
  const over = run.state !== "waiting";
  const ahead = run.state === "failed" ? [] : USUAL_WAY.slice(USUAL_WAY.indexOf(last) + 1);
  // A status that is not on the usual way comes after what has been, before the rest.
  const left = USUAL_WAY.includes(last)
    ? ahead
    : USUAL_WAY.filter((s) => !seen.some((e) => e.status === s));
  const coming = run.state === "failed" ? [] : last === "reopened" ? USUAL_WAY.slice(1) : left;
  return [
    ...seen.map(({ status, atMs }, index) => {
      const latest = index === seen.length - 1;
      const failed = latest && run.state === "failed";
      const state = failed ? "failed" : latest && !over ? "now" : "past";
      return stepView(status, state, seconds(atMs));
    }),
    ...coming.map((status) => stepView(status, "ahead", "")),
  ];
}

const STEP_WORDS = { past: "done", now: "now", failed: "stopped here", ahead: "to come" };

/**
 * @param {string} status
 * @param {keyof typeof STEP_WORDS} state
 * @param {string} time
 */
function stepView(status, state, time) {
  return el(
    "li",
    { class: `step step-${state}`, "aria-current": state === "now" ? "step" : undefined },
    el("span", { class: "step-name" }, statusInWords(status)),
    el("span", { class: "visually-hidden" }, `, ${STEP_WORDS[state]} `),
    el("span", { class: "step-time" }, time || "\u00a0"),
  );
}

/** @param {Run} run */
function codeView(run) {
  const parts = codeOf(run.plan).map(({ title, code }) =>
    el(
      "section",
      { class: "snippet" },
      el(
        "div",
        { class: "snippet-head" },
        el("h3", {}, title),
        copyButton(() => code, `the code: ${title}`),
      ),
      el("pre", { tabindex: "0", role: "region", "aria-label": title }, el("code", {}, code)),
    ),
  );
  return el("div", {}, ...parts);
}
