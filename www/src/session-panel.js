// @ts-check
// The panel of sessions: always visible on a wide screen, opened by a button on a phone. Behind a proxy it has a field that
// opens a session by its id.
import { byId } from "./dom.js";

/** @param {((id: string) => void) | undefined} openSession */
export function createSessionPanel(openSession) {
  const panel = byId("session-panel");
  const toggle = byId("sessions-toggle");

  /** @param {boolean} isOpen */
  const open = (isOpen) => {
    panel.classList.toggle("open", isOpen);
    toggle.setAttribute("aria-expanded", String(isOpen));
  };
  toggle.addEventListener("click", () => open(!panel.classList.contains("open")));
  panel.addEventListener("click", ({ target }) => {
    if (/** @type {Element} */ (target).closest(".session, #new-question")) open(false);
  });
  addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !panel.classList.contains("open")) return;
    open(false);
    toggle.focus();
  });
  document.addEventListener("click", ({ target }) => {
    const isOutside = !panel.contains(/** @type {Node} */ (target));
    if (isOutside && !toggle.contains(/** @type {Node} */ (target))) open(false);
  });

  if (!openSession) return;
  const form = /** @type {HTMLFormElement} */ (byId("open-session"));
  const field = /** @type {HTMLInputElement} */ (byId("session-id"));
  const error = byId("session-id-error");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const id = field.value.trim();
    const isValid = /^[1-9]\d{0,15}$/.test(id);
    error.hidden = isValid;
    field.setAttribute("aria-invalid", String(!isValid));
    if (!isValid) return field.focus();
    field.value = "";
    open(false);
    openSession(id);
  });
}
