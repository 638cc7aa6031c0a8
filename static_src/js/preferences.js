// The page of preferences: "Saved" is said after each change, and what belongs to this browser is
// filled in: its live updates and its time zone. themis.js loads this file where the form is.

import { all, focusIsLost, on, one, send, unseen } from "./dom.js";
import { onRequestStart } from "./htmx.js";
import { areUpdatesOff, setUpdates } from "./updates.js";

const TIME = "input[type=time]";
const CONTROLS = ":is(button, input:not([type=hidden]), select):enabled";

const saved = () => one("#themis-preferences-saved");
const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const inWords = (zone) => zone?.replaceAll("_", " ");

// The fields of quiet hours to which this browser's zone was given, or left to the person.
const zoneWasGiven = new WeakSet();
// True while the focus is in a field for a time that a key or a pointer has reached.
let isTyping = false;
// The part of the page whose refresh waits for the end of typing.
let waiting;

// themis.js sends it whenever the page has changed.
on("themis:script", setUp);
// Before htmx collects what the form holds.
on("change", onChange, true);
on("click", onClick);
on("keydown pointerdown", ({ target }) => (isTyping ||= Boolean(target.matches?.(TIME))));
on("themis:refresh", putOffWhileTyping, true);
on("focusout", refreshAfterTyping);
onRequestStart(({ isPost, target }) => {
  if (isPost && target.closest?.(".themis-preferences")) saved()?.replaceChildren();
});
setUp();

function setUp() {
  unseen(".themis-preferences [data-themis-saved]").forEach(onSaved);
  all("[data-themis-updates] input").forEach((input) => (input.checked = !areUpdatesOff()));
  all("[data-themis-quiet]").forEach(showQuiet);
}

// A part of the page that is new tells that it was saved.
function onSaved(part) {
  showSaved(part.dataset.themisSaved);
  if (focusIsLost()) one(CONTROLS, part)?.focus();
}

// As the component "saved" does. A new element, since the words of the save before have faded.
function showSaved(words) {
  const shown = document.createElement("span");
  shown.className = "themis-notice themis-saved";
  shown.textContent = words;
  saved()?.replaceChildren(shown);
}

function onChange(event) {
  const { target } = event;
  if (target.closest?.("[data-themis-updates]")) {
    // It belongs to this browser, and not to the form that listens around it.
    event.stopPropagation();
    setUpdates(target.checked);
    // A browser that remembers nothing goes on polling, and the switch does not say otherwise.
    target.checked = !areUpdatesOff();
    dispatchEvent(new Event("themis:updates"));
  }
  const quiet = target.closest?.("[data-themis-quiet]");
  if (!quiet) return;
  giveZone(quiet);
  showQuiet(quiet);
}

function onClick(event) {
  const quiet = event.target.closest?.("[data-themis-quiet]");
  if (!quiet) return;
  const [from, to] = all(TIME, quiet);
  if (event.target.closest("[data-themis-zone-hint]")) {
    chooseZone(quiet);
    save(one("select", quiet));
  } else if (event.target.closest("[data-themis-quiet-off]")) {
    // The form would send all that it shows and come back whole.
    event.preventDefault();
    from.value = to.value = "";
    save(from);
  }
}

function save(field) {
  field.focus();
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// Where quiet hours are chosen for the first time, and no zone, they are meant as this browser's.
function giveZone(quiet) {
  if (one("select", quiet).value || stateOf(quiet) !== "on" || zoneWasGiven.has(quiet)) return;
  if (quiet.dataset.themisQuiet !== "on") chooseZone(quiet);
  zoneWasGiven.add(quiet);
}

function chooseZone(quiet) {
  const select = one("select", quiet);
  const zone = browserZone();
  // It may be an older name of a zone that the list has by another one.
  const isOffered = [...select.options].some(({ value }) => value === zone);
  if (zone && !isOffered) select.add(new Option(inWords(zone), zone));
  select.value = zone ?? "";
}

function showQuiet(quiet) {
  const state = stateOf(quiet);
  const hint = one("[data-themis-zone-hint]", quiet);
  const zone = browserZone();
  one("[data-themis-quiet-state]", quiet).textContent =
    quiet.getAttribute(`data-themis-state-${state}`);
  one("[data-themis-quiet-off]", quiet).hidden = state === "off";
  hint.hidden = !zone || zone === hint.dataset.themisZoneHint || Boolean(one("select", quiet).value);
  hint.textContent = hint.dataset.themisWords.replace("{zone}", inWords(zone));
}

function stateOf(quiet) {
  const [from, to] = all(TIME, quiet).map(({ value }) => value);
  if (!from && !to) return "off";
  if (!from || !to) return "half";
  return from === to ? "same" : "on";
}

// A time is typed in parts, and a fresh form would bring it back as it was.
function putOffWhileTyping(event) {
  const field = document.activeElement;
  if (!isTyping || !field.matches(TIME) || !event.target.contains(field)) return;
  event.stopPropagation();
  waiting = event.target.closest("[data-themis-list]");
}

function refreshAfterTyping({ relatedTarget }) {
  if (relatedTarget?.matches(TIME)) return;
  isTyping = false;
  if (!waiting) return;
  const list = waiting;
  waiting = null;
  // The change that the browser tells of now is saved first.
  setTimeout(() => send(list, "themis:refresh"));
}
