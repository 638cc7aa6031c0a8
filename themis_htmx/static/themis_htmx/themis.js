// The bell's behaviour. State lives in attributes, requests are htmx's, words are the server's.
// What htmx 2 and htmx 4 call by different names is listened for under both.

const SLOWEST = 10 * 60 * 1000;
const PATIENCE = 400;
const POLL_NEXT = "themis:poll-next";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const send = (element, name) => element?.dispatchEvent(new CustomEvent(name, { bubbles: true }));
const on = (names, listener, capture = false) => {
  for (const name of names.split(" ")) document.addEventListener(name, listener, capture);
};

// Polling: one timer a page, whatever the number of bells. The server says what is new.

let timer;
let failures = 0;
let signedOut = false;

function poll() {
  clearTimeout(timer);
  if (signedOut) return;
  if (!document.hidden) send(document.querySelector("[data-themis-poller]"), "themis:poll");
  schedule();
}

function schedule() {
  clearTimeout(timer);
  const bell = document.querySelector("[data-themis-bell]");
  const seconds = Number(bell?.dataset.themisInterval);
  if (!seconds || signedOut) return;
  const wait = Math.min(seconds * 1000 * 2 ** failures, Math.max(SLOWEST, seconds * 1000));
  timer = setTimeout(poll, wait * (0.8 + 0.4 * Math.random()));
}

on("visibilitychange", () => document.hidden || poll());
addEventListener("online", poll);
on("themis:signed-out", () => {
  signedOut = true;
  clearTimeout(timer);
  all(".themis-badge").forEach((badge) => badge.remove());
});

// Responses: what does not carry the kit's mark is somebody else's page and is not swapped in.

const isOurs = (element) => Boolean(element?.closest?.(".themis"));

function answer({ detail }) {
  const headers = detail.ctx?.response?.headers;
  return {
    status: detail.ctx?.response?.status ?? detail.xhr?.status ?? 0,
    marked: headers ? headers.has("Themis") : Boolean(detail.xhr?.getResponseHeader("Themis")),
    method: (detail.ctx?.request?.method ?? detail.requestConfig?.verb ?? "").toUpperCase(),
  };
}

const isGood = ({ status, marked }) => marked && status >= 200 && status < 400;

on("htmx:beforeOnLoad htmx:before:response", (event) => {
  if (isOurs(event.target) && !isGood(answer(event))) event.preventDefault();
});

on("htmx:afterRequest htmx:finally:request", (event) => {
  // htmx 2 names the parent in detail.elt where the swap has removed the source.
  const source = event.detail.ctx?.sourceElement ?? event.detail.requestConfig?.elt;
  if (!source?.closest?.(".themis, .themis-item")) return;
  const { method, ...got } = answer(event);
  if (source.matches("[data-themis-poller]")) {
    failures = isGood(got) ? 0 : failures + 1;
    schedule();
  } else if (method === "POST") {
    afterPost(source, isGood(got));
  }
});

function afterPost(source, good) {
  if (good) poll();
  // Gone meanwhile, or refused: the list is not what it was.
  else send(source.closest("[data-themis-list]"), "themis:refresh");
  const item = source.closest(".themis-item");
  if (good && item) refreshElsewhere(item);
}

function refreshElsewhere(item) {
  for (const other of all(`[data-themis-item="${item.dataset.themisItem}"]`)) {
    if (other.id !== item.id) send(other.closest("[data-themis-list]"), "themis:refresh");
  }
}

// What came in: looked at once, whichever way it came.

const seen = new WeakSet();

function fresh(selector) {
  const found = all(selector).filter((element) => !seen.has(element));
  found.forEach((element) => seen.add(element));
  return found;
}

function look() {
  fresh("[data-themis-bell]").forEach(putButton);
  fresh("[data-themis-newest]").forEach(showBadge);
  fresh("[data-themis-notices] > *").forEach(heed);
  fresh("[data-themis-save]").forEach(hideSave);
  fresh(".themis-day").forEach(takeFocus);
  all("[data-themis-panel]").filter(isOpen).forEach(place);
}

on("DOMContentLoaded htmx:load htmx:after:process htmx:afterSwap htmx:after:swap", look);

// The bell: a link from the server, a button where there is a script and a popover.

function putButton(bell) {
  const link = bell.querySelector("a.themis-bell__button");
  const panel = bell.querySelector("[data-themis-panel]");
  if (!window.htmx) console.warn("themis: htmx is not on this page; the bell stays a link.");
  if (!link || !window.htmx || !("popover" in HTMLElement.prototype)) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.setAttribute("aria-labelledby", link.getAttribute("aria-labelledby"));
  button.setAttribute("aria-haspopup", "dialog");
  button.popoverTargetElement = panel;
  button.append(...link.childNodes);
  link.replaceWith(button);
  panel.hidden = false;
  if (bell.querySelector("[data-themis-poller]")) start();
}

function start() {
  if (remembered()) poll();
  else schedule();
}

function remembered() {
  try {
    const kept = sessionStorage.getItem(POLL_NEXT);
    sessionStorage.removeItem(POLL_NEXT);
    return kept;
  } catch {
    return null;
  }
}

let newest = null;

function showBadge(token) {
  const id = Number(token.dataset.themisNewest);
  const live = token.closest("[data-themis-live]");
  if (newest !== null && id > newest) announce(live);
  newest = Math.max(newest ?? 0, id);
  mirror(live);
  for (const count of all("[data-themis-count]")) count.textContent = token.dataset.themisLabel;
  for (const bar of all(".themis-fresh")) offer(bar, token);
}

function announce(live) {
  const status = document.querySelector("[data-themis-status]");
  if (status) status.textContent = live.querySelector("[data-themis-name]").textContent;
}

function mirror(live) {
  for (const other of all("[data-themis-live]")) {
    if (other === live) continue;
    const copy = live.cloneNode(true);
    copy.querySelector("[data-themis-name]").id = other.id.replace(/-live$/, "-name");
    all("[data-themis-newest]", copy).forEach((element) => seen.add(element));
    other.replaceChildren(...copy.childNodes);
  }
}

function offer(bar, token) {
  const shown = Number(bar.parentElement.querySelector(".themis-shown")?.value ?? 0);
  bar.hidden = !token.dataset.themisFresh || shown >= Number(token.dataset.themisNewest);
  bar.textContent = token.dataset.themisFresh;
}

on("click", ({ target }) => {
  const bar = target.closest?.("[data-themis-refresh]");
  const list = bar?.closest("[data-themis-list]");
  if (!list) return;
  list.parentElement.tabIndex = -1;
  list.parentElement.focus();
  send(list, "themis:refresh");
});

// The panel: loaded when it opens on something newer than it shows.

const isOpen = (panel) => panel.matches(":popover-open");

on(
  "toggle",
  (event) => {
    const panel = event.target;
    if (!panel.matches?.("[data-themis-panel]")) return;
    if (event.newState === "open") open(panel);
    else close(panel);
  },
  true,
);

function open(panel) {
  const now = document.querySelector("[data-themis-newest]")?.dataset.themisDigest;
  const body = panel.querySelector("[data-themis-list]");
  if (body.dataset.themisDigest !== now) send(body, "themis:refresh");
  body.dataset.themisDigest = now;
  place(panel);
}

function close(panel) {
  panel.querySelector("[data-themis-notices]").replaceChildren();
  // A click outside leaves the focus on <body>; Esc returns it by itself.
  if (document.activeElement === document.body) {
    panel.closest("[data-themis-bell]")?.querySelector("button")?.focus();
  }
}

function place(panel) {
  const bell = panel.closest("[data-themis-bell]").getBoundingClientRect();
  const rtl = getComputedStyle(panel).direction === "rtl";
  const wanted = rtl ? bell.left : bell.right - panel.offsetWidth;
  const x = Math.max(8, Math.min(wanted, innerWidth - panel.offsetWidth - 8));
  const y = Math.max(8, Math.min(bell.bottom + 8, innerHeight - panel.offsetHeight - 8));
  panel.style.setProperty("--themis-x", `${x}px`);
  panel.style.setProperty("--themis-y", `${y}px`);
}

const placeOpen = () => all("[data-themis-panel]").filter(isOpen).forEach(place);
addEventListener("resize", placeOpen);
addEventListener("scroll", placeOpen, { passive: true, capture: true });

// Following a notification: read first, then go, so that the next page's badge is right.

function follow(event) {
  const link = event.target.closest?.(".themis-item__link");
  const item = link?.closest(".themis-item--unread");
  if (!item || event.defaultPrevented || event.button > 1) return;
  const opensTab = event.button === 1 || event.ctrlKey || event.metaKey || event.shiftKey;
  const form = item.querySelector("form");
  const read = fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    keepalive: true,
    redirect: "manual",
  }).then(() => true);
  if (opensTab || link.target === "_blank") showRead(read, item);
  else go(event, link, read);
}

function showRead(read, item) {
  read.then(() => item.querySelector("form button").click(), () => {});
}

async function go(event, link, read) {
  event.preventDefault();
  event.stopPropagation();
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, false));
  if (!(await Promise.race([read, late]).catch(() => false))) pollOnNextPage();
  location.assign(link.href);
  if (staysHere(link)) showHere(link);
}

const staysHere = (link) => link.hash && link.href.split("#")[0] === location.href.split("#")[0];

function showHere(link) {
  link.closest("[data-themis-panel]")?.hidePopover();
  poll();
  refreshElsewhere(link.closest(".themis-item"));
}

function pollOnNextPage() {
  try {
    sessionStorage.setItem(POLL_NEXT, "1");
  } catch {
    // Without storage the next page polls in its own time.
  }
}

on("click auxclick", follow, true);

// htmx takes a ctrl-click on a link for a click.
on(
  "click",
  (event) => {
    const modified = event.ctrlKey || event.metaKey || event.shiftKey;
    if (modified && event.target.closest?.(".themis a[hx-get]")) event.stopPropagation();
  },
  true,
);

// Notices: what was just done, with a way back.

function heed(notice) {
  const { themisDismissed: gone, themisRestored: back } = notice.dataset;
  const scope = notice.parentElement.id.replace(/-notice$/, "");
  if (gone) hide(document.getElementById(`${scope}-${gone}`), notice);
  else if (back) show(document.getElementById(`${scope}-${back}`), scope);
  else if ("themisChanged" in notice.dataset) all("[data-themis-list]").forEach(refreshLoaded);
}

// "Show older" is gone once it is pressed: the focus goes on to what it brought.

let older = false;

on("click", ({ target }) => {
  older = Boolean(target.closest?.(".themis-more a[hx-get]"));
});

function takeFocus(day) {
  if (older && document.activeElement === document.body) {
    day.querySelector("a, button")?.focus();
  }
}

function refreshLoaded(list) {
  if (list.querySelector(".themis-shown")) send(list, "themis:refresh");
}

function hide(row, notice) {
  if (!row) return;
  const list = row.closest("[data-themis-list]");
  const rows = all(".themis-item:not([hidden])", list);
  const at = rows.indexOf(row);
  const next = rows[at + 1] ?? rows[at - 1];
  const held = row.contains(document.activeElement) || document.activeElement === document.body;
  row.hidden = true;
  if (held) (next?.querySelector("a, button") ?? notice.querySelector("button"))?.focus();
  if (!next) send(list, "themis:refresh");
}

function show(row, scope) {
  if (!row) return send(listOf(scope), "themis:refresh");
  row.hidden = false;
  row.querySelector("a, button")?.focus();
}

const listOf = (scope) =>
  document.getElementById(`${scope}-body`) ?? document.getElementById(scope);

// Preferences: saved as they are changed.

function hideSave(row) {
  row.hidden = Boolean(window.htmx);
}

on("change", ({ target }) => {
  if (target.closest?.("#themis-preferences")) {
    document.getElementById("themis-preferences-saved")?.replaceChildren();
  }
});

// Times that tick, in the words of the page's language.

function tick() {
  for (const time of all("time[data-themis-time=ago]")) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
    if (minutes < 1 || minutes >= 360) continue;
    const language = time.closest("[lang]")?.lang || undefined;
    const words = new Intl.RelativeTimeFormat(language);
    time.textContent =
      minutes < 60 ? words.format(-minutes, "minute") : words.format(-Math.floor(minutes / 60), "hour");
  }
}

setInterval(tick, 30000);
look();
