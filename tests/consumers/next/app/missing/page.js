import { notFound } from "next/navigation";
import { ask } from "../../lib/ask.js";

export const dynamic = "force-dynamic";

export default async function Page() {
  return <output>{await ask({ fetch: async () => notFound() })}</output>;
}
