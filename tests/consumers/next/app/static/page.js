import { ask } from "../../lib/ask.js";

export const dynamic = "force-static";

export default async function Page() {
  return <output>{await ask()}</output>;
}
