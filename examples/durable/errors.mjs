// @ts-check

/** Errors that affect every question: a wrong key, a wrong address. */
const SETUP_CODES = new Set(["key_unavailable", "redirected", "wasm_unavailable"]);
const SETUP_STATUSES = new Set([401, 402, 403]);

/** @param {{ code: string, status?: number }} error */
export const isSetup = ({ code, status = 0 }) =>
  SETUP_CODES.has(code) || SETUP_STATUSES.has(status);

/** Ends a workflow, which moves it to the dead letter. DBOS saves only the message, so the message is the reason as JSON. */
export class DeadLetterError extends Error {
  /** @param {{ code?: string, message?: string, toJSON?(): object }} reason */
  constructor(reason) {
    const { lastSession, ...saved } = /** @type {any} */ (reason.toJSON?.() ?? reason);
    super(JSON.stringify(saved));
    this.name = "DeadLetterError";
  }
}

/**
 * The reason why a workflow is in the dead letter.
 * @param {{ status: string, error?: unknown }} workflow
 * @returns {{ code: string, message: string, [field: string]: unknown }}
 */
export function reasonOf({ status, error }) {
  const message = error instanceof Error ? error.message : String(error ?? status);
  try {
    const reason = JSON.parse(message);
    if (typeof reason?.code === "string") return reason;
  } catch {
    // The workflow failed for another reason.
  }
  return { code: "workflow_error", message };
}
