"use client";
// @ts-check
// `<aiera-chat>` as a component: texts are attributes, which a server renders; everything else is set as a property.
import { createElement, forwardRef, useImperativeHandle, useRef } from "react";
import "../element/index.js";
import { useBrowserLayoutEffect } from "./effects.js";

/** @typedef {import("../../element.js").AieraChatElement} AieraChatElement */
/** @typedef {import("../../react.js").AieraChatWidgetProps} Props */

const EVENTS = /** @type {const} */ ({
  onReady: "aiera-chat.ready",
  onAnswer: "aiera-chat.answer",
  onStatus: "aiera-chat.status",
  onSessionChange: "aiera-chat.session-change",
  onCitationClick: "aiera-chat.citation-click",
  onError: "aiera-chat.error",
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
  useImperativeHandle(forwarded, () => element.current, []);

  // Before the element begins, which is at the end of the task that connected it.
  useBrowserLayoutEffect(() => {
    latest.current = props;
  });
  useBrowserLayoutEffect(() => {
    const listening = new AbortController();
    for (const [name, type] of Object.entries(EVENTS)) {
      const listener = (/** @type {CustomEvent} */ event) =>
        /** @type {any} */ (latest.current)[name]?.(event.detail, event);
      element.current.addEventListener(type, listener, { signal: listening.signal });
    }
    return () => listening.abort();
  }, []);
  useProperty(element, "client", client);
  useProperty(element, "pollOptions", pollOptions);
  useProperty(element, "strings", strings);
  useProperty(element, "suggestions", suggestions);
  // After the client: what a server rendered would load the session from somewhere else until it is hydrated.
  useProperty(element, "sessionId", sessionId);

  for (const name of Object.keys(EVENTS)) delete (/** @type {any} */ (rest)[name]);
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
