import { ask } from "../../lib/ask.js";

export default async function Page() {
  "use cache";
  return <output>{await ask()}</output>;
}
