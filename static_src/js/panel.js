// The panel below a bell: opening, closing, placing. Its content is fetched only if out of date.

import { all, focusFirstControl, focusIsLost, on, one, send } from "./dom.js";
import { takePageTheme } from "./theme.js";

/** The least distance from an edge of the window, and from the bell, in pixels. */
const GAP = 8;

/** True where the browser can open panels; otherwise the bell stays a link to the list page. */
export const canOpen = "popover" in HTMLElement.prototype;
export const isOpen = (panel) => panel.popover && panel.matches(":popover-open");
const openPanels = () => all("[data-themis-panel]").filter(isOpen);
export const hideOpenPanels = () => openPanels().forEach((panel) => panel.hidePopover());

let nextFrame;

export function startPanels() {
  on("toggle", onToggle, true);
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
  takePageTheme(panel);
  follow(panel);
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

// Keep an open panel at its bell, whatever moves the bell: a scroll, another size of the window, a
// banner above it that goes. No event tells of all of these.
function follow(panel) {
  cancelAnimationFrame(nextFrame);
  if (!isOpen(panel)) return;
  place(panel);
  nextFrame = requestAnimationFrame(() => follow(panel));
}

// The styles decide whether the place is used: on a small screen the panel is a sheet.
function place(panel) {
  const bell = panel.closest("[data-themis-bell]").getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const isRightToLeft = getComputedStyle(panel).direction === "rtl";
  const wanted = isRightToLeft ? bell.left : bell.right - width;
  const x = Math.max(GAP, Math.min(wanted, innerWidth - width - GAP));
  const y = Math.max(GAP, Math.min(bell.bottom + GAP, innerHeight - height - GAP));
  // A host's `zoom` magnifies lengths of the styles, and not what was measured.
  const zoom = width / panel.offsetWidth || 1;
  for (const [name, at] of [["--themis-x", x], ["--themis-y", y]]) {
    const length = `${Math.round(at / zoom)}px`;
    if (panel.style.getPropertyValue(name) !== length) panel.style.setProperty(name, length);
  }
}
