// A click on a notification marks it as read, then goes where it leads.

import { inSessionStorage, isModified, on, one } from "./dom.js";
import { lists, poller } from "./page.js";
import { ofThisSite } from "./script.js";
import { announceToTabs } from "./tabs.js";

// After so long the click is followed, whether the server has answered or not; in milliseconds.
const LONGEST_WAIT = 400;
// A link that leaves the page here, as a download does, is known by the page's still being there.
const STILL_HERE = 1000;
// It marks an item in a list as read, and closes a toast.
const OWN_BUTTON = ".themis-item__toggle, .themis-toast__close";

export function startItems() {
  on("click auxclick", onItemLink, true);
  on("error", hideLostImage, true);
  // htmx takes a ctrl-click on a link for a click.
  on("click", leaveToBrowser, true);
}

// Not every browser lets the icon below be seen, as the stylesheet would have it.
function hideLostImage({ target }) {
  if (target.matches?.(".themis-disc__face")) target.hidden = true;
}

function leaveToBrowser(event) {
  if (isModified(event) && event.target.closest?.(".themis a[hx-get]")) event.stopPropagation();
}

function onItemLink(event) {
  const link = event.target.closest?.(".themis-item__link, a.themis-action");
  const item = link?.closest(".themis-item--unread");
  // A right click opens the browser's menu and follows nothing.
  if (!item || event.defaultPrevented || event.button > 1) return;
  const opensTab = event.button || isModified(event) || link.target === "_blank";
  const read = markRead(one("form:not([data-themis-action])", item));
  // The browser opens the tab by itself; here the item's own button shows that it was read.
  if (opensTab) read.then(() => one(OWN_BUTTON, item).click(), () => {});
  else navigateAfterRead(event, link, read);
}

// Not by htmx: the request must outlive the page.
export async function markRead(form) {
  const body = new URLSearchParams(new FormData(form));
  await fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" });
  announceToTabs();
  return true;
}

// The read comes first, so that the badge of the next page is right.
async function navigateAfterRead(event, link, read) {
  event.preventDefault();
  event.stopPropagation();
  const late = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT));
  if (!(await Promise.race([read, late]).catch(() => false))) {
    inSessionStorage((storage) => (storage[ofThisSite("themisPoll")] = 1));
  }
  location.assign(link.href);
  link.closest("[data-themis-panel]")?.hidePopover();
  read.then(pollIfStillHere, pollIfStillHere);
}

function pollIfStillHere() {
  lists.markAllStale();
  setTimeout(() => poller.poll(), STILL_HERE);
}
