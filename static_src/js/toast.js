// The toasts: where they stand, and their removal. htmx fetches them (components/bell.html). They go
// at the end of their animation in CSS, by their button, and when a list shows what they tell.

import { all, isRendered, on, one } from "./dom.js";
import { canOpen, isOpen } from "./panel.js";

// The element that holds them, which goes astray where a dialog is removed with it.
let corner;

export function startToasts() {
  on("animationend", ({ target, animationName }) => {
    if (animationName === "themis-leave") remove(target);
  });
  on("click", ({ target }) => {
    const button = target.closest?.("[data-themis-close]");
    if (button) remove(button.closest(".themis-toast"));
  });
  // Before htmx looks for the place to put them, and whenever a dialog opens or closes.
  on("themis:arrived toggle close", seeToToasts, true);
}

/** Remove the toasts of what a list shows by now, and put the others where they can be pressed. */
export function seeToToasts() {
  all(".themis-toast").filter(isInList).forEach((toast) => toast.remove());
  corner = one(".themis-toasts") ?? corner;
  if (corner && canOpen) place();
}

function remove(toast) {
  toast.remove();
  seeToToasts();
}

function isInList({ id }) {
  return all(`[data-themis-item="${id.replace("themis-toast-", "")}"]`).some((item) => {
    const panel = item.closest("[data-themis-panel]");
    return !panel || isOpen(panel);
  });
}

// In the top layer nothing covers them. A modal dialog makes all else dead, so they stand inside it.
// A bell may be hidden, such as the one of a narrow header in a wide window.
function place() {
  const home = document.getElementById(corner.id.replace("-toasts", ""));
  const parent = modalDialog() ?? (home && !isRendered(home) ? document.body : home);
  if (parent && corner.parentElement !== parent) parent.append(corner);
  all("body > .themis-toasts").forEach(takeOver);
  // A copy of the template from before the corner was a popover has no such attribute.
  if (corner.popover && corner.isConnected) corner.togglePopover(corner.childElementCount > 0);
}

// The bell has come anew, with a corner of its own.
function takeOver(older) {
  if (older === corner) return;
  corner.append(...older.childNodes);
  older.remove();
}

function modalDialog() {
  return document.activeElement?.closest("dialog:modal") ?? all("dialog:modal").at(-1);
}
