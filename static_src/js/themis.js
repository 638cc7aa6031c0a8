// The entry of the script that every page with a bell loads. State lives in attributes, requests
// are htmx's, words are the server's.

import { loadAlerts, onBadge, putButton } from "./bell.js";
import { startClock } from "./clock.js";
import { on, one, unseen } from "./dom.js";
import { isLoaded, onContent } from "./htmx.js";
import { startItems } from "./item.js";
import { focusOlder, keepUnfolded, startLists } from "./list.js";
import { focusMenuAfterUndo, startMenus } from "./menu.js";
import { onNotice } from "./notice.js";
import { lists, poller } from "./page.js";
import { startPanels } from "./panel.js";
import { hideSave, onMutedSources, showUpdatesSwitch, startPreferences } from "./preferences.js";
import { startRequests } from "./requests.js";
import { startSignedOut } from "./signed_out.js";
import { announceToTabs, onAnnouncement } from "./tabs.js";
import { takePageTheme } from "./theme.js";
import { startTitle } from "./title.js";
import { startToasts } from "./toast.js";

// Set up what came into the page, whichever way it came.
function scan() {
  if (isLoaded()) unseen("[data-themis-bell]").forEach(putButton);
  unseen("[data-themis-token]").forEach(onBadge);
  unseen("[data-themis-notices] > *").forEach(onNotice);
  unseen("[data-themis-save]").forEach(hideSave);
  unseen(".themis-row[data-themis-alerts]").forEach(loadAlerts);
  unseen("[data-themis-more]").forEach(keepUnfolded);
  unseen("[data-themis-older]").forEach(focusOlder);
  unseen("[data-themis-updates]").forEach(showUpdatesSwitch);
  for (const toast of unseen(".themis-toast")) takePageTheme(toast.parentElement);
}

function startPolling() {
  on("visibilitychange", () => poller.comeBack());
  addEventListener("online", () => poller.comeBack());
  addEventListener("focus", () => poller.onFocus());
  onAnnouncement(() => {
    lists.markAllStale();
    poller.pollAnew();
  });
}

startRequests();
startPolling();
startSignedOut();
startTitle();
startPanels();
startItems();
startToasts();
startLists();
startMenus();
startPreferences();
startClock();

on("DOMContentLoaded", scan);
onContent(scan);
onContent(() => onMutedSources() || focusMenuAfterUndo());
scan();

addEventListener("load", () => {
  if (isLoaded()) scan();
  else console.warn("themis: htmx is not on this page; the bell stays a link.");
});
// A page without a bell: perhaps somebody has just signed out, and the other tabs shall see.
if (!one("[data-themis-bell]")) announceToTabs();
