// @ts-check
// The package's entries, by their public names. Each is outside of the bundle and is loaded on demand: help, completion and
// usage errors load none of them.

/** @returns {Promise<any>} */
export const loadClient = () => import("aiera-chat");

export const loadProxy = () => import("aiera-chat/proxy");

export const loadNodeListener = () => import("aiera-chat/proxy/node");

export const loadMock = () => import("aiera-chat/testing");

export const loadServe = () => import("aiera-chat/testing/node");
