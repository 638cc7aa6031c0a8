// The menu of an item. It closes by Esc, by its choice and by a click elsewhere. The arrow keys, Home
// and End move in it.

import { all, focusIsLost, on, one, unseen } from "./dom.js";

const openMenus = () => all(".themis-item__more[open]");

// The button of the menu that closed last, for the focus to go back to.
let lastSummary;

export function startMenus() {
  on("click", closeOthers);
  on("toggle", scrollIntoView, true);
  on("keydown", onEscape);
  // Before the list moves from item to item.
  on("keydown", onArrow, true);
}

/** Give the focus back after the choice in a menu was undone. */
export function focusMenuAfterUndo() {
  if (unseen("[data-themis-unmuted]").length && focusIsLost()) lastSummary?.focus();
}

function close(menu) {
  const hadFocus = menu.contains(document.activeElement);
  lastSummary = one("summary", menu);
  menu.open = false;
  if (hadFocus) lastSummary.focus();
}

function closeOthers({ target }) {
  const pressed = target.closest?.("summary")?.parentElement;
  for (const menu of openMenus()) if (menu !== pressed) close(menu);
}

// At the end of a list that scrolls, an open menu would be out of sight.
function scrollIntoView({ target }) {
  if (!target.matches?.(".themis-item__more[open]")) return;
  one(".themis-item__menu", target).scrollIntoView({ block: "nearest" });
}

// Esc closes the menu alone: the panel around it stays open.
function onEscape(event) {
  if (event.key !== "Escape" || !openMenus().length) return;
  event.preventDefault();
  openMenus().forEach(close);
}

function onArrow(event) {
  const menu = event.target.closest?.(".themis-item__more[open]");
  if (!menu || event.altKey || event.ctrlKey || event.metaKey) return;
  const controls = all("summary, .themis-item__choice", menu);
  const at = controls.indexOf(event.target);
  const last = controls.length - 1;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 1, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  controls[Math.max(0, Math.min(to, last))].focus();
}
