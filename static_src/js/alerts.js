// Desktop alerts: one tab leads, and shows one popup for everything new. themis.js loads this file
// only when alerts are on, or when the page has the switch for them.

import { showPopup } from "./popup.js";
import { ofThisSite } from "./script.js";
import { reviewStream } from "./updates.js";

// The bell for which this tab leads, or waits to. A boosted visit brings another, and changes nothing.
let waitingBell = null;
let isLeading = false;

// Gives the lock back, or takes back the request for it.
let releaseLock = () => {};

// Settled as soon as the browser has said whether the lock is free.
let isAnswered = Promise.resolve();

// The switches that are listened to. A morph keeps a switch, and takes its words back.
const inputs = new WeakSet();

// The page sends it to an element that names this script: a bell, or the row of the switch.
document.addEventListener("themis:alerts", ({ target }) => {
  if (!target.matches("[data-themis-bell]")) startSwitch(target);
  else if (!waitingBell && currentState() === "on") waitToLead(target);
});

document.addEventListener("themis:arrived", async ({ target }) => {
  await isAnswered;
  if (isLeading) onArrival(target);
});

// The tab that holds the lock shows the alerts, and polls and streams in the background too. When it
// closes or goes to another page, the browser hands the lock to the next.
async function waitToLead(bell) {
  waitingBell = bell;
  let answer;
  isAnswered = new Promise((resolve) => (answer = resolve));
  const name = ofThisSite("themis:leader");
  const request = new AbortController();
  const { signal } = request;
  releaseLock = () => request.abort();
  const lead = (lock) => {
    isLeading = lock !== null && !signal.aborted;
    answer();
    if (!isLeading) return "later";
    document.documentElement.dataset.themisLeader = "1";
    reviewStream();
    // The lock is held until the promise settles.
    return new Promise((resolve) => (releaseLock = resolve));
  };
  try {
    const end = await navigator.locks.request(name, { ifAvailable: true }, lead);
    if (end === "later") await navigator.locks.request(name, { signal }, lead);
  } catch {
    // Without locks each tab shows what it hears of, and a tab in the background asks for nothing.
    if (!signal.aborted) isLeading = true;
    answer();
  }
}

// A browser keeps no page that holds a lock, or waits for one, for the way back.
window.addEventListener("pagehide", () => {
  releaseLock();
  isLeading = false;
  delete document.documentElement.dataset.themisLeader;
  reviewStream();
});
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted && waitingBell) waitToLead(waitingBell);
});

function onArrival({ dataset }) {
  const { themisAlertTitle: title, themisAlertBody: body, themisAlertImage: icon } = dataset;
  if (!title || Notification.permission !== "granted") return;
  // The tag has it replace the popup before it, and `renotify` has it make itself heard again.
  const data = { url: dataset.themisAlertUrl };
  const options = { body, icon, tag: ofThisSite("themis"), renotify: true, data };
  showPopup(title, options, waitingBell.dataset.themisWorker);
}

function currentState() {
  if (!window.isSecureContext) return "insecure";
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" ? "on" : "off";
}

// A click on the switch asks the browser for permission, and nothing else does.
function startSwitch(row) {
  const input = row.querySelector("input");
  if (!inputs.has(input)) input.addEventListener("change", (event) => onSwitch(event, row, input));
  inputs.add(input);
  showState(row, input);
}

async function onSwitch(event, row, input) {
  if (input.checked && currentState() === "off") {
    // It is saved when the browser has been asked, and only if the person agrees.
    event.stopPropagation();
    await Notification.requestPermission();
    if (currentState() === "on") input.dispatchEvent(new Event("change", { bubbles: true }));
    else {
      input.checked = false;
      row.dispatchEvent(new Event("themis:alerts-refused", { bubbles: true }));
    }
  }
  showState(row, input);
}

function showState(row, input) {
  const state = currentState() === "on" && !input.checked ? "off" : currentState();
  row.querySelector("[data-themis-alert-state]").textContent =
    row.getAttribute(`data-themis-state-${state}`);
  // What is on can be turned off, whatever the browser says by now.
  input.disabled = !input.checked && ["insecure", "unsupported", "blocked"].includes(state);
}
