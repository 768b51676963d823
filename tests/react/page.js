// @ts-check
// Components that the tests mount in a page. Each function renders into a new root and returns the results for a test.
import {
  createElement as h,
  StrictMode,
  Suspense,
  useEffect,
  useLayoutEffect,
  useState,
  version,
} from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { AieraChat } from "aiera-chat";
import { AieraChatWidget, useAieraChat, useAsk } from "aiera-chat/react";
import { page as serverPage } from "./server-page.js";

const POLL = { intervalMs: 20, maxIntervalMs: 40 };

/**
 * A component that records a hook's result in each committed render.
 *
 * @param {(props: any) => any} useHook
 */
function probe(useHook) {
  /** @type {any[]} */
  const committed = [];
  /** @type {any[]} */
  const rendered = [];
  /** @param {any} props */
  function Probe(props) {
    const result = useHook(props);
    rendered.push({ props, result });
    useLayoutEffect(() => {
      committed.push({ props, ...result });
    });
    return h("p", null, result.status);
  }
  return { Probe, committed, rendered };
}

/**
 * @param {(props: any) => any} useHook
 * @param {any} props
 * @param {{ strict?: boolean }} [options]
 */
function mount(useHook, props, { strict = true } = {}) {
  const { Probe, committed, rendered } = probe(useHook);
  const container = document.body.appendChild(document.createElement("div"));
  const root = createRoot(container);
  const tree = (/** @type {any} */ next) =>
    strict ? h(StrictMode, null, h(Probe, next)) : h(Probe, next);
  root.render(tree(props));
  return {
    committed,
    rendered,
    render: (/** @type {any} */ next) => root.render(tree(next)),
    unmount: () => root.unmount(),
    get last() {
      return committed.at(-1);
    },
    statuses: () =>
      committed.map(({ status }) => status).filter((status, i, all) => status !== all[i - 1]),
    until: (/** @type {(last: any) => boolean} */ check) =>
      until(() => committed.length > 0 && check(committed.at(-1))),
  };
}

/** @param {() => unknown} check */
async function until(check) {
  for (const deadline = Date.now() + 10_000; !check();) {
    if (Date.now() > deadline) throw new Error(`never: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Object.assign(window, {
  version,
  AieraChat,
  AieraChatWidget,
  useAieraChat,
  useAsk,
  h,
  StrictMode,
  Suspense,
  useEffect,
  useState,
  createRoot,
  hydrateRoot,
  serverPage,
  mount,
  until,
  POLL,
});
document.title = "ready";
