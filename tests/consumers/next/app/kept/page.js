// An answer in Next.js's data cache: this page is rendered during the build, which polls.
import { unstable_cache } from "next/cache";
import { ask } from "../../lib/ask.js";

const kept = unstable_cache(() => ask(), ["answer"]);

export default async function Page() {
  return <output>{await kept()}</output>;
}
