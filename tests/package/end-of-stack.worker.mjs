// @ts-check
// Makes calls in a recursion that overflows the stack, and prints the results of an earlier call, of a later one, and of a
// call of another client.
import { client, QUICK, session, SESSION_ID, sleep } from "./harness.mjs";

const { chat } = client((_, __, count) => session(count < 20 ? "finding_sources" : "active"));
// Loads the module.
await chat.getSession(SESSION_ID);
const earlier = chat.pollSession(SESSION_ID, { ...QUICK, timeoutMs: 20_000 });
await sleep(20);
let frames = 0;
const dive = () => {
  try {
    dive();
  } catch (error) {
    // The frames from the end of the stack back have more and more room.
    if (++frames > 12 && frames < 120) {
      try {
        chat.getSession(SESSION_ID).catch(() => {});
      } catch {
        // It did not begin.
      }
    }
    throw error;
  }
};
for (let time = 0; time < 5; time++) {
  frames = 0;
  try {
    dive();
  } catch {
    // A program that goes on after an overflow.
  }
}
/** @param {Promise<any>} call */
const result = (call) => call.then(({ status }) => status, String);
const results = {
  earlier: await result(earlier),
  later: await result(chat.pollSession(SESSION_ID, { ...QUICK, timeoutMs: 20_000 })),
  other: await result(client(() => session()).chat.getSession(SESSION_ID)),
};
console.log(JSON.stringify(results));
process.exit();
