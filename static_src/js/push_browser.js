// The subscription of this browser: turned on and off by a click, and kept up to date by each page.

import { inLocalStorage, inSessionStorage, one } from "./dom.js";
import { keepOwner } from "./push_owner.js";
import { post, readState } from "./push_server.js";
import { address, end, existing, key, scope, subscribe } from "./push_service.js";
import { ofThisSite } from "./script.js";

const DAY = 24 * 3600 * 1000;

// What this browser has subscribed: for whom, in which session, when, and at which endpoint.
const ENTRY = ofThisSite("themisPush");
const read = () => inLocalStorage((storage) => JSON.parse(storage[ENTRY] ?? "null"));
const keep = (kept) => inLocalStorage((storage) => (storage[ENTRY] = JSON.stringify(kept)));
const forget = () => inLocalStorage((storage) => delete storage[ENTRY]);

// One tab at a time: what one has not yet kept is anybody's to another.
const inTurn = (act) => navigator.locks?.request(ofThisSite("themisPushTurn"), act) ?? act();

const session = () => one("[data-themis-token]")?.value.split(".")[0];

export const isSupported = () =>
  "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** True while messages come to this browser, so that its pages show no alerts of their own. */
export function isOn() {
  const kept = isSupported() && Notification.permission === "granted" && read();
  return Boolean(kept && kept.endpoint && kept.session === session());
}

/** Subscribe, after a click; return the state in a word. */
export async function turnOn() {
  if (Notification.permission === "default") await Notification.requestPermission();
  return Notification.permission === "granted" ? inTurn(subscribeHere) : currentState();
}

async function subscribeHere() {
  let subscription;
  try {
    subscription = await subscribe();
  } catch (error) {
    console.warn("themis: the push service was not reached.", error);
    return "failed";
  }
  try {
    await register(await readState(address), subscription);
  } catch (error) {
    console.warn("themis: the subscription was not stored.", error);
    await subscription.unsubscribe();
    return "refused";
  }
  return "on";
}

/** End the subscription of this browser, after a click; return the state in a word. */
export const turnOff = () => inTurn(endHere);

async function endHere() {
  // Forgotten last: the page may be left in between, and the next one then does it again.
  const subscription = await existing();
  await end(subscription);
  forget();
  if (subscription) {
    const state = await readState(address);
    await post(state, "unsubscribe", subscription).catch(() => {});
  }
  return currentState();
}

/** Have the site send a test to this browser. */
export const sendTest = async () => post(await readState(address), "test", await existing());

/** Return the state in a word, as far as this browser decides it. */
export function currentState() {
  if (!window.isSecureContext) return "insecure";
  // Safari on an iPhone can be subscribed only from the home screen, and says where it runs.
  if (!isSupported()) return navigator.standalone === false ? "phone" : "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return isOn() ? "on" : "off";
}

/** Renew the subscription where something has changed, and once a day; ask nothing otherwise. */
export const review = () => inTurn(renew);

async function renew() {
  if (!isSupported()) return;
  const kept = read() ?? {};
  const current = session();
  if (!(kept.owner || Notification.permission === "granted")) return;
  if (!current && !hasJustLeft()) return;
  if (current) rememberSignedIn();
  const isSame = kept.session === current && kept.key === key && Date.now() - kept.at < DAY;
  const subscription = await existing();
  // One of which nothing is kept may be anybody's, and is ended below.
  if (!kept.owner && !subscription) return;
  if (isSame && subscription?.endpoint === kept.endpoint) return;
  const state = await readState(address);
  if (!state.owner) return leave();
  const isOwner = isOwnerOf(kept, state);
  if (!isOwner || !state.wanted || Notification.permission !== "granted") {
    // Somebody else has signed in, or has turned alerts off elsewhere.
    await end(subscription);
    forget();
    // The site learns from the push service that the one of somebody else has ended.
    if (subscription && isOwner) await post(state, "unsubscribe", subscription);
    return;
  }
  await register(state, await subscribe());
}

// The owner's name is made with the site's key. Under another one the session tells who it is.
const isOwnerOf = (kept, { owner, session: current }) =>
  owner === kept.owner || (kept.key !== key && Boolean(current) && current === kept.session);

/** Let nothing reach this browser any more; the same person has it back by signing in. */
export const onSignedOut = () => inTurn(leave);

async function leave() {
  const kept = read();
  if (!kept || !isSupported()) return;
  await end(await existing());
  keep({ owner: kept.owner });
}

async function register(state, subscription) {
  await keepOwner(scope(), state);
  await post(state, "subscribe", subscription);
  const { endpoint } = subscription;
  keep({ owner: state.owner, session: session(), key, endpoint, at: Date.now() });
}

// A page without a bell: signed out perhaps. It asks once after a page that had one.
const TAB = ofThisSite("themisPushSeen");
const rememberSignedIn = () => inSessionStorage((storage) => (storage[TAB] = 1));
const hasJustLeft = () => inSessionStorage((storage) => {
  const seen = storage[TAB];
  delete storage[TAB];
  return seen;
});
