// The panel below a bell: opening, closing, placing. Its content is fetched only if out of date.

import { all, focusFirstControl, focusIsLost, on, one, send } from "./dom.js";

/** The least distance from an edge of the window, and from the bell, in pixels. */
const GAP = 8;

/** True where the browser can open panels; otherwise the bell stays a link to the list page. */
export const canOpen = "popover" in HTMLElement.prototype;
export const isOpen = (panel) => panel.popover && panel.matches(":popover-open");
const openPanels = () => all("[data-themis-panel]").filter(isOpen);
export const hideOpenPanels = () => openPanels().forEach((panel) => panel.hidePopover());
export const placeOpenPanels = () => openPanels().forEach(place);

export function startPanels() {
  on("toggle", onToggle, true);
  addEventListener("resize", placeOpenPanels);
  addEventListener("scroll", placeOpenPanels, true);
}

function onToggle(event) {
  const panel = event.target;
  if (!panel.matches?.("[data-themis-panel]")) return;
  if (event.newState === "open") onOpen(panel);
  else onClose(panel);
}

function onOpen(panel) {
  const digest = one("[data-themis-token]")?.dataset.themisDigest;
  const list = one("[data-themis-list]", panel);
  if (list.dataset.themisDigest !== digest) send(list, "themis:refresh");
  list.dataset.themisDigest = digest;
  place(panel);
}

/** Load the list of a panel that a morph has emptied while it was open. */
export function loadIfOpen(panel) {
  if (isOpen(panel)) onOpen(panel);
}

function onClose(panel) {
  one("[data-themis-notices]", panel).replaceChildren();
  // Esc returns the focus by itself. A click outside leaves it on the body.
  if (focusIsLost()) focusFirstControl(panel.closest("[data-themis-bell]"));
}

// The styles decide whether the place is used: on a small screen the panel is a sheet.
function place(panel) {
  const bell = panel.closest("[data-themis-bell]").getBoundingClientRect();
  const isRightToLeft = getComputedStyle(panel).direction === "rtl";
  const wanted = isRightToLeft ? bell.left : bell.right - panel.offsetWidth;
  const x = Math.max(GAP, Math.min(wanted, innerWidth - panel.offsetWidth - GAP));
  const y = Math.max(GAP, Math.min(bell.bottom + GAP, innerHeight - panel.offsetHeight - GAP));
  panel.style.setProperty("--themis-x", `${x}px`);
  panel.style.setProperty("--themis-y", `${y}px`);
}
