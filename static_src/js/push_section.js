// The part of the preferences about this browser: its state in words, its buttons, and the test.

import { all, on, one, send, unseen } from "./dom.js";
import { currentState, sendTest, turnOff, turnOn } from "./push_browser.js";

// Milliseconds within which a test arrives, unless something is wrong.
const PATIENCE = 20_000;

const section = () => one("[data-themis-push-section]");
const alertSwitch = () => one(".themis-row[data-themis-alerts] input");

let onArrival = () => {};

export function startSection() {
  on("click", ({ target }) => {
    const button = target.closest?.("[data-themis-push-turn], [data-themis-push-test]");
    if (button) onClick(button);
  });
  on("change", ({ target }) => {
    // alerts.js asks for permission first, and sends the event again once it is given.
    if (target === alertSwitch()) run(target.checked ? turnOn : turnOff);
  });
  on("themis:alerts-refused", () => section() && show(stateHere()));
}

/** Set up a section that has come into the page, whichever way it came. */
export function setUpSection() {
  for (const each of unseen("[data-themis-push-section]")) {
    each.hidden = false;
    adviseOnPhone(each);
    show(stateHere());
  }
}

/** The worker has told the pages that a test has arrived. */
export const onTestArrived = () => onArrival();

// A screen reader reads out what an act has led to, and not what stood there before.
function readOut() {
  one("[data-themis-push-state]")?.setAttribute("role", "status");
}

function onClick(button) {
  if (button.dataset.themisPushTest !== undefined) runTest();
  else run(button.dataset.themisPushTurn === "on" ? turnOn : turnOff);
}

async function run(turn) {
  readOut();
  if (section()) show("waiting");
  const state = await turn().catch(() => "failed");
  if (section()) show(state === "off" ? stateHere() : state);
}

async function runTest() {
  readOut();
  show("sent");
  const arrived = new Promise((resolve) => (onArrival = () => resolve("arrived")));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, "lost"));
  const sent = sendTest().then(() => Promise.race([arrived, late]));
  const words = await sent.catch(() => "refused");
  if (section()) show(words);
}

function stateHere() {
  const state = currentState();
  const isWanted = alertSwitch()?.checked ?? true;
  return ["on", "off"].includes(state) && !isWanted ? "unwanted" : state;
}

function show(words) {
  const place = section();
  one("[data-themis-push-state]", place).textContent = place.dataset[attribute(words)];
  const isBusy = ["waiting", "sent"].includes(words);
  const state = stateHere();
  for (const button of all("[data-themis-push-turn]", place)) {
    const isOffered = button.dataset.themisPushTurn === (state === "on" ? "off" : "on");
    button.hidden = !isOffered || !["on", "off"].includes(state);
    button.disabled = isBusy;
  }
  const test = one("[data-themis-push-test]", place);
  test.hidden = state !== "on";
  test.disabled = isBusy;
  one("[data-themis-push-buttons]", place).hidden = !["on", "off"].includes(state);
}

const attribute = (words) => `themisPush${words[0].toUpperCase()}${words.slice(1)}`;

// The switch above would say that this browser cannot do it.
function adviseOnPhone({ dataset }) {
  const row = alertSwitch()?.closest("[data-themis-alerts]");
  if (!row || currentState() !== "phone") return;
  row.setAttribute("data-themis-state-unsupported", dataset.themisPushPhone);
  send(row, "themis:alerts");
}
