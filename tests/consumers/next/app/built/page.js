// Next.js tries to render this page during the build, since it does not depend on a request.
import { ask } from "../../lib/ask.js";

export default async function Page() {
  return <output>{await ask()}</output>;
}
