// @ts-check
// The page: its forms, the list of sessions, and which of them is shown. Each session is a run of its own.
import { proxyUrl } from "./connection.js";
import { byId, el, focusOn } from "./dom.js";
import { titleOf } from "./errors.js";
import { FAILURES, failureById } from "./failures.js";
import { Run } from "./run.js";
import { createRunView } from "./run-view.js";
import { statusInWords } from "./statuses.js";

/** @typedef {{ run: Run, root: HTMLElement, heading: HTMLElement, button: HTMLButtonElement }} Entry */

/** @type {Entry[]} */
const entries = [];

const ask = /** @type {HTMLFormElement} */ (byId("ask"));
const reopen = /** @type {HTMLFormElement} */ (byId("reopen"));
const prompt = /** @type {HTMLTextAreaElement} */ (byId("prompt"));
const title = /** @type {HTMLInputElement} */ (byId("title"));
const sources = /** @type {HTMLTextAreaElement} */ (byId("sources"));
const failureChoice = /** @type {HTMLSelectElement} */ (byId("failure"));
const sessionId = /** @type {HTMLInputElement} */ (byId("session-id"));
let suggested = "";

if (proxyUrl) byId("mode").textContent = "Real API, through this page's own proxy";

for (const [group, failures] of FAILURES) {
  const options = failures.map(({ id, label }) => el("option", { value: id }, label));
  failureChoice.append(el("optgroup", { label: group }, ...options));
}
failureChoice.addEventListener("change", showFailureHint);
showFailureHint();

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  const scope = readSources();
  if (scope === null) return;
  const params = {
    ...(title.value && { title: title.value }),
    prompt: prompt.value,
    ...(scope && { sources: scope }),
  };
  begin({ params, failure: failureById(failureChoice.value) });
});

reopen.addEventListener("submit", (event) => {
  event.preventDefault();
  begin({ id: sessionId.value.trim() });
});

// Ctrl+Enter, as in other forms with room for several lines.
prompt.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ask.requestSubmit();
});

function showFailureHint() {
  const failure = failureById(failureChoice.value);
  const where = failure && proxyUrl ? " On the embedded mock: nothing is sent to the API." : "";
  byId("failure-hint").textContent = failure ? failure.hint + where : "From question to answer.";
}

/** @returns {unknown[] | undefined | null} null where it is no array */
function readSources() {
  const said = byId("sources-error");
  said.hidden = true;
  sources.removeAttribute("aria-invalid");
  if (sources.value.trim() === "") return undefined;
  try {
    const value = JSON.parse(sources.value);
    if (Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  said.textContent = 'This must be a JSON array, such as [{"id": "456", "type": "filing"}].';
  said.hidden = false;
  sources.setAttribute("aria-invalid", "true");
  sources.closest("details")?.setAttribute("open", "");
  sources.focus();
  return null;
}

/** @param {import("./run.js").Plan} plan */
function begin(plan) {
  const run = new Run(entries.length + 1, plan);
  const { root, heading } = createRunView(run);
  const button = el("button", { type: "button", click: () => show(entry, true) });
  /** @type {Entry} */
  const entry = { run, root, heading, button };
  entries.push(entry);
  byId("welcome").hidden = true;
  byId("no-sessions").hidden = true;
  byId("sessions").prepend(el("li", {}, button));
  byId("main").append(root);

  let said = inWords(run);
  announce(said);
  run.listeners.push((change) => {
    if (change === "exchange") return;
    describe(entry);
    const words = inWords(run);
    if (change !== "poll" && words !== said) announce((said = words));
    if (change !== "session" || plan.failure) return;
    suggest(run.session?.id);
    if (!root.hidden) keepInAddress(run);
  });
  describe(entry);
  show(entry, true);
  run.start();
}

/**
 * The latest session as the one to reopen, unless the visitor has another in mind.
 * @param {number | undefined} id
 */
function suggest(id) {
  if (id === undefined || sessionId.value !== suggested) return;
  sessionId.value = suggested = String(id);
}

/** @param {Run} run */
function inWords(run) {
  if (run.state === "failed") return titleOf(run.error);
  if (run.session) return statusInWords(run.session.status);
  return run.plan.id === undefined ? "Creating the session" : "Reopening the session";
}

/** @param {Entry} entry */
function describe({ run, button }) {
  button.dataset.state = run.state;
  button.replaceChildren(
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "session-name" }, run.name),
    el(
      "span",
      { class: "session-state" },
      `${run.session?.id ?? run.plan.id ?? "new"} · ${inWords(run)}`,
    ),
  );
}

/**
 * @param {Entry} chosen
 * @param {boolean} focus
 */
function show(chosen, focus) {
  for (const { root, button } of entries) {
    root.hidden = root !== chosen.root;
    if (root === chosen.root) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  keepInAddress(chosen.run);
  if (focus) focusOn(chosen.heading);
}

/**
 * The session that is shown, for a reload or a bookmark. The embedded mock forgets its sessions with the page.
 * @param {Run} run
 */
function keepInAddress({ plan, session }) {
  const id = session?.id ?? plan.id;
  if (!proxyUrl || plan.failure || !/^\d+$/.test(String(id))) return;
  history.replaceState(null, "", `#${id}`);
}

function openFromAddress() {
  const id = /^#(\d+)$/.exec(location.hash)?.[1];
  if (!proxyUrl || !id) return;
  const known = entries.find(({ run }) => !run.plan.failure && String(run.session?.id) === id);
  if (known) show(known, true);
  else begin({ id });
}

/** @param {string} text */
function announce(text) {
  byId("announcer").textContent = text;
}

addEventListener("hashchange", openFromAddress);
openFromAddress();
