// The tabs of one browser: a change in one is asked for in all.

import { ofThisSite } from "./script.js";

const channel = openChannel();

// A browser may lack channels, or refuse them to a page without an origin. Then each tab learns of
// a change by its own next poll.
function openChannel() {
  try {
    return new BroadcastChannel(ofThisSite("themis"));
  } catch {
    return null;
  }
}

export const announceToTabs = () => channel?.postMessage("changed");
export const onAnnouncement = (listener) => channel?.addEventListener("message", listener);
