// The service worker of Web Push and of the desktop alerts. It shows a popup for every message, since
// browsers end a subscription that shows nothing; it fetches nothing else and controls no page.

import { readOwner } from "./push_owner.js";
import { post, readState } from "./push_server.js";

// Milliseconds within which a page answers that it takes a click.
const PATIENCE = 400;

const scope = () => self.registration.scope;
// The worker stands in a folder of its own, beside the list.
const nearby = (path) => new URL(path, scope()).href;

self.addEventListener("push", (event) => event.waitUntil(onPush(event)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(goTo(new URL(event.notification.data.url, scope()).href));
});

async function onPush({ data }) {
  const known = await readOwner(scope()).catch(() => ({}));
  const message = read(data);
  // One that was sent to whoever was signed in here before tells nothing.
  const isOurs = Boolean(message.to) && message.to === known.owner;
  const { title, ...shown } = isOurs ? message : { title: known.words };
  await self.registration.showNotification(title || "You have new notifications", optionsOf(shown));
  if (isOurs && message.test) for (const page of await pages()) page.postMessage({ themisPush: "test" });
}

function read(data) {
  try {
    return data.json() ?? {};
  } catch {
    return {};
  }
}

function optionsOf({ body, icon, dir, tag = "", url, at }) {
  return {
    body,
    icon: icon || undefined,
    dir,
    timestamp: at,
    tag: `themis:${scope()}${tag}`,
    renotify: true,
    data: { url: url || nearby("../") },
  };
}

const pages = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

// A page that has the script goes there itself; otherwise there is a new window.
async function goTo(url) {
  const open = await pages();
  open.sort((one, other) => other.focused - one.focused);
  for (const page of open.slice(0, 3)) {
    if (await takes(page, url)) return page.focus();
  }
  return self.clients.openWindow(url);
}

function takes(page, url) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(true);
    setTimeout(resolve, PATIENCE, false);
    page.postMessage({ themisPush: "go", url }, [port2]);
  });
}

// The browser has replaced the subscription by itself, or ended it.
async function renew({ oldSubscription, newSubscription }) {
  const { owner } = await readOwner(scope());
  const state = await readState(nearby("../push/"));
  const key = oldSubscription?.options.applicationServerKey;
  if (!owner || state.owner !== owner || !(newSubscription || key)) return;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const fresh = newSubscription ?? (await self.registration.pushManager.subscribe(options));
  await post(state, "subscribe", fresh);
}
