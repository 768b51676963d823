// The fallback is rendered during the build; the answer is streamed on each request.
import { Suspense } from "react";
import { ask } from "../../lib/ask.js";

async function Answer() {
  return <output>{await ask()}</output>;
}

export default function Page() {
  return (
    <Suspense fallback={<p>Asking</p>}>
      <Answer />
    </Suspense>
  );
}
