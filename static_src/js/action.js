// The actions of an item that post to a view of the project. The answer says whether it worked, and
// is never shown. Then the item is marked as read, by which the kit knows who is signed in.

import { all, focusFirstControl, focusIsLost, on, one } from "./dom.js";
import { isLoaded, onRequestEnd, requestOf } from "./htmx.js";
import { markRead } from "./item.js";
import { focusAround, shownItems } from "./list.js";
import { lists, poller } from "./page.js";
import { onFailedAct } from "./requests.js";
import { ofThisSite } from "./script.js";

// After so long a request has failed, in milliseconds.
const PATIENCE = 10_000;
// So soon after a press another one belongs to it, as the second of a double click.
const DOUBLE_CLICK = 500;

// The ids of the notifications for which a view is asked: a list may be replaced meanwhile.
const pending = new Set();
let pressedAt = 0;
// The item that is being marked as read and has the focus: its button, its list and its neighbour.
let settling;

export function startActions() {
  on("submit", onSubmit, true);
  on("click", ignoreSecondPress, true);
  onRequestEnd(keepFocusInList);
}

function onSubmit(event) {
  const form = all("[data-themis-action]").find((each) => each === event.target);
  // Without htmx, nothing here could mark the item as read.
  if (!form || !isLoaded()) return;
  event.preventDefault();
  event.stopPropagation();
  const item = form.closest(".themis-item");
  const button = one("button", form);
  if (pending.has(item.dataset.themisItem) || button.ariaDisabled) return;
  pressedAt = Date.now();
  act(form, item, button);
}

async function act(form, item, button) {
  const id = item.dataset.themisItem;
  pending.add(id);
  lists.onPostStart(form);
  showBusy(item, button, "true");
  const isDone = await onlyInThisTab(id, () => post(form)).catch(() => false);
  lists.onRequestEnd(form);
  pending.delete(id);
  if (isDone) return showRead(item);
  showBusy(item, button, null);
  // Pressed again at once, it is tried again.
  pressedAt = 0;
  if (isDone === false) onFailedAct(button);
}

// Where another tab is at it already, nothing is asked, and the answer is null: no failure. Only a
// secure page has locks.
async function onlyInThisTab(id, request) {
  if (!navigator.locks) return request();
  const name = ofThisSite(`themis:action:${id}`);
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && request());
}

// A redirect is not followed: what the view says in a message is for the next page that is shown.
async function post(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "X-Requested-With": "XMLHttpRequest" },
    redirect: "manual",
    keepalive: true,
    signal: AbortSignal.timeout(PATIENCE),
  });
  return answer.ok || answer.type === "opaqueredirect";
}

// Whoever presses again presses nothing, and the focus stays where it is.
function showBusy(item, button, busy) {
  button.ariaBusy = busy;
  for (const each of all("button.themis-action", item)) each.ariaDisabled = busy;
}

// By the item's own button: where the session has ended meanwhile, its answer leads to sign in.
function showRead(old) {
  const item = document.getElementById(old.id);
  if (!item?.matches(".themis-item--unread")) return markReadUnseen(old);
  const toggle = one(".themis-item__toggle", item);
  if (old.contains(document.activeElement) || focusIsLost()) {
    settling = { toggle, list: item.closest("[data-themis-list]"), next: neighbourOf(item) };
    toggle.focus();
  }
  toggle.click();
}

// A filter that was chosen meanwhile has taken the item away, or another tab has marked it as read.
function markReadUnseen(item) {
  markRead(one(".themis-item__actions", item)).then(refreshAll, refreshAll);
}

function refreshAll() {
  lists.markAllStale();
  lists.refreshStale();
  poller.pollAnew();
}

function neighbourOf(item) {
  const items = shownItems(item.parentElement);
  const at = items.indexOf(item);
  return items[at + 1] ?? items[at - 1];
}

// The view may have put the notification away: then its item leaves the list.
function keepFocusInList(event) {
  if (!settling || requestOf(event).source !== settling.toggle) return;
  const { list, next } = settling;
  settling = null;
  if (!focusIsLost()) return;
  if (next) focusFirstControl(next);
  else if (list) focusAround(list);
}

// The second press of a double click would meet whatever stands by now where the button was.
function ignoreSecondPress(event) {
  if (!event.isTrusted || Date.now() - pressedAt > DOUBLE_CLICK) return;
  if (!event.target.closest?.("[data-themis-list]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
