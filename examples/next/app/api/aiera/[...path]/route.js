import { createProxyHandler } from "aiera-chat/proxy";

const handler = createProxyHandler({
  apiKey: () => process.env.AIERA_API_KEY ?? "",
  baseUrl: process.env.AIERA_BASE_URL,
  // Who may ask is for you to decide: authorize: (request) => isSignedIn(request),
});

export { handler as GET, handler as POST };
