// The handler that every mount uses.
import { createProxyHandler } from "aiera-chat/proxy";

export const handler = createProxyHandler({
  apiKey: process.env.AIERA_API_KEY,
  baseUrl: process.env.AIERA_BASE_URL,
});
