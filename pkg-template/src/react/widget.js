"use client";
// @ts-check
// `<aiera-chat>` as a component: texts are attributes, which a server renders; other props are set as properties.
import { createElement, forwardRef, useImperativeHandle, useRef, useState } from "react";
import "../element/index.js";
import { useBrowserLayoutEffect } from "./effects.js";

/** @typedef {import("../../element.js").AieraChatElement} AieraChatElement */
/** @typedef {import("../../react.js").AieraChatWidgetProps} Props */

const SESSION_CHANGE = "aiera-chat.session-change";
/** The prop of each event. */
const EVENTS = /** @type {const} */ ({
  "aiera-chat.ready": "onReady",
  "aiera-chat.answer": "onAnswer",
  "aiera-chat.status": "onStatus",
  [SESSION_CHANGE]: "onSessionChange",
  "aiera-chat.citation-click": "onCitationClick",
  "aiera-chat.error": "onError",
});

/**
 * @param {Props} props
 * @param {import("react").ForwardedRef<AieraChatElement>} forwarded
 */
function Widget(props, forwarded) {
  const { client, pollOptions, strings, suggestions, sessionId, ...others } = props;
  const { baseUrl, headingLevel, readOnly, className, ...rest } = others;
  const element = /** @type {{ current: any }} */ (useRef(null));
  const latest = useRef(props);
  // The same function in each run of the effect, so that an event calls it once.
  const [listener] = useState(() => (/** @type {any} */ event) => {
    const name = EVENTS[/** @type {keyof typeof EVENTS} */ (event.type)];
    /** @type {any} */ (latest.current)[name]?.(event.detail, event);
  });
  useImperativeHandle(forwarded, () => element.current, []);

  // Runs before the element starts, which is at the end of the task that connects the element.
  useBrowserLayoutEffect(() => {
    latest.current = props;
  });
  useBrowserLayoutEffect(() => {
    const { current } = element;
    const types = Object.keys(EVENTS);
    for (const type of types) current.addEventListener(type, listener);
    return () => {
      // A create may be in flight: keep listening for its session's id.
      const others = types.filter((type) => type !== SESSION_CHANGE);
      for (const type of others) current.removeEventListener(type, listener);
    };
  }, [listener]);
  useProperty(element, "client", client);
  useProperty(element, "pollOptions", pollOptions);
  useProperty(element, "strings", strings);
  useProperty(element, "suggestions", suggestions);
  // Set after the client: an attribute in the server's HTML would load the session from another address before hydration.
  useProperty(element, "sessionId", sessionId);

  for (const name of Object.values(EVENTS)) delete (/** @type {any} */ (rest)[name]);
  return createElement("aiera-chat", {
    ...rest,
    ref: element,
    class: className,
    "base-url": baseUrl ? String(baseUrl) : undefined,
    "heading-level": headingLevel ?? undefined,
    readonly: readOnly ? "" : undefined,
  });
}

/**
 * @param {{ current: any }} element
 * @param {string} name
 * @param {unknown} value
 */
function useProperty(element, name, value) {
  const isSet = useRef(false);
  useBrowserLayoutEffect(() => {
    if (value === undefined && !isSet.current) return;
    isSet.current = true;
    element.current[name] = value ?? null;
  }, [element, name, value]);
}

export const AieraChatWidget = /* @__PURE__ */ forwardRef(Widget);
