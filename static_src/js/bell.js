// The bell: it turns the server's link into a button for the panel, starts polling, and copies a new
// number to every bell on the page.

import {
  all, inSessionStorage, isRendered, markSeen, one, replaceTag, send, unseen,
} from "./dom.js";
import { lists, poller } from "./page.js";
import { canOpen, loadIfOpen } from "./panel.js";
import { loadScript, ofThisSite } from "./script.js";
import { showInTitle } from "./title.js";
import { loadLive, reviewStream } from "./updates.js";

// The newest id that this page has heard of, and the instant up to which it knows what has woken up,
// in microseconds; null before the first badge.
let newest = null;
let woken = null;
let askedForWords = null;

let alertsLoaded;

/** Fetch the script of desktop alerts, for those who have turned them on or can. */
export async function loadAlerts(element) {
  alertsLoaded ??= loadScript(element.dataset.themisAlerts);
  await alertsLoaded;
  send(element, "themis:alerts");
}

/** Set up each bell that has come into the page, and each that a morph has made a link again. */
export function setUpBells() {
  const arrived = new Set(unseen("[data-themis-bell]"));
  for (const bell of all("[data-themis-bell]")) {
    const link = canOpen && one("a.themis-bell__button:not([data-themis-sign-in-link])", bell);
    if (link) putButton(bell, link);
    if (arrived.has(bell)) onArrivedBell(bell, link);
    else if (link) onMorphedBell(bell);
  }
}

function onArrivedBell(bell, link) {
  if (bell.dataset.themisAlerts) loadAlerts(bell);
  if (bell.dataset.themisLive) loadLive(bell.dataset.themisLive);
  // One poller a page, however many bells.
  if (!one("[data-themis-poller]", bell)) return;
  startPolling();
  statusRegion();
  // Turbo has kept a bell that has its button already, and a preview of it goes at once.
  if (!canOpen || link || document.documentElement.hasAttribute("data-turbo-preview")) return;
  lists.markAllStale();
  poller.poll();
}

function onMorphedBell(bell) {
  onBadge(one("[data-themis-token]", bell));
  loadIfOpen(one("[data-themis-panel]", bell));
  if (one("[data-themis-poller]", bell)) startPolling();
}

/** Put a button in the place of the link. */
function putButton(bell, link) {
  const panel = one("[data-themis-panel]", bell);
  replaceTag(link, "button", {
    type: "button",
    popovertarget: panel.id,
    "aria-haspopup": "dialog",
    "aria-labelledby": link.getAttribute("aria-labelledby"),
  });
  panel.hidden = false;
}

function startPolling() {
  poller.start();
  inSessionStorage((storage) => {
    const key = ofThisSite("themisPoll");
    // The page before has left while a read was under way. htmx listens once this page is loaded.
    if (storage[key]) addEventListener("load", () => poller.pollAnew());
    delete storage[key];
  });
}

/** Follow a badge that came into the page, with the page or by a poll. */
export function onBadge(token) {
  const id = Number(token.dataset.themisNewest);
  const instant = Number(token.dataset.themisWoken);
  const slot = token.closest("[data-themis-badge-slot]");
  if (!slot) return;
  // An item that a list shows has not just arrived: it was marked as unread.
  const isNew = newest !== null && id > newest && !one(`[data-themis-item="${id}"]`);
  if (isNew || (woken !== null && instant > woken)) onArrival(token, slot);
  newest = Math.max(newest ?? 0, id);
  knowWoken(instant);
  copyBadgeToOtherBells(slot);
  for (const count of all("[data-themis-count]")) count.textContent = token.dataset.themisLabel;
  for (const bar of all(".themis-new-bar")) updateNewBar(bar, token);
  showInTitle(token.dataset.themisLabel);
  // A badge brings a fresh token.
  reviewStream();
}

/** Announce nothing that woke up by this instant: the page knows of it. */
export function knowWoken(instant) {
  woken = Math.max(woken ?? 0, instant);
}

function onArrival(token, slot) {
  const status = statusRegion();
  const since = one(".themis-since");
  const sinceAt = one(".themis-since-at");
  if (status) status.textContent = one("[data-themis-name]", slot).textContent;
  if (since) since.value = newest;
  if (sinceAt) sinceAt.value = woken;
  // Toasts and desktop alerts listen for it.
  send(token, "themis:arrived");
}

// The region that screen readers read out. They pass over a hidden bell, and all that is in it.
function statusRegion() {
  const [status, ...older] = all("[data-themis-status]");
  older.forEach((each) => each.remove());
  if (status && !isRendered(status)) document.body.append(status);
  return status;
}

function copyBadgeToOtherBells(slot) {
  for (const other of all("[data-themis-badge-slot]")) {
    if (other === slot) continue;
    const copy = slot.cloneNode(true);
    one("[data-themis-name]", copy).id = other.id.replace(/-badge-slot$/, "-name");
    all("[data-themis-token]", copy).forEach(markSeen);
    other.replaceChildren(...copy.childNodes);
  }
}

// An open list says "3 new" and lets its reader fetch them: nothing moves by itself.
function updateNewBar(bar, token) {
  const shown = Number(one(".themis-shown", bar.parentElement)?.value ?? 0);
  const shownAt = Number(one(".themis-shown-at", bar.parentElement)?.value ?? Infinity);
  const { themisNewText: words, themisNewest, themisWoken } = token.dataset;
  const hasNews = Number(themisNewest) > shown || Number(themisWoken) > shownAt;
  bar.hidden = !words || !hasNews;
  bar.textContent = words;
  if (hasNews && !words) askForWords(`${themisNewest} ${themisWoken}`);
}

// A poll that was sent before the list had come did not say what the list shows, so the server did
// not count for it. It is asked once more for each state.
function askForWords(state) {
  if (state === askedForWords) return;
  askedForWords = state;
  poller.pollAnew();
}
