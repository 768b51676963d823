// @ts-check
// One client's side of the WebAssembly module: what the module is lent (`src/web/js.rs` declares it as `Host`), and the
// callers that it tells things. What an answer means, and when to ask again, is decided there.
import { attempt, headerKey } from "./arguments/options.js";
import { exchange, NO_KEY } from "./exchange.js";
import { page, state, watchPage } from "./page.js";
import { problemError } from "./problems.js";

/** In the order of `Reason` in `src/core/call.rs`. */
export const REASONS = ["interval", "backoff", "retry-after", "hidden", "offline", "done"];

/** @typedef {ReturnType<typeof import("./arguments/options.js").createOptions>} Options */
/** @typedef {import("./exchange.js").Answer} Answer */

/**
 * A create, or a wait with all who wait.
 * @typedef {object} Line
 * @property {string | undefined} body
 * @property {Map<number, Waiter>} waiters
 * @property {string | undefined} apiKey as it was given last
 * @property {Record<string, string> | undefined} headers as they were sent last, while they hold
 * @property {((answer?: Answer) => void) | undefined} cut ends the exchange that is going on, whatever its request comes to
 * @property {Answer | undefined} seen the last one with a session that the core was given
 */

/**
 * @typedef {object} Waiter
 * @property {[string, string][]} pairs its headers
 * @property {any} signal
 * @property {(() => void) | undefined} abort its listener on the signal
 * @property {(session: any) => void} resolve
 * @property {(error: any) => void} reject
 * @property {((session: any) => void) | undefined} onUpdate
 * @property {((event: any) => void) | undefined} onPoll
 */

/**
 * What a waiter is told, in the order of `Told` in `src/web/running.rs`. The first two are the last that it hears.
 * @type {((waiter: Waiter, thing: any) => void)[]}
 */
const TOLD = [
  (waiter, answer) => waiter.resolve(sessionIn(answer)),
  (waiter, error) => waiter.reject(error),
  ({ onUpdate }, answer) => onUpdate?.(sessionIn(answer)),
  ({ onPoll }, event) => onPoll?.(event),
];

/**
 * The session that was given, or one that is read once more from its text: that is kept alone, since a large session is many
 * objects, which cost more to keep than to make again where an error or a late waiter wants it.
 * @param {Pick<Answer, "session" | "text">} answer
 */
const sessionIn = ({ session, text }) => (text && !session ? JSON.parse(text) : session);

/**
 * What a callback threw is the caller's business, as any uncaught error.
 * @param {unknown} error
 */
function report(error) {
  if (typeof globalThis.reportError === "function") return globalThis.reportError(error);
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * Gives the function that makes a client's calls: an id of 0 creates a session, any other is waited for.
 * @param {Record<string, any>} values the client's options, as they were read
 * @param {new (host: any) => any} Client the module's
 */
export function createCaller({ apiKey, base, pairs, credentials, fetch }, Client) {
  /** @type {Map<number, Line>} */
  const lines = new Map();
  const { isBrowser } = page();
  let creates = 0;
  let waiters = 0;
  let polls = 0;
  let unwatch = () => {};

  /**
   * @param {number} key
   * @param {Line} line
   * @param {boolean} fresh
   * @param {AbortSignal | undefined} signal
   */
  async function send(key, line, fresh, signal) {
    const { apiKey: had, body } = line;
    if (fresh || had === undefined) {
      try {
        const given = headerKey(typeof apiKey === "function" ? await apiKey() : apiKey);
        // What was given instead is not told: it may be a key with a typing error in it.
        if (apiKey && given === undefined) throw undefined;
        line.apiKey = given ?? "";
      } catch (cause) {
        return { kind: NO_KEY, cause };
      }
    }
    if (signal?.aborted) return;
    if (line.apiKey !== had) line.headers = undefined;
    const headers = (line.headers ??= headersOf(line));
    /** @type {RequestInit} */
    const init = {
      method: body === undefined ? "GET" : "POST",
      headers,
      // With "follow" the key would go wherever a redirect points.
      redirect: "manual",
      credentials: credentials ?? "same-origin",
    };
    if (body !== undefined) init.body = body;
    if (signal) init.signal = signal;
    // A poll from a cache would never change. Not every server's runtime knows the option, and none has such a cache.
    if (isBrowser) init.cache = "no-store";
    const url = `${base}/chat-v1/sessions${key > 0 ? `/${key}?include_messages=true` : ""}`;
    client.sent(key);
    const answer = await exchange(fetch, url, init, line.apiKey ?? "", line.seen);
    // Of one that was cut off and ended all the same nobody hears.
    if (signal?.aborted) return;
    line.cut = undefined;
    if (answer.session) line.seen = answer;
    return answer;
  }

  /** @param {Line} line */
  function headersOf({ body, apiKey, waiters }) {
    const others = [...waiters.values()].map((waiter) => waiter.pairs);
    const headers = Object.fromEntries([pairs, ...others].flat());
    if (body !== undefined) {
      delete headers["content-type"];
      headers["Content-Type"] = "application/json";
    }
    if (apiKey) headers["X-API-Key"] = apiKey;
    return headers;
  }

  const client = new Client({
    canRefresh: typeof apiKey === "function",

    now: () => (globalThis.performance ?? Date).now(),

    exchange(
      /** @type {number} */ key,
      /** @type {boolean} */ fresh,
      /** @type {AbortSignal | undefined} */ signal,
    ) {
      const line = /** @type {Line} */ (lines.get(key));
      return new Promise((resolve, reject) => {
        line.cut = resolve;
        send(key, line, fresh, signal).then(resolve, reject);
      });
    },

    cutOff(/** @type {number} */ key) {
      lines.get(key)?.cut?.();
    },

    error(
      /** @type {number} */ key,
      /** @type {any} */ facts,
      /** @type {Answer | undefined} */ answer,
      /** @type {any} */ last,
      /** @type {any} */ cause,
    ) {
      return problemError(key, facts, answer, last && sessionIn(last), cause);
    },

    event(
      /** @type {number[]} */ [attempt, elapsedMs, nextDelayMs, reason],
      /** @type {Answer | undefined} */ answer,
      /** @type {any} */ error,
    ) {
      const { status, state } = answer ?? {};
      const event = {
        attempt,
        elapsedMs,
        httpStatus: status || undefined,
        sessionStatus: state,
        nextDelayMs: nextDelayMs >= 0 ? nextDelayMs : undefined,
        reason: REASONS[reason],
        error,
      };
      return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
    },

    told(/** @type {number} */ key) {
      const seen = lines.get(key)?.seen;
      if (seen) seen.session = undefined;
    },

    tell(
      /** @type {number} */ key,
      /** @type {number} */ id,
      /** @type {number} */ kind,
      /** @type {any} */ thing,
    ) {
      const line = lines.get(key);
      const waiter = line?.waiters.get(id);
      if (!line || !waiter) return;
      if (kind < 2) {
        line.waiters.delete(id);
        line.headers = undefined;
        if (!line.waiters.size) lines.delete(key);
        if (key > 0 && !--polls) unwatch();
        // A signal that throws here is the caller's own, and the call is over.
        attempt(() => waiter.signal?.removeEventListener("abort", waiter.abort));
      }
      try {
        TOLD[kind](waiter, thing);
      } catch (error) {
        report(error);
      }
    },
  });

  function pageChanged() {
    for (const key of [...lines.keys()]) client.page(key, ...state());
  }

  /**
   * @param {number} id
   * @param {any} subject the body of a create; of a wait, the session where it was given
   * @param {Options} options
   * @param {(session: any) => void} resolve
   * @param {(error: any) => void} reject
   */
  return (id, subject, { numbers, pairs, signal, onUpdate, onPoll }, resolve, reject) => {
    const key = id || --creates;
    const waiter = ++waiters;
    let line = lines.get(key);
    if (!line) {
      line = {
        body: id ? undefined : subject,
        waiters: new Map(),
        apiKey: undefined,
        headers: undefined,
        cut: undefined,
        seen: undefined,
      };
      lines.set(key, line);
    }
    const abort =
      signal && (() => client.abort(key, waiter, { cause: attempt(() => signal.reason) }));
    // A signal that throws here can never tell us anything.
    attempt(() => signal?.addEventListener("abort", abort));
    if (id && !polls++) unwatch = watchPage(pageChanged);
    line.waiters.set(waiter, { pairs, signal, abort, resolve, reject, onUpdate, onPoll });
    // It goes with the next request.
    line.headers = undefined;
    const known = id && subject !== undefined ? { session: subject } : undefined;
    client.call(key, waiter, known, ...numbers, Boolean(onPoll), ...state());
  };
}
