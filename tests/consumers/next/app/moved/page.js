import { redirect } from "next/navigation";
import { ask } from "../../lib/ask.js";

export const dynamic = "force-dynamic";

export default async function Page() {
  return <output>{await ask({ fetch: async () => redirect("/built") })}</output>;
}
