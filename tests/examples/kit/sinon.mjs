import assert from "node:assert/strict";
import FakeTimers from "@sinonjs/fake-timers";
import * as client from "aiera-chat";
import * as testing from "aiera-chat/testing";
import minutes from "./minutes.cjs";

const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date"] });
const waited = await minutes.tenMinutes(client, testing, (ms) => clock.tickAsync(ms));
clock.uninstall();
assert.equal(waited.status, "active");
assert.deepEqual(waited.seen, ["finding_sources", "generating_response", "active"]);
assert.ok(waited.minutes >= 10 && waited.minutes < 10.5, String(waited.minutes));
console.log("ten minutes");
