// The same for all: what mounts it is beside this.
import { createProxyHandler } from "aiera-chat/proxy";

export const handler = createProxyHandler({
  apiKey: process.env.AIERA_API_KEY,
  baseUrl: process.env.AIERA_BASE_URL,
});
