// @ts-check
// A conversation for as long as a component is mounted.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Conversation } from "../element/conversation.js";
import { useBrowserLayoutEffect } from "./effects.js";

/** @typedef {import("../../react.js").UseAieraChatOptions} Options */

/** @typedef {import("../../index.js").AieraChat} AieraChat */

/**
 * A conversation and what it begins with. Renders share it, since an effect may run again for a later render.
 *
 * @typedef {object} Task
 * @property {Conversation} conversation
 * @property {string} prompt  asked once the component is mounted; empty asks nothing
 * @property {boolean} isAsked
 * @property {{ current: Options }} options  of the component that shows it, or did last
 * @property {boolean} isShown
 */

/** @typedef {{ task: Task, sessionId: Options["sessionId"] }} Held  a task, and the id that was passed last */

/**
 * Tasks whose create is in flight, by client. A component that leaves meanwhile does not know the id of its session, so that
 * one that is mounted with the same prompt goes on with the task.
 *
 * @type {WeakMap<AieraChat, Set<Task>>}
 */
const creates = new WeakMap();

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
    const shown = taskToShow(task, latest);
    if (shown !== task) setHeld((now) => ({ ...now, task: shown }));
    return show(shown, latest);
  }, [task]);
  return { conversation, state };
}

/**
 * @param {{ current: Options }} options
 * @param {string} prompt
 * @param {Options["sessionId"]} sessionId
 * @returns {Task}
 */
function createTask(options, prompt, sessionId) {
  const conversation = new Conversation({
    client: () => task.options.current.client,
    pollOptions: () => task.options.current.pollOptions,
    sessionId,
    isPaused: true,
    events: {
      answer: (answer) => task.options.current.onAnswer?.(answer),
      error: (error) => task.options.current.onError?.(error),
    },
  });
  /** @type {Task} */
  const task = { conversation, prompt, isAsked: isPresent(sessionId), options, isShown: false };
  return task;
}

/**
 * The task of a component that is mounted: one whose create another component has left in flight, before its own is asked.
 * Components that are mounted at the same time have a task each.
 *
 * @param {Task} task
 * @param {{ current: Options }} options
 */
function taskToShow(task, options) {
  const isTaken = task.isShown && task.options !== options;
  if (task.isAsked && !isTaken) return task;
  const inFlight = creates.get(options.current.client) ?? [];
  const left = [...inFlight].find(({ prompt, isShown }) => prompt === task.prompt && !isShown);
  return left ?? (isTaken ? createTask(options, task.prompt, null) : task);
}

/**
 * Shows a task, and asks its prompt where it has not been asked. Returns a function that leaves it.
 *
 * @param {Task} task
 * @param {{ current: Options }} options
 */
function show(task, options) {
  const { conversation, prompt } = task;
  task.options = options;
  task.isShown = true;
  conversation.start();
  if (prompt && !task.isAsked) {
    task.isAsked = true;
    void conversation.ask(prompt);
    keepDuringCreate(task, options.current.client);
  }
  return () => {
    task.isShown = false;
    conversation.pause();
  };
}

/**
 * @param {Task} task
 * @param {AieraChat} client
 */
function keepDuringCreate(task, client) {
  const { subscribe, getState } = task.conversation;
  const isCreating = () => getState().status === "submitted";
  // A client that is missing has failed already.
  if (!isCreating()) return;
  const tasks = creates.get(client) ?? new Set();
  creates.set(client, tasks.add(task));
  const unsubscribe = subscribe(() => {
    if (isCreating()) return;
    tasks.delete(task);
    unsubscribe();
  });
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
