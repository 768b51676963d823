// @ts-check
// A conversation for as long as a component is mounted.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Conversation } from "../element/conversation.js";
import { useBrowserLayoutEffect } from "./effects.js";

/** @typedef {import("../../react.js").UseAieraChatOptions} Options */

/**
 * A conversation and what it begins with. Renders share it, since an effect may run again for a later render.
 *
 * @typedef {object} Task
 * @property {Conversation} conversation
 * @property {string} prompt  asked once the component is mounted; empty asks nothing
 * @property {boolean} isAsked
 */

/** @typedef {{ task: Task, sessionId: Options["sessionId"] }} Held  a task, and the id that was passed last */

/**
 * The conversation of a component. It is paused until the component is mounted and while it is not, which in StrictMode is
 * but a moment: the conversation then goes on with the request that it has sent.
 *
 * @param {Options} options
 * @param {string} prompt  asked once the component is mounted, unless there is a session to resume
 */
export function useConversation(options, prompt) {
  const latest = useRef(options);
  useBrowserLayoutEffect(() => {
    latest.current = options;
  });

  const { sessionId } = options;
  /** @type {(resumed: Options["sessionId"]) => Held} */
  const hold = (resumed) => ({ task: createTask(latest, prompt, resumed), sessionId });
  const [held, setHeld] = useState(() => hold(sessionId));
  const next = nextHeld(held, prompt, sessionId, hold);
  // State that follows props: the component renders again at once, and nothing of the last session is shown.
  if (next !== held) setHeld(next);

  const { task } = next;
  const { conversation } = task;
  const { subscribe, getState } = conversation;
  const state = useSyncExternalStore(subscribe, getState, getState);
  useEffect(() => {
    conversation.start();
    if (task.prompt && !task.isAsked) {
      task.isAsked = true;
      void conversation.ask(task.prompt);
    }
    return () => conversation.pause();
  }, [task, conversation]);
  return { conversation, state };
}

/**
 * @param {{ current: Options }} latest
 * @param {string} prompt
 * @param {Options["sessionId"]} sessionId
 * @returns {Task}
 */
function createTask(latest, prompt, sessionId) {
  const conversation = new Conversation({
    client: () => latest.current.client,
    pollOptions: () => latest.current.pollOptions,
    sessionId,
    isPaused: true,
    events: {
      answer: (answer) => latest.current.onAnswer?.(answer),
      error: (error) => latest.current.onError?.(error),
    },
  });
  return { conversation, prompt, isAsked: isPresent(sessionId) };
}

/**
 * What to hold in a render with this prompt and this session's id.
 *
 * @param {Held} held
 * @param {string} prompt
 * @param {Options["sessionId"]} sessionId
 * @param {(resumed: Options["sessionId"]) => Held} hold
 * @returns {Held}
 */
function nextHeld(held, prompt, sessionId, hold) {
  const { task } = held;
  const isOtherPrompt = prompt !== task.prompt;
  const isOtherId = !isSameId(sessionId, held.sessionId);
  if (!isOtherPrompt && !isOtherId) return held;
  const current = task.conversation.getState().sessionId;
  // Another prompt is a new session, whatever id was passed for the last one.
  if (isOtherPrompt) return hold(isOtherId && !isSameId(sessionId, current) ? sessionId : null);
  // The application passes back the id of the session that an ask created, or takes it away from a prompt.
  const isOwnId = isSameId(sessionId, current) || (!isPresent(sessionId) && prompt);
  return isOwnId ? { task, sessionId } : hold(sessionId);
}

/**
 * @param {unknown} a
 * @param {unknown} b
 */
function isSameId(a, b) {
  return String(a ?? "") === String(b ?? "");
}

/** @param {unknown} value */
function isPresent(value) {
  return value !== undefined && value !== null;
}
