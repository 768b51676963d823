// Ways to keep a client in reactive state, as documented by each library.
import { observable } from "mobx";
import { createPinia, defineStore, setActivePinia } from "pinia";
import { proxy, snapshot } from "valtio/vanilla";
import { computed, reactive, readonly, ref } from "vue";

export { AieraChat } from "aiera-chat";
export { createMockApi } from "aiera-chat/testing";

/** Each takes a client and returns the value on which an app calls its methods. */
export const holders = {
  "Vue's ref": (chat) => ref(chat).value,
  "Vue's reactive": (chat) => reactive({ chat }).chat,
  "Vue's readonly": (chat) => readonly({ chat }).chat,
  "Vue's computed over reactive state": (chat) => {
    const state = reactive({ chat });
    return computed(() => state.chat).value;
  },
  "a Pinia store": (chat) => {
    setActivePinia(createPinia());
    return defineStore("assistant", { state: () => ({ chat }) })().chat;
  },
  "a Pinia store with a setup function": (chat) => {
    setActivePinia(createPinia());
    return defineStore("assistant", () => ({ chat: ref(chat) }))().chat;
  },
  "Valtio's proxy": (chat) => proxy({ chat }).chat,
  "Valtio's snapshot": (chat) => snapshot(proxy({ chat })).chat,
  "MobX's observable": (chat) => observable({ chat }).chat,
  "MobX's observable box": (chat) => observable.box(chat).get(),
  "a Proxy": (chat) => new Proxy(chat, {}),
  "a Proxy of a Proxy": (chat) => new Proxy(new Proxy(chat, {}), {}),
  "an object with the client as its prototype": (chat) => Object.create(chat),
};
