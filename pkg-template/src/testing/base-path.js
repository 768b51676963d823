// @ts-check
// The base path of the mock: where in a URL the API's own paths begin. A request to any other is a 404, so that a test
// notices a wrong `baseUrl`.
import { API_ROOT } from "../shared/operations.js";

/** The path of the API's own base URL. */
export const API_PATH = "/api";

/**
 * The API's own part of a path (`/chat-v1/…`), or undefined where the path is outside of the base path.
 *
 * @param {URL} url
 * @param {string | undefined} basePath  as the option says
 * @param {boolean} [mounted]  whether the host's router has chosen the handler by the path, so that every base path is right
 * @returns {string | undefined}
 */
export function apiPath({ pathname, protocol }, basePath, mounted) {
  if (basePath !== undefined) return below(pathname, basePath);
  if (mounted) {
    const at = pathname.lastIndexOf(API_ROOT);
    return at < 0 ? pathname : pathname.slice(at);
  }
  // A mock on a port has a URL without a path, which is a base URL too.
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
