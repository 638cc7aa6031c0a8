// The page of preferences: saved as they are changed, and "Saved" is taken back at the next change.

import { focusIsLost, inLocalStorage, on, one, unseen } from "./dom.js";
import { isLoaded } from "./htmx.js";
import { areUpdatesOff, poller, UPDATES_OFF } from "./page.js";

const saved = () => one("#themis-preferences-saved");

export function startPreferences() {
  on("change", onUpdatesSwitch, true);
  on("change", ({ target }) => {
    if (target.closest?.("#themis-preferences")) saved()?.replaceChildren();
  });
  on("click", ({ target }) => {
    if (target.closest?.("#themis-muted button")) saved()?.replaceChildren();
  });
}

/** Hide the button that saves: with htmx each change is saved at once. */
export function hideSave(row) {
  row.hidden = isLoaded();
}

/** Show the switch of live updates, which is there for a browser that runs scripts. */
export function showUpdatesSwitch(row) {
  row.hidden = false;
  one("input", row).checked = !areUpdatesOff();
}

function onUpdatesSwitch(event) {
  if (!event.target.closest?.("[data-themis-updates]")) return;
  // It belongs to this browser, and not to the form that listens around it.
  event.stopPropagation();
  inLocalStorage((storage) => {
    if (event.target.checked) delete storage[UPDATES_OFF];
    else storage[UPDATES_OFF] = 1;
  });
  poller.reschedule();
}

/** Say "Saved" after a change of the muted sources; true where their card is new. */
export function onMutedSources() {
  const [card] = unseen("[data-themis-muting]");
  if (card && saved()) saved().textContent = card.dataset.themisMuting;
  if (!card || !focusIsLost()) return false;
  one("button, select", card)?.focus();
  return true;
}
