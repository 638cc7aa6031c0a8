// The elements of a list, in a panel or on the page: the bar of news, arrow keys, focus, "Show older".

import { all, focusFirstControl, focusIsLost, on, one, send } from "./dom.js";
import { forgetContent } from "./page.js";

export const shownItems = (list) => all(".themis-item:not([hidden])", list);

// The link to older items that was pressed last, if no other click came after it.
let pressedOlder;

export function startLists() {
  on("click", onRefresh);
  on("click", ({ target }) => {
    pressedOlder = target.closest?.(".themis-more a[hx-get]");
  });
  on("keydown", onKey);
}

function onRefresh({ target }) {
  const button = target.closest?.("[data-themis-refresh]");
  const list = button?.closest("[data-themis-list]");
  if (!list) return;
  focusAround(list);
  send(list, "themis:refresh");
}

/** Keep the focus at a list that is about to be replaced: its parent stays. */
export function focusAround(list) {
  list.parentElement.tabIndex = -1;
  list.parentElement.focus({ preventScroll: true });
}

/** "Show older" goes once it is pressed, and the focus moves to the items that it brought. */
export function focusOlder(brought) {
  if (pressedOlder && focusIsLost()) focusFirstControl(brought);
}

/** Have a refresh ask for as many items as were unfolded. */
export function keepUnfolded(more) {
  one(".themis-through", more.closest("[data-themis-list]")).value = more.dataset.themisMore;
}

/** Say in the place of the skeleton why a panel could not be loaded. */
export function showLoadError(list, skeleton) {
  const error = one("[data-themis-load-error]", list.parentElement).content.cloneNode(true);
  one(`[data-themis-${navigator.onLine ? "offline" : "broken"}]`, error).remove();
  skeleton.replaceWith(error);
  forgetContent(list);
}

function onKey(event) {
  const { target, key } = event;
  const list = target.closest?.("[data-themis-list]");
  const item = target.closest?.(".themis-item");
  // On a page the arrows scroll, unless an item has the focus.
  if (!list || !(item ?? list.closest("[data-themis-panel]"))) return;
  if (event.altKey || event.ctrlKey || event.metaKey || target.matches("input, select")) return;
  const items = shownItems(list);
  const at = items.indexOf(item);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[key];
  if (!items[to]) return;
  event.preventDefault();
  focusFirstControl(items[to]);
}
