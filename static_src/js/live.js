// Live updates: one tab of a browser holds a stream, and tells all tabs what it hears. themis.js loads
// this file only where the bell names it. Without locks, pages go on polling.

import { one } from "./dom.js";
import { ofThisSite } from "./script.js";
import { createStream } from "./stream.js";

// For which session this tab leads, or waits to; nothing while it does neither.
let session;
let isLeading;
let request = new AbortController();

const token = () => one("[data-themis-token]")?.value;

// themis.js tells it to all tabs, and listens itself.
const stream = createStream(address, (detail) => {
  dispatchEvent(new CustomEvent("themis:stream", { detail }));
});

// The address of another engine has a query, which says all that it needs.
function address() {
  const url = one("[data-themis-stream]")?.dataset.themisStream;
  return url?.includes("?") ? url : url && token() && `${url}?token=${encodeURIComponent(token())}`;
}

function lead() {
  // One stream a session: a tab of the person who signed in here last waits for nobody else's.
  const current = token()?.split(".")[0];
  if (current && current !== session) waitToLead(current);
  if (isLeading) stream.refresh();
}

// When the tab that leads closes, the browser hands its lock to the next.
function waitToLead(current) {
  leave();
  session = current;
  const { signal } = (request = new AbortController());
  const onLock = () => new Promise((resolve) => {
    if (signal.aborted) return resolve();
    isLeading = true;
    stream.refresh();
    signal.onabort = () => {
      isLeading = false;
      stream.stop();
      resolve();
    };
  });
  // It is refused when this tab stops to wait.
  navigator.locks?.request(ofThisSite("themis:" + session), { signal }, onLock).catch(() => {});
}

function leave() {
  session = "";
  request.abort();
}

// themis.js decides whether this tab may lead.
addEventListener("themis:lead", lead);
addEventListener("themis:leave", leave);
addEventListener("themis:signed-out", leave);
