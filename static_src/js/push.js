// Web Push: messages to a browser that has no page of the site open. The page keeps the subscription
// up to date; the worker shows the messages. This file is loaded only where the app is installed.

import { on } from "./dom.js";
import { isOn, onSignedOut, review } from "./push_browser.js";
import { onTestArrived, setUpSection, startSection } from "./push_section.js";

function start() {
  startSection();
  setUpSection();
  // The preferences may come into the page at any time.
  new MutationObserver(setUpSection).observe(document, { childList: true, subtree: true });
  // One popup for one event: the worker shows it, and alerts.js finds nothing to show.
  on("themis:arrived", ({ target }) => isOn() && delete target.dataset.themisAlertTitle, true);
  on("themis:signed-out", () => attempt(onSignedOut));
  // Whenever there is a fresh token, and so perhaps another session.
  addEventListener("themis:lead", () => attempt(review));
  navigator.serviceWorker?.addEventListener("message", onMessage);
  navigator.serviceWorker?.startMessages();
  attempt(review);
}

// A network that is away is no fault of the page, which tries again when it is loaded next.
const attempt = (act) => act().catch((error) => console.debug("themis: push", error));

function onMessage({ data, ports: [port] }) {
  if (data?.themisPush === "test") onTestArrived();
  if (data?.themisPush !== "go") return;
  port.postMessage("taken");
  if (location.href !== data.url) location.assign(data.url);
}

if (!window.themisPushIsRunning) {
  window.themisPushIsRunning = true;
  start();
}
