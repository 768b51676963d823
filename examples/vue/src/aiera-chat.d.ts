// The types of the tag in templates: its attributes and properties, and its events.
import type { HTMLAttributes } from "vue";
import type {
  AieraChatElement,
  AieraChatElementEventMap,
  AieraChatElementProperties,
} from "aiera-chat/element";

export type AieraChatListeners = {
  [Type in keyof AieraChatElementEventMap]?: (event: AieraChatElementEventMap[Type]) => void;
};

declare module "vue" {
  interface GlobalComponents {
    "aiera-chat": new () => AieraChatElement & {
      $props: HTMLAttributes & AieraChatElementProperties;
    };
  }
}
