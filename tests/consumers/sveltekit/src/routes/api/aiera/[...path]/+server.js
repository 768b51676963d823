import { createProxyHandler } from "aiera-chat/proxy";
import { env } from "$env/dynamic/private";

export const fallback = ({ request }) =>
  createProxyHandler({ apiKey: env.AIERA_API_KEY, baseUrl: env.AIERA_BASE_URL })(request);
