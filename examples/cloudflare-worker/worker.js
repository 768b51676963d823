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
      // A page's origin keeps other pages out, not other programs: authorize: (request) => …
    });
    return handler(request);
  },
};
