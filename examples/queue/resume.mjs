import { openQueues } from "./settings.mjs";

export async function run() {
  const { creates, close } = openQueues();
  await creates.resume();
  await close();
}
