// The types of the tag in markup: its attributes, its properties, and its events.
import type { HTMLAttributes } from "svelte/elements";
import type {
  AieraChatElement,
  AieraChatElementEventMap,
  AieraChatElementProperties,
} from "aiera-chat/element";

type Events = {
  [Type in keyof AieraChatElementEventMap as `on${Type}`]?: (
    event: AieraChatElementEventMap[Type],
  ) => void;
};

declare module "svelte/elements" {
  interface SvelteHTMLElements {
    "aiera-chat": Omit<HTMLAttributes<AieraChatElement>, keyof AieraChatElementProperties> &
      AieraChatElementProperties &
      Events & { "base-url"?: string; "heading-level"?: number; "session-id"?: number | string };
  }
}
