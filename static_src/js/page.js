// The one poller and the one StaleLists object of a page, joined to its document, clock and storage.

import { all, one, send } from "./dom.js";
import { StaleLists } from "./stale_lists.js";
import { isOpen } from "./panel.js";
import { Poller } from "./poller.js";
import { areUpdatesOff, mayPoll, reviewStream } from "./updates.js";

export const lists = new StaleLists({
  all: () => all("[data-themis-list]"),
  isUnderWay: (list) => list.matches(".htmx-request"),
  contains: (list, id) => one(`#${id}`, list),
  refresh: refreshList,
});

export const poller = new Poller({
  now: () => Date.now(),
  setTimeout: (act, wait) => setTimeout(act, wait),
  clearTimeout: (timer) => clearTimeout(timer),
  random: () => Math.random(),
  interval: () =>
    areUpdatesOff() ? 0 : 1000 * (one("[data-themis-bell]")?.dataset.themisInterval ?? 0),
  isVisible: () => !document.hidden,
  mayPoll,
  send: () => send(one("[data-themis-poller]"), "themis:poll"),
  putToken,
  hasStale: () => lists.hasStale(),
  refreshStale: () => lists.refreshStale(),
});

function putToken(token) {
  all("[data-themis-token]").forEach((input) => (input.value = token));
  if (token) reviewStream();
}

export const isPoller = (element) => element.matches?.("[data-themis-poller]");

/** Forget what the lists show, so that a panel fetches its list when it opens. */
export function forgetContent(list) {
  delete list.dataset.themisDigest;
}

// A closed panel fetches its list when it opens.
function refreshList(list) {
  const panel = list.closest("[data-themis-panel]");
  if (panel && !isOpen(panel)) forgetContent(list);
  else if (!poller.signedOut) send(list, "themis:refresh");
}
