// Sign-out: everything private leaves the page, and the bell becomes a link to sign in.

import { all, on, replaceTag } from "./dom.js";
import { forgetContent, lists, poller } from "./page.js";
import { hideOpenPanels } from "./panel.js";
import { announceToTabs } from "./tabs.js";
import { showInTitle } from "./title.js";

export function startSignedOut() {
  on("themis:signed-out", onSignedOut);
  addEventListener("pageshow", onPageShow);
}

function onSignedOut({ detail }) {
  poller.signOut();
  blank();
  all(".themis-bell__button").forEach((button) => putSignInLink(button, detail.url));
  announceToTabs();
}

// Browsers keep a page that was left, with all that it shows. When it comes back, somebody else
// may sit here, and a poll that was under way never ends.
function onPageShow(event) {
  if (!event.persisted) return;
  poller.forgetRequest();
  lists.markAllStale();
  blank();
  poller.poll();
}

function blank() {
  hideOpenPanels();
  all(".themis-badge, .themis-item, .themis-new-bar").forEach((element) => element.remove());
  poller.useToken("");
  showInTitle("0");
  all("[data-themis-list]").forEach(forgetContent);
}

function putSignInLink(button, href) {
  const label = button.closest("[data-themis-bell]").dataset.themisSignIn;
  replaceTag(button, "a", { href, "aria-label": label, "data-themis-sign-in-link": "" });
}
