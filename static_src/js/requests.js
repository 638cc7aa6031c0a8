// The life of each request: an answer that is not the kit's is rejected. Then the poller, the lists
// and the page are told how it ended.

import { all, one, send } from "./dom.js";
import {
  onRequestEnd, onRequestStart, onResponse, onSwap, requestOf, responseOf, swapOnlyContent,
} from "./htmx.js";
import { showLoadError } from "./list.js";
import { isPoller, lists, poller } from "./page.js";
import { announceToTabs } from "./tabs.js";

// True while the last POST was refused: what a refresh brings back does not make it good.
let isRefused = false;

export function startRequests() {
  onRequestStart(onStart);
  onResponse(vetoResponse);
  onSwap((event) => {
    if (requestOf(event).source?.closest?.(".themis")) swapOnlyContent(event);
  });
  onRequestEnd(onEnd);
}

function onStart({ key, target, isPost, patience }) {
  if (isPost && target.closest?.(".themis")) lists.onPostStart(key);
  if (isPoller(target)) poller.onRequestStart(patience);
}

// Login pages of other middleware, error pages and captive portals are never swapped in.
function vetoResponse(event) {
  if (!event.target.closest?.(".themis")) return;
  // A poll that was sent before the last act is older than what the page shows.
  const isLate = isPoller(event.target) && poller.pollAfterThis;
  if (isLate || !responseOf(event).isGood) event.preventDefault();
}

function onEnd(event, wasReplaced) {
  const { key, source, isPost } = requestOf(event);
  lists.onRequestEnd(key);
  // A request that a newer one replaced has not failed.
  if (wasReplaced || !source?.closest?.("[class^=themis]")) return;
  if (isPoller(source)) onPollEnd(responseOf(event));
  else onActEnd(source, isPost, responseOf(event).isGood);
}

/** Say that an act has failed which htmx did not send, and show what is there by now. */
export function onFailedAct(source) {
  isRefused = true;
  showOutcome(source, false);
  refreshAround(source);
}

function onPollEnd({ header, isGood }) {
  const token = isGood && !poller.pollAfterThis && header("Themis-Token");
  if (token) poller.useToken(token);
  if (isGood) poller.onNextChange(header("Themis-Next-Change"));
  poller.onRequestEnd(isGood, header("Retry-After"));
}

function onActEnd(source, isPost, isGood) {
  if (isPost) isRefused = !isGood;
  source.removeAttribute("aria-busy");
  showOutcome(source, isGood);
  if (isPost) afterPost(source, isGood);
  lists.markStaleIfOverlapping(isPost);
  // htmx 4 marks the list as under way until this event is over.
  if (isGood || isPost) setTimeout(() => lists.refreshStale());
  else lists.markStale(source.closest("[data-themis-list]"));
}

function afterPost(source, isGood) {
  if (!isGood) return refreshAround(source);
  const item = source.closest(".themis-item");
  poller.pollAnew();
  announceToTabs();
  if (item) lists.markStaleWithout(item.id);
}

// The item is gone, or the form's token is: what is shown here is out of date.
function refreshAround(source) {
  send(source.closest("[hx-trigger$=refresh]:not(.htmx-request)"), "themis:refresh");
}

function showOutcome(source, isGood) {
  const skeleton = one(".themis-skeleton", source);
  const place = source.closest(".themis-panel, .themis-inbox, .themis-preferences");
  if (skeleton && !isGood) showLoadError(source, skeleton);
  else if (!isGood && place) one("[data-themis-action-error]", place).hidden = false;
  else if (!isRefused) all("[data-themis-action-error]").forEach((words) => (words.hidden = true));
}
