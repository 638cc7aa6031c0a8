// The tabs of one browser: a change in one is asked for in all.

import { ofThisSite } from "./script.js";

let channel = openChannel();
let onMessage = () => {};

// A browser may lack channels, or refuse them to a page without an origin. Then each tab learns of
// a change by its own next poll.
function openChannel() {
  try {
    const opened = new BroadcastChannel(ofThisSite("themis"));
    opened.onmessage = ({ data }) => onMessage(data);
    return opened;
  } catch {
    return null;
  }
}

// A page that is kept for the way back is thrown away when a message comes.
addEventListener("pagehide", () => {
  channel?.close();
  channel = null;
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) channel = openChannel();
});

/** Tell the other tabs: "changed" of what was done in this one, or what StreamNews listens to. */
export const announceToTabs = (message = "changed") => channel?.postMessage(message);

export function onAnnouncement(listener) {
  onMessage = listener;
}
