// @ts-check
// A conversation that lasts while a component is mounted.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Conversation } from "../element/conversation.js";
import { useBrowserLayoutEffect } from "./effects.js";

/** @typedef {import("../../react.js").UseAieraChatOptions} Options */

/** @typedef {import("../../index.js").AieraChat} AieraChat */

/**
 * A conversation and its initial prompt. Renders share a task, since a later render may run an effect again.
 *
 * @typedef {object} Task
 * @property {Conversation} conversation
 * @property {string} prompt  asked on mount, unless empty
 * @property {boolean} isAsked
 * @property {{ current: Options }} options  of the latest component that shows the task
 * @property {boolean} isShown
 */

/** @typedef {{ task: Task, sessionId: Options["sessionId"] }} Held  a task, and the latest id in the options */

/**
 * Tasks whose create is in flight, by client. A component that unmounts meanwhile does not have its session's id: the next
 * component with the same prompt continues the task.
 *
 * @type {WeakMap<AieraChat, Set<Task>>}
 */
const creates = new WeakMap();

/**
 * The conversation of a component. It is paused while the component is not mounted. StrictMode unmounts only briefly: the
 * conversation then continues with the request in flight.
 *
 * @param {Options} options
 * @param {string} prompt  asked on mount, unless a session is resumed
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
  // State that follows props: the component renders again immediately, without showing the last session.
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
 * The task for a component that mounts: one that an unmounted component left during its create, else the component's task.
 * Components that are mounted at the same time have separate tasks.
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
 * Shows a task, and asks its prompt if not yet asked. Returns a function that leaves the task.
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
  // Without a client, the ask has already failed.
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
 * Chooses the task and the id to hold in a render with this prompt and session id.
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
  // Another prompt creates a new session, whatever id the last prompt had.
  if (isOtherPrompt) return hold(isOtherId && !isSameId(sessionId, current) ? sessionId : null);
  // The application passes the id of the session that an ask created, or removes the id from a prompt.
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
