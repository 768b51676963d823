// The key provider reads a cookie, which Next.js answers with an error of its own while it builds.
import { cookies } from "next/headers";
import { ask } from "../../lib/ask.js";

export default async function Page() {
  const apiKey = async () => (await cookies()).get("tenant")?.value ?? "a key";
  return <output>{await ask({ apiKey })}</output>;
}
