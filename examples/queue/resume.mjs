import { openQueues } from "./settings.mjs";

export async function run() {
  const { creates, waits, close } = openQueues();
  await Promise.all([creates.resume(), waits.resume()]);
  await close();
}
