// A popup of the desktop, shown by the page, or by a worker where the browser lets no page do so.

/** Show a popup of the desktop that leads to `options.data.url`; `worker` is the address of a worker. */
export function showPopup(title, options, worker) {
  try {
    const popup = new Notification(title, options);
    popup.addEventListener("click", () => {
      popup.close();
      goTo(options.data.url);
    });
  } catch {
    // Chromium on Android lets only a service worker show one.
    showByWorker(title, options, worker);
  }
}

function goTo(url) {
  window.focus();
  location.assign(url);
}

async function showByWorker(title, options, worker) {
  const registration = await navigator.serviceWorker.register(worker);
  await activated(registration);
  registration.showNotification(title, options);
}

function activated(registration) {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  return new Promise((resolve) => {
    const check = () => worker.state === "activated" && resolve();
    worker.addEventListener("statechange", check);
    check();
  });
}

// The worker hands a click to a page that is open.
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.themisUrl) goTo(data.themisUrl);
});
