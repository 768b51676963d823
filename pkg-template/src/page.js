// @ts-check
// The page that this runs in, if it does.

/**
 * `origin`: of the page or of the browser's worker. `isBrowser`: whether scripts here came to a browser, so that whoever
 * uses it can read what they hold.
 */
export function page() {
  const { window, document, location, WorkerGlobalScope, Deno, Bun } = /** @type {any} */ (
    globalThis
  );
  const origin =
    location?.origin && location.origin !== "null" ? String(location.origin) : undefined;
  // Deno and Bun have workers of the same kind, on the server's side.
  const isWorker = WorkerGlobalScope && origin && !Deno && !Bun;
  return { origin, isBrowser: Boolean((window && document) || isWorker) };
}
