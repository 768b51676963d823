import { ask } from "../../lib/ask.js";

export const revalidate = 60;

export default async function Page() {
  return <output>{await ask()}</output>;
}
