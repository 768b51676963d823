// @ts-check
// A list of sessions: a promise of the first page, and an async iterable of the sessions on all pages.
import { AieraChatError } from "./errors.js";

/** @typedef {{ data: any[], pagination?: any, hasNextPage(): boolean, getNextPage(): Promise<Page> }} Page */

/** The list ends after so many pages in a row without a new session: the server ignores the number of the page. */
const STALE_PAGES = 10;

/**
 * @param {any} params
 * @param {any} options
 * @param {(params: any) => Promise<any>} request gets a page as the server sends it
 * @returns {Promise<Page> & AsyncIterable<any>}
 */
export function listPages(params, options, request) {
  /** @type {Promise<Page> | undefined} */
  let first;
  const firstPage = () => (first ??= getPage(params, request));
  return {
    then: (onPage, onError) => firstPage().then(onPage, onError),
    catch: (onError) => firstPage().catch(onError),
    finally: (onEnd) => firstPage().finally(onEnd),
    get [Symbol.toStringTag]() {
      return "Promise";
    },
    async *[Symbol.asyncIterator]() {
      // Sessions that are created or updated meanwhile shift others to later pages, which then repeat earlier ones.
      const ids = new Set();
      let stale = 0;
      for (let page = await firstPage(); ; page = await page.getNextPage()) {
        const { size } = ids;
        for (const session of page.data) {
          if (ids.has(session?.id)) continue;
          if (session?.id !== undefined) ids.add(session.id);
          if (options?.signal?.aborted) {
            const message = "The list was aborted by its signal.";
            throw new AieraChatError("aborted", message, { cause: options.signal.reason });
          }
          yield session;
        }
        stale = ids.size > size ? 0 : stale + 1;
        if (stale === STALE_PAGES || !page.hasNextPage()) return;
      }
    },
  };
}

/** @param {any} params @param {(params: any) => Promise<any>} request @returns {Promise<Page>} */
async function getPage(params, request) {
  const page = await request(params);
  const number = params?.page ?? 1;
  // An empty page with `has_next` would never end, nor would a page earlier than the requested one.
  const isEarlier = Number(page.pagination?.page) < number;
  const hasNext = page.pagination?.has_next === true && page.data.length > 0 && !isEarlier;
  return {
    ...page,
    hasNextPage: () => hasNext,
    async getNextPage() {
      const message = "There is no next page: ask hasNextPage() before getNextPage().";
      if (!hasNext) throw new AieraChatError("invalid_argument", message);
      return getPage({ ...params, page: number + 1 }, request);
    },
  };
}
