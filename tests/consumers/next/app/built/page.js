// Next.js tries to render this page while it builds, since nothing here depends on a request.
import { ask } from "../../lib/ask.js";

export default async function Page() {
  return <output>{await ask()}</output>;
}
