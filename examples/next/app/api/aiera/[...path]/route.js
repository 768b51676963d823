import { createProxyHandler } from "aiera-chat/proxy";

const handler = createProxyHandler({
  apiKey: () => process.env.AIERA_API_KEY ?? "",
  baseUrl: process.env.AIERA_BASE_URL,
  // Your check of who may ask: authorize: (request) => true or false,
});

export { handler as GET, handler as POST, handler as PATCH, handler as DELETE };
