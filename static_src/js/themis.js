// The entry of the script that every page with a bell loads. State lives in attributes, requests
// are htmx's, words are the server's.

import { startActions } from "./action.js";
import { loadAlerts, onBadge, setUpBells } from "./bell.js";
import { startClock } from "./clock.js";
import { all, on, one, unseen } from "./dom.js";
import { isLoaded, onContent } from "./htmx.js";
import { onInsertion } from "./insertion.js";
import { startItems } from "./item.js";
import { focusOlder, keepUnfolded, startLists } from "./list.js";
import { focusMenuAfterUndo, startMenus } from "./menu.js";
import { onNotice } from "./notice.js";
import { lists, poller } from "./page.js";
import { startPanels } from "./panel.js";
import { startRequests } from "./requests.js";
import { loadFor } from "./script.js";
import { startSignedOut } from "./signed_out.js";
import { announceToTabs, onAnnouncement } from "./tabs.js";
import { takePageTheme } from "./theme.js";
import { startTitle } from "./title.js";
import { seeToToasts, startToasts } from "./toast.js";
import { startUpdates } from "./updates.js";

// Set up what came into the page, whichever way it came.
function scan() {
  if (isLoaded()) setUpBells();
  unseen("[data-themis-token]").forEach(onBadge);
  unseen("[data-themis-notices] > *").forEach(onNotice);
  unseen("[data-themis-more]").forEach(keepUnfolded);
  unseen("[data-themis-older]").forEach(focusOlder);
  for (const toast of unseen(".themis-toast")) takePageTheme(toast.parentElement);
  // Not once: a morph makes them again what the server sent.
  for (const row of all("[data-themis-save]")) row.hidden = isLoaded();
  all(".themis-row[data-themis-alerts]").forEach(loadAlerts);
  all("[data-themis-script]").forEach(loadFor);
  seeToToasts();
}

function startPolling() {
  on("visibilitychange", () => poller.comeBack());
  addEventListener("online", () => poller.comeBack());
  addEventListener("focus", () => poller.onFocus());
  addEventListener("themis:updates", () => poller.reschedule());
  onAnnouncement((message) => {
    if (message !== "changed") return poller.onStream(message);
    lists.markAllStale();
    poller.pollAnew();
  });
  // The stream that this tab holds for all.
  addEventListener("themis:stream", ({ detail }) => {
    announceToTabs(detail);
    poller.onStream(detail);
  });
}

function onLoad() {
  if (isLoaded()) scan();
  else console.warn("themis: htmx is not on this page; the bell stays a link.");
}

function start() {
  startRequests();
  startPolling();
  startUpdates();
  startSignedOut();
  startTitle();
  startPanels();
  // Before the items: a press that belongs to one on an action is no press on a link.
  startActions();
  startItems();
  startToasts();
  startLists();
  startMenus();
  startClock();

  onContent(scan);
  onInsertion(scan);
  onContent(focusMenuAfterUndo);
  scan();

  if (document.readyState === "complete") onLoad();
  else addEventListener("load", onLoad);
  // A page without a bell: perhaps somebody has just signed out, and the other tabs shall see.
  if (!one("[data-themis-bell]")) announceToTabs();
}

// A classic script runs as often as it stands in a page, and again where Turbo brings it. A project
// that bundles scripts may have it run before there is a page.
if (!window.themisIsRunning) {
  window.themisIsRunning = true;
  if (document.readyState === "loading") on("DOMContentLoaded", start);
  else start();
}
