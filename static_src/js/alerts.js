// Desktop alerts: one popup for what has come, from one tab, whatever the number of tabs.
// Fetched by themis.js where they are on, and beside the switch that turns them on.

/** Take care of an element that names this script: a bell, or the row of the switch. */
export function attend(element) {
  if (element.matches("[data-themis-bell]")) lead(element);
  else control(element);
}

// The tab that holds the lock shows them, and polls in the background too. When it closes, the
// browser hands the lock to the next.

function lead(bell) {
  if (!navigator.locks || state() !== "on") return;
  navigator.locks.request("themis:leader", () => {
    document.documentElement.dataset.themisLeader = "1";
    document.addEventListener("themis:arrived", ({ target }) => alertOf(target, bell));
    return new Promise(() => {});
  });
}

function alertOf({ dataset }, bell) {
  const { themisAlertTitle: title, themisAlertBody: body, themisAlertUrl: url } = dataset;
  if (!title || Notification.permission !== "granted") return;
  // It replaces the popup before it, and is as loud.
  popUp(title, { body, tag: "themis", renotify: true, data: { url } }, bell.dataset.themisWorker);
}

function popUp(title, options, worker) {
  try {
    const popup = new Notification(title, options);
    popup.addEventListener("click", () => {
      popup.close();
      visit(options.data.url);
    });
  } catch {
    // Chromium on Android lets only a service worker show one.
    showByWorker(title, options, worker);
  }
}

function visit(url) {
  window.focus();
  location.assign(url);
}

async function showByWorker(title, options, worker) {
  const registration = await navigator.serviceWorker.register(worker);
  await ready(registration);
  registration.showNotification(title, options);
}

function ready(registration) {
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  return new Promise((resolve) => {
    const look = () => worker.state === "activated" && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
}

navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.themisUrl) visit(data.themisUrl);
});

// The switch. The browser is asked by a click on it and by nothing else.

function state() {
  if (!window.isSecureContext) return "insecure";
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" ? "on" : "off";
}

function control(row) {
  const input = row.querySelector("input");
  input.addEventListener("change", (event) => change(event, row, input));
  tell(row, input);
}

function tell(row, input) {
  const now = state() === "on" && !input.checked ? "off" : state();
  row.querySelector("[data-themis-alert-state]").textContent =
    row.getAttribute(`data-themis-state-${now}`);
  input.disabled = !input.checked && ["insecure", "unsupported", "blocked"].includes(now);
}

async function change(event, row, input) {
  if (input.checked && state() === "off") {
    // Saved when the browser has been asked, and only if it agrees.
    event.stopPropagation();
    await Notification.requestPermission();
    if (state() === "on") input.dispatchEvent(new Event("change", { bubbles: true }));
    else input.checked = false;
  }
  tell(row, input);
}
