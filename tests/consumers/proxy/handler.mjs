// The handler that every mount uses.
import { createProxyHandler } from "aiera-chat/proxy";

export const handler = createProxyHandler({
  apiKey: process.env.AIERA_API_KEY,
  baseUrl: process.env.AIERA_BASE_URL,
  // Reads the body, which the proxy counts and sends on.
  authorize: async (request) => request.body === null || (await request.text()).startsWith("{"),
  maxBodyBytes: 10_000,
});
