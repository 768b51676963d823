// The zones in which a client's callbacks run. The page and the Node script load the zone library.
import { AieraChat } from "aiera-chat";
import { createMockApi } from "aiera-chat/testing";

/** Two waiters on one session: one starts outside of every zone, one joins it inside a zone. */
export async function zonesOf() {
  const { Zone } = globalThis;
  const stages = [{ status: "finding_sources", polls: 3 }, { status: "active" }];
  const mock = createMockApi({ stages });
  const zones = { outer: Zone.current, first: named("first"), second: named("second") };
  const contexts = {};
  const hear = (waiter, event) => {
    (contexts[`${waiter} ${event}`] ??= new Set()).add(Zone.current.name);
  };
  const chat = new AieraChat({
    fetch: (url, init) => {
      hear("any", init.method);
      return mock.fetch(url, init);
    },
  });
  const session = await zones.first.run(() => chat.createSession({ prompt: "?" }));
  const waits = Object.entries(zones).map(([waiter, zone]) =>
    zone.run(() =>
      chat
        .pollSession(session, {
          intervalMs: 1,
          onUpdate: () => hear(waiter, "update"),
          onPoll: () => hear(waiter, "poll"),
        })
        .then(() => hear(waiter, "then")),
    ),
  );
  await Promise.all(waits);
  return Object.fromEntries(Object.entries(contexts).map(([key, names]) => [key, [...names]]));

  function named(name) {
    return Zone.current.fork({ name });
  }
}
