// @ts-check
// The page that this runs in, if it does: whose it is, whether it is seen, and whether it has a network.

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

/** Whether nobody sees the page, and whether it has no network. Runtimes without pages never say either. */
export function state() {
  const { document, navigator } = /** @type {any} */ (globalThis);
  // Not `document.hidden`: that is true in jsdom, which shows nothing to anybody.
  return [document?.visibilityState === "hidden", navigator?.onLine === false];
}

/**
 * Calls back when that may have changed, until the function that it gives is called. Costs nothing outside of pages.
 * @param {() => void} changed
 */
export function watchPage(changed) {
  const { document, self } = /** @type {any} */ (globalThis);
  // Runtimes without pages have neither, or one that never fires.
  const places = [
    [document, "visibilitychange"],
    [self, "online"],
    [self, "offline"],
  ].filter(([target]) => typeof target?.addEventListener === "function");
  for (const [target, event] of places) target.addEventListener(event, changed);
  return () => {
    for (const [target, event] of places) target.removeEventListener(event, changed);
  };
}
