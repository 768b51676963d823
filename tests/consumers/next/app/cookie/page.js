// The key provider reads a cookie, for which Next.js throws an error during the build.
import { cookies } from "next/headers";
import { ask } from "../../lib/ask.js";

export default async function Page() {
  const apiKey = async () => (await cookies()).get("tenant")?.value ?? "a key";
  return <output>{await ask({ apiKey })}</output>;
}
