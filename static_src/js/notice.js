// The notice after an action: it hides a dismissed item, shows a restored one, and moves the focus.

import { knowWoken } from "./bell.js";
import { focusFirstControl, focusIsLost, one } from "./dom.js";
import { focusAround, shownItems } from "./list.js";
import { lists } from "./page.js";

/** Hide the item that was dismissed, show the one that is back, or refresh the lists. */
export function onNotice(notice) {
  const { themisDismissed: dismissed, themisRestored: restored, themisWoken } = notice.dataset;
  // The person has just had it shown.
  if (themisWoken) knowWoken(Number(themisWoken));
  const scope = notice.parentElement.id.replace(/-notice$/, "");
  if (dismissed) hideItem(one(`#${scope}-${dismissed}`), notice);
  // The filter for snoozed ones comes with the first of them.
  if ("themisSnoozed" in notice.dataset && !one("#themis-inbox-chip-snoozed")) {
    lists.markStale(one("#themis-inbox"));
  }
  if (dismissed) return;
  const item = restored && one(`#${scope}-${restored}`);
  if (item) item.hidden = false;
  focusFirstControl(item);
  if (!restored && !("themisChanged" in notice.dataset)) return;
  lists.markAllStale();
  if (focusIsLost()) focusAround(one(`#${scope}-body`) ?? one(`#${scope}`));
}

// It is hidden and not removed, so that Undo shows it again in its place.
function hideItem(item, notice) {
  if (!item) return;
  const items = shownItems(item.closest("[data-themis-list]"));
  const at = items.indexOf(item);
  const next = items[at + 1] ?? items[at - 1];
  const hadFocus = item.contains(document.activeElement) || focusIsLost();
  item.hidden = true;
  if (hadFocus) focusFirstControl(next ?? notice);
  // An empty list has words of its own, which the server renders.
  if (!next) lists.markAllStale();
}
