import { ask } from "../../lib/ask.js";

export const runtime = "edge";

export default async function Page() {
  return <output>{await ask()}</output>;
}
