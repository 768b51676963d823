// @ts-check
// Tabs as the ARIA practices describe them: arrows move, Home and End jump, one stop for the Tab key.
import { el } from "./dom.js";

const MOVES = /** @type {Record<string, (index: number, count: number) => number>} */ ({
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
});

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} place where the panels go
 * @param {string} prefix of the ids
 * @param {[name: string, content: Node][]} entries
 */
export function makeTabs(list, place, prefix, entries) {
  const panels = entries.map(([, content], index) =>
    el(
      "div",
      {
        role: "tabpanel",
        id: `${prefix}-panel${index}`,
        "aria-labelledby": `${prefix}-tab${index}`,
        tabindex: "0",
        class: "panel",
      },
      content,
    ),
  );
  const tabs = entries.map(([name], index) =>
    el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `${prefix}-tab${index}`,
        "aria-controls": `${prefix}-panel${index}`,
        click: () => select(index),
      },
      name,
    ),
  );
  /** @param {number} chosen */
  const select = (chosen) => {
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
    });
    panels.forEach((panel, index) => (panel.hidden = index !== chosen));
  };
  list.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    const at = tabs.findIndex((tab) => tab === document.activeElement);
    if (!move || at < 0) return;
    event.preventDefault();
    const next = move(at, tabs.length);
    select(next);
    tabs[next]?.focus();
  });
  list.append(...tabs);
  place.append(...panels);
  select(0);
}
