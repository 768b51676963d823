// @ts-check
// The menu "Try a failure": a dialog with one button for each scenario, none of which stays selected.
import { proxyUrl } from "./connection.js";
import { byId, el } from "./dom.js";
import { FAILURES } from "./failures.js";

/** @param {(failure: import("./failures.js").Failure) => void} run */
export function createFailureMenu(run) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("failures"));
  byId("failures-toggle").addEventListener("click", () => dialog.showModal());
  byId("failures-close").addEventListener("click", () => dialog.close());
  // A click on the backdrop has the dialog as its target.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  if (proxyUrl) byId("failures-note").textContent += " Nothing is sent to the API.";
  byId("failures-list").append(
    ...FAILURES.map(([group, failures], index) =>
      el(
        "section",
        { "aria-labelledby": `failures-group-${index}` },
        el("h3", { id: `failures-group-${index}` }, group),
        el(
          "ul",
          {},
          ...failures.map((failure) => {
            const click = () => {
              dialog.close();
              run(failure);
            };
            return el(
              "li",
              {},
              el(
                "button",
                { type: "button", class: "failure", "data-id": failure.id, click },
                el("span", { class: "failure-label" }, failure.label),
                " ",
                el("span", { class: "failure-hint" }, failure.hint),
              ),
            );
          }),
        ),
      ),
    ),
  );
}
