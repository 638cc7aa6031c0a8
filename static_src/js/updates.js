// Whether this browser hears of changes by itself, and whether this tab may hold the stream for it.

import { inLocalStorage } from "./dom.js";
import { loadScript, ofThisSite } from "./script.js";

// The entry of the storage in which a browser keeps that live updates are off.
const UPDATES_OFF = ofThisSite("themisStopped");

/** A person may turn live updates off for one browser, on the page of preferences. */
export const areUpdatesOff = () => inLocalStorage((storage) => storage[UPDATES_OFF]);

/** Turn live updates on or off in this browser. */
export function setUpdates(isOn) {
  inLocalStorage((storage) => {
    if (isOn) delete storage[UPDATES_OFF];
    else storage[UPDATES_OFF] = 1;
  });
  reviewStream();
}

/** A tab polls while somebody looks at it. For desktop alerts one tab does so in the background. */
export const mayPoll = () =>
  !document.hidden || Boolean(document.documentElement.dataset.themisLeader);

/** Tell live.js whether this tab may hold the stream, and that the page may have a fresh token.
 *
 * A tab that may not poll could fetch no fresh token, and the browser may stop it at any time. Nor
 * does a browser keep a page with a stream for the way back; a page that is left is hidden.
 */
export function reviewStream() {
  dispatchEvent(new Event(mayPoll() && !areUpdatesOff() ? "themis:lead" : "themis:leave"));
}

/** Review it whenever something of that changes, in this tab or in another one. */
export function startUpdates() {
  for (const name of ["visibilitychange", "online", "storage"]) addEventListener(name, reviewStream);
}

let loading;

/** Fetch the script of the stream from `address`, once, and have it look at a bell that has come. */
export async function loadLive(address) {
  loading ??= loadScript(address);
  await loading;
  reviewStream();
}
