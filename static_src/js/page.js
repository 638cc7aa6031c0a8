// The one poller and the one StaleLists object of a page, joined to its document, clock and storage.

import { all, inLocalStorage, one, send } from "./dom.js";
import { StaleLists } from "./stale_lists.js";
import { isOpen } from "./panel.js";
import { Poller } from "./poller.js";
import { ofThisSite } from "./script.js";

/** The entry of the storage in which a browser keeps that live updates are off. */
export const UPDATES_OFF = ofThisSite("themisStopped");

/** A person may turn live updates off for one browser, on the page of preferences. */
export const areUpdatesOff = () => inLocalStorage((storage) => storage[UPDATES_OFF]);

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
  // Where desktop alerts are on, one tab polls in the background too.
  mayPoll: () => !document.hidden || document.documentElement.dataset.themisLeader,
  send: () => send(one("[data-themis-poller]"), "themis:poll"),
  putToken: (token) => all("[data-themis-token]").forEach((input) => (input.value = token)),
  hasStale: () => lists.hasStale(),
  refreshStale: () => lists.refreshStale(),
});

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
