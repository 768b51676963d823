/**
 * SvelteKit's `fetch`, and whether the headers of its responses throw, as they do on the server.
 */
export function watched(fetch) {
  const seen = { refused: 0 };
  const send = async (url, init) => {
    const response = await fetch(url, init);
    try {
      response.headers.get("x-request-id");
    } catch {
      seen.refused++;
    }
    return response;
  };
  return { fetch: send, seen };
}
