import { Ask } from "./ask";

export default function Page() {
  return (
    <main>
      <h1>Ask Aiera</h1>
      <Ask />
    </main>
  );
}
