// The commands, over HTTP with a token.
export { QuestionWorkflow } from "./workflow.js";

const BATCH = 100;

export default {
  /**
   * @param {Request} request
   * @param {any} env
   */
  async fetch(request, env) {
    if (!env.TOKEN || request.headers.get("authorization") !== `Bearer ${env.TOKEN}`) {
      return new Response("a wrong token\n", { status: 401 });
    }
    const { pathname, searchParams } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "POST /questions":
        return add(await request.text(), searchParams.get("batch") ?? today(), env);
      case "GET /answers":
        return lines(env, "answer:", searchParams.get("cursor"));
      case "GET /dead":
        return lines(env, "dead:", searchParams.get("cursor"));
      case "POST /retry":
        return retry(env);
      default:
        return new Response("no such command\n", { status: 404 });
    }
  },
};

/**
 * Adds each line as a question, unless its batch already holds it.
 * @param {string} text
 * @param {string} batch
 * @param {any} env
 */
async function add(text, batch, env) {
  const prompts = new Set(text.split("\n").map((line) => line.trim()));
  prompts.delete("");
  const gapMs = 1_000 / Number(env.CREATES_PER_SECOND);
  const instances = await Promise.all(
    [...prompts].map(async (prompt, index) => {
      const question = `${batch}-${await hash(prompt)}`;
      const params = { question, prompt, round: 1, delayMs: Math.ceil(index * gapMs) };
      return { id: `${question}-1`, params };
    }),
  );
  for (let start = 0; start < instances.length; start += BATCH) {
    await createAll(env, instances.slice(start, start + BATCH));
  }
  return Response.json({ questions: prompts.size });
}

/** Creates instances. Ignores existing ids, whether the platform skips them or refuses the batch. */
async function createAll(
  /** @type {any} */ env,
  /** @type {{ id: string, params: object }[]} */ batch,
) {
  try {
    await env.QUESTIONS.createBatch(batch);
  } catch {
    for (const instance of batch) {
      await env.QUESTIONS.create(instance).catch(async (/** @type {unknown} */ error) => {
        const held = await env.QUESTIONS.get(instance.id).catch(() => undefined);
        if (!held) throw error;
      });
    }
  }
}

/**
 * Starts another round of questions in the dead letter, a few at a time. A person decides this: a create of unknown outcome
 * is repeated unless its session is found, and a failed session is replaced by a new one.
 */
async function retry(/** @type {any} */ env) {
  const { entries, next } = await page(env, "dead:");
  for (const { key, value } of entries) {
    const { question, prompt, round, sessionId, code, error, title, sentAt } = value;
    const isOver = ["session_failed", "no_answer"].includes(code) || error.status === 404;
    const params = { question, prompt, round: round + 1 };
    if (sessionId && !isOver) params.sessionId = sessionId;
    // Only a refusal proves that there is no session.
    if (!sessionId && code !== "http") params.unknown = { title, sentAt };
    await createAll(env, [{ id: `${question}-${round + 1}`, params }]);
    await env.RESULTS.delete(key);
  }
  return Response.json({ retried: entries.length, more: Boolean(next) });
}

/**
 * One page as JSON Lines; the header `x-cursor` holds the cursor of the next page, if there is one.
 * @type {(env: any, prefix: string, cursor: string | null) => Promise<Response>}
 */
async function lines(env, prefix, cursor) {
  const { entries, next } = await page(env, prefix, cursor);
  const text = entries.map(({ value }) => `${JSON.stringify(value)}\n`).join("");
  const headers = { "content-type": "application/x-ndjson", ...(next && { "x-cursor": next }) };
  return new Response(text, { headers });
}

/** The size of a page, within the limit of subrequests on every plan. */
const PAGE = 40;

/** @type {(env: any, prefix: string, cursor?: string | null) => Promise<{ entries: { key: string, value: any }[], next?: string }>} */
async function page(env, prefix, cursor) {
  const listed = await env.RESULTS.list({ prefix, cursor, limit: PAGE });
  const entries = await Promise.all(
    listed.keys.map(async (/** @type {{ name: string }} */ { name }) => ({
      key: name,
      value: await env.RESULTS.get(name, "json"),
    })),
  );
  return {
    entries: entries.filter(({ value }) => value),
    next: listed.list_complete ? undefined : listed.cursor,
  };
}

/** @param {string} text */
async function hash(text) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)]
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

const today = () => new Date().toISOString().slice(0, 10);
