// @ts-check
// The base path of the mock, after which the API's paths begin in a URL. Any other path is a 404, so that a test notices a
// wrong `baseUrl`.
import { API_ROOT } from "../shared/operations.js";

/** The path of the API's base URL. */
export const API_PATH = "/api";

/**
 * The API's part of a path (`/chat-v1/…`), or undefined if the path is outside of the base path.
 *
 * @param {URL} url
 * @param {string | undefined} basePath the option
 * @param {boolean} [mounted] whether a router has chosen the handler by the path, so that any base path is right
 * @returns {string | undefined}
 */
export function apiPath({ pathname, protocol }, basePath, mounted) {
  if (basePath !== undefined) return below(pathname, basePath);
  if (mounted) {
    const at = pathname.lastIndexOf(API_ROOT);
    return at < 0 ? pathname : pathname.slice(at);
  }
  // The URL of a mock on a port has no path, and is a base URL too.
  const atRoot = protocol === "http:" && pathname.startsWith(API_ROOT);
  return below(pathname, API_PATH) ?? (atRoot ? pathname : undefined);
}

/**
 * The part of a path below a base path. A path that has `/chat-v1/` further down belongs to another base path.
 *
 * @param {string} pathname
 * @param {string} base
 */
function below(pathname, base) {
  if (!pathname.startsWith(`${base}/`)) return undefined;
  const path = pathname.slice(base.length);
  return path.lastIndexOf(API_ROOT) > 0 ? undefined : path;
}
