// The subscription as the browser has it, at the push service of its maker.

import { keepOwner } from "./push_owner.js";

// Milliseconds. Without a network a browser never answers.
const PATIENCE = 10_000;

// The element that loaded this file has the addresses and the key of the site.
const dataset = document.currentScript?.dataset ?? {};
export const { themisPush: address, themisPushKey: key } = dataset;
const worker = dataset.themisPushWorker;

/** The folder of the worker, which no page is in. */
export const scope = () => new URL(".", new URL(worker, location.href)).href;

const registered = () => navigator.serviceWorker.getRegistration(scope());

/** Return the subscription that is there, or null. */
export const existing = async () => (await registered())?.pushManager?.getSubscription() ?? null;

/** Return the subscription of the site's key; make one unless it is there, in ten seconds or not. */
export function subscribe() {
  const error = new Error(`There was no answer within ${PATIENCE / 1000} seconds.`);
  const limit = new Promise((_, reject) => setTimeout(reject, PATIENCE, error));
  return Promise.race([findOrMake(), limit]);
}

async function findOrMake() {
  const registration = await navigator.serviceWorker.register(worker);
  // The one of the desktop alerts alone may be there, which takes no messages. No page is in its
  // folder, so the browser does not look for a newer one by itself. Without an answer it stays.
  await registration.update().catch(() => {});
  await activated(registration);
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  const old = await registration.pushManager.getSubscription();
  // One of another key could not be sent to.
  const isOurs = old && textOf(old.options.applicationServerKey) === key;
  if (old && !isOurs) await old.unsubscribe();
  return isOurs ? old : registration.pushManager.subscribe(options);
}

/** End it, and take away what it has shown. */
export async function end(subscription) {
  await keepOwner(scope());
  await subscription?.unsubscribe();
  for (const popup of (await (await registered())?.getNotifications()) ?? []) popup.close();
}

function activated(registration) {
  const newest = registration.installing ?? registration.waiting ?? registration.active;
  return new Promise((resolve) => {
    // One that fails to install is redundant, and leaves the one before in its place.
    const check = () => ["activated", "redundant"].includes(newest.state) && resolve();
    newest.addEventListener("statechange", check);
    check();
  });
}

function bytesOf(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function textOf(buffer) {
  const bytes = String.fromCharCode(...new Uint8Array(buffer ?? []));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
