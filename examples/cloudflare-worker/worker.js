import { createProxyHandler } from "aiera-chat/proxy";

export default {
  /**
   * @param {Request} request
   * @param {{ AIERA_API_KEY: string, AIERA_BASE_URL?: string, ALLOWED_ORIGINS: string }} env
   */
  fetch(request, env) {
    const handler = createProxyHandler({
      apiKey: env.AIERA_API_KEY,
      baseUrl: env.AIERA_BASE_URL,
      allowedOrigins: env.ALLOWED_ORIGINS.split(" "),
      // The check of the origin keeps out other pages, but not other programs: authorize: (request) => …
    });
    return handler(request);
  },
};
