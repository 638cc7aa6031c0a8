// The service worker of the desktop alerts. It shows nothing by itself, fetches nothing and
// controls no page: it is there for a click on a popup that only a worker may show.

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data.url));
});

async function goTo(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((each) => new URL(each.url).origin === self.location.origin);
  if (!page) return self.clients.openWindow(url);
  await page.focus();
  page.postMessage({ themisUrl: url });
}
