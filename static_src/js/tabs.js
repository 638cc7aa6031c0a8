// The tabs of one browser: a change in one is asked for in all.

const channel = new BroadcastChannel("themis");

export const announceToTabs = () => channel.postMessage("changed");
export const onAnnouncement = (listener) => channel.addEventListener("message", listener);
