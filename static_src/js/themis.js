// State lives in attributes, requests are htmx's, words are the server's. Where htmx 2 and 4
// differ in a name, both are listened for.

const SLOWEST = 600_000;
// A little over htmx's own.
const TIMEOUT = 11_000;
const PATIENCE = 400;

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const adrift = () => document.activeElement === document.body;
const focusIn = (element) => element?.querySelector("a, button")?.focus();
const send = (element, name) => element?.dispatchEvent(new CustomEvent(name, { bubbles: true }));
const modified = (event) => event.ctrlKey || event.metaKey || event.shiftKey;
const on = (names, listener, capture = false) => {
  for (const name of names.split(" ")) document.addEventListener(name, listener, capture);
};

let timer;
let failures = 0;
let asked = 0;
const acts = new Set();
let last = Date.now();
let begun = false;
let again = false;
const stale = new Set();
let signedOut = false;
let refused = false;

// A person may stop the updates in this browser.
const stopped = () => inStorage("localStorage", (storage) => storage.themisStopped);
const interval = () =>
  stopped() ? 0 : 1000 * (one("[data-themis-bell]")?.dataset.themisInterval ?? 0);

// With desktop alerts one tab polls while hidden, too.
const mayPoll = () => !document.hidden || document.documentElement.dataset.themisLeader;

function poll() {
  if (signedOut || !mayPoll()) return;
  if (Date.now() - asked < TIMEOUT) {
    again = true;
    return;
  }
  begun = true;
  last = Date.now();
  send(one("[data-themis-poller]"), "themis:poll");
  schedule();
}

on("htmx:beforeSend htmx:before:request", (event) => {
  const { ctx, xhr } = event.detail;
  const { posted } = answer(event);
  if (ctx) ctx.themisBegun = Date.now();
  // htmx 2 is silent where the source has left the page.
  for (const end of ["load", "error", "timeout", "abort"]) {
    xhr?.addEventListener(end, () => ended(event, end === "abort"));
  }
  if (posted && event.target.closest?.(".themis")) acts.add(ctx ?? xhr);
  if (isPoller(event.target)) asked = Date.now();
});

function schedule(least = 0) {
  clearTimeout(timer);
  if (!interval() || signedOut) return;
  const slowed = Math.min(interval() * 2 ** failures, Math.max(SLOWEST, interval()));
  // The first at any moment: pages that load together soon poll apart.
  const share = begun ? 0.8 + 0.4 * Math.random() : Math.random();
  timer = setTimeout(poll, Math.max(slowed * share, least));
}

function polled(good, retryAfter) {
  asked = 0;
  failures = good ? 0 : failures + 1;
  schedule(1000 * retryAfter || 0);
  if (good && !again && !document.hidden) freshen();
  if (again) poll();
  again = false;
}

const lists = () => all("[data-themis-list]");
const isUnderWay = (list) => list.matches(".htmx-request");
const outdate = () => lists().forEach((list) => stale.add(list.id));

// Not what is under way: it may be somebody's choice.
function freshen() {
  for (const list of lists()) {
    if (acts.size || isUnderWay(list) || !stale.delete(list.id)) continue;
    const panel = list.closest("[data-themis-panel]");
    if (panel && !isOpen(panel)) delete list.dataset.themisDigest;
    else if (!signedOut) send(list, "themis:refresh");
  }
}

const comeBack = () => (interval() || stale.size) && poll();

on("visibilitychange", comeBack);
addEventListener("online", comeBack);
addEventListener("focus", () => Date.now() - last > interval() && comeBack());

// Out of the back/forward cache: somebody else may sit here.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  asked = 0;
  outdate();
  blank();
  poll();
});

// Without a token the primary answers: a replica may not know it yet.
function pollAnew() {
  keep("");
  poll();
}

const keep = (token) => all("[data-themis-newest]").forEach((input) => (input.value = token));

function blank() {
  openPanels().forEach((panel) => panel.hidePopover());
  all(".themis-badge, .themis-item, .themis-fresh").forEach((element) => element.remove());
  keep("");
  putTitle("0");
  for (const list of lists()) delete list.dataset.themisDigest;
}

on("themis:signed-out", ({ detail }) => {
  signedOut = true;
  clearTimeout(timer);
  blank();
  all("button.themis-bell__button").forEach((button) => putSignIn(button, detail.url));
  tell();
});

function putSignIn(button, href) {
  const label = button.closest("[data-themis-bell]").dataset.themisSignIn;
  replace(button, "a", { href, "aria-label": label });
}

function replace(old, tag, attributes) {
  const made = document.createElement(tag);
  made.className = old.className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...old.childNodes);
  old.replaceWith(made);
}

// What one tab did is asked for in all.

const tabs = new BroadcastChannel("themis");
const tell = () => tabs.postMessage("changed");

tabs.addEventListener("message", () => {
  outdate();
  pollAnew();
});

// Without the kit's mark it is somebody else's page.

const isPoller = (element) => element.matches?.("[data-themis-poller]");

function answer({ detail }) {
  const { ctx, xhr, requestConfig } = detail;
  const header = (name) => ctx?.response?.headers.get(name) ?? xhr?.getResponseHeader(name);
  const status = (ctx?.response ?? xhr)?.status;
  const posted = /post/i.test(ctx?.request.method ?? requestConfig?.verb);
  return { header, posted, good: header("Themis") && status < 400 };
}

on("htmx:beforeOnLoad htmx:before:response", (event) => {
  if (!event.target.closest?.(".themis")) return;
  // Asked before the last act, it is older than what is shown.
  const late = isPoller(event.target) && again;
  if (late || !answer(event).good) event.preventDefault();
});

on("htmx:finally:request", ended);

function ended(event, replaced) {
  const { ctx, xhr, requestConfig } = event.detail;
  const source = ctx?.sourceElement ?? requestConfig?.elt;
  const { header, posted, good } = answer(event);
  acts.delete(ctx ?? xhr);
  // What a newer one replaces did not fail. htmx 4 aborts the slow, too.
  replaced ??= ctx?.request.signal.aborted && Date.now() - ctx.themisBegun < 9000;
  if (replaced || !source?.closest?.("[class^=themis]")) return;
  if (isPoller(source)) {
    const token = good && !again && header("Themis-Token");
    if (token) keep(token);
    polled(good, header("Retry-After"));
  } else {
    if (posted) refused = !good;
    source.removeAttribute("aria-busy");
    complain(source, good);
    if (posted) afterPost(source, good);
    // Together under way, one may not know of the other.
    if (acts.size || (posted && lists().some(isUnderWay))) outdate();
    // htmx 4 still marks it as under way.
    if (good || posted) setTimeout(freshen);
    else stale.add(source.closest("[data-themis-list]")?.id);
  }
}

function afterPost(source, good) {
  // Gone, or refused: out of date.
  if (!good) return send(source.closest("[hx-trigger$=refresh]:not(.htmx-request)"), "themis:refresh");
  const item = source.closest(".themis-item");
  pollAnew();
  tell();
  if (item) for (const list of lists()) one(`#${item.id}`, list) ?? stale.add(list.id);
}

function complain(source, good) {
  const skeleton = one(".themis-skeleton", source);
  const place = source.closest(".themis-panel, .themis-inbox, .themis-preferences");
  if (skeleton && !good) putTrouble(source, skeleton);
  else if (!good && place) one("[data-themis-failed]", place).hidden = false;
  else if (!refused) all("[data-themis-failed]").forEach((words) => (words.hidden = true));
}

function putTrouble(list, skeleton) {
  const trouble = one("[data-themis-trouble]", list.parentElement).content.cloneNode(true);
  one(`[data-themis-${navigator.onLine ? "offline" : "broken"}]`, trouble).remove();
  skeleton.replaceWith(trouble);
  delete list.dataset.themisDigest;
}

const seen = new WeakSet();

function fresh(selector) {
  const found = all(selector).filter((element) => !seen.has(element));
  found.forEach((element) => seen.add(element));
  return found;
}

function look() {
  if (window.htmx) fresh("[data-themis-bell]").forEach(putButton);
  fresh("[data-themis-newest]").forEach(showBadge);
  fresh("[data-themis-notices] > *").forEach(heed);
  fresh("[data-themis-save]").forEach((row) => (row.hidden = !!window.htmx));
  fresh(".themis-row[data-themis-alerts]").forEach(loadAlerts);
  fresh("[data-themis-more]").forEach(keepUnfolded);
  fresh("[data-themis-older]").forEach(takeFocus);
  fresh("[data-themis-updates]").forEach(putUpdates);
  placeOpen();
}

on("DOMContentLoaded htmx:load htmx:after:process htmx:afterSwap htmx:after:swap", look);

function putButton(bell) {
  const link = one("a.themis-bell__button", bell);
  const panel = one("[data-themis-panel]", bell);
  if (!link || !("popover" in HTMLElement.prototype)) return;
  if (bell.dataset.themisAlerts) loadAlerts(bell);
  replace(link, "button", {
    type: "button",
    popovertarget: panel.id,
    "aria-haspopup": "dialog",
    "aria-labelledby": link.getAttribute("aria-labelledby"),
  });
  panel.hidden = false;
  if (one("[data-themis-poller]", bell)) start();
}

function start() {
  asked = 0;
  begun = again = signedOut = false;
  schedule();
  inSession((storage) => {
    // htmx listens once the page is there.
    if (storage.themisPoll) addEventListener("load", pollAnew);
    delete storage.themisPoll;
  });
}

function inStorage(name, act) {
  try {
    return act(window[name]);
  } catch {
    return null;
  }
}

const inSession = (act) => inStorage("sessionStorage", act);

let newest = null;

function showBadge(token) {
  const id = Number(token.dataset.themisNewest);
  const live = token.closest("[data-themis-live]");
  if (!live) return;
  // What a list shows was marked unread.
  if (newest !== null && id > newest && !one(`[data-themis-item="${id}"]`)) arrive(token, live);
  newest = Math.max(newest ?? 0, id);
  mirror(live);
  for (const count of all("[data-themis-count]")) count.textContent = token.dataset.themisLabel;
  for (const bar of all(".themis-fresh")) offer(bar, token);
  // After a boosted page's own.
  setTimeout(putTitle, 0, token.dataset.themisLabel);
}

function arrive(token, live) {
  const status = one("[data-themis-status]");
  const since = one(".themis-since");
  if (status) status.textContent = one("[data-themis-name]", live).textContent;
  if (since) since.value = newest;
  send(token, "themis:arrived");
}

function putTitle(label) {
  if (!one("[data-themis-title]")) return;
  const title = document.title.replace(/^\([\d+]+\) /, "");
  document.title = label === "0" ? title : `(${label}) ${title}`;
}

function mirror(live) {
  for (const other of all("[data-themis-live]")) {
    if (other === live) continue;
    const copy = live.cloneNode(true);
    one("[data-themis-name]", copy).id = other.id.replace(/-live$/, "-name");
    all("[data-themis-newest]", copy).forEach((element) => seen.add(element));
    other.replaceChildren(...copy.childNodes);
  }
}

function offer(bar, token) {
  const shown = one(".themis-shown", bar.parentElement)?.value ?? 0;
  bar.hidden = !token.dataset.themisFresh || shown >= Number(token.dataset.themisNewest);
  bar.textContent = token.dataset.themisFresh;
}

on("click", ({ target }) => {
  const bar = target.closest?.("[data-themis-refresh]");
  const list = bar?.closest("[data-themis-list]");
  if (!list) return;
  holdFocus(list);
  send(list, "themis:refresh");
});

// The list itself is about to be replaced.
function holdFocus(list) {
  list.parentElement.tabIndex = -1;
  list.parentElement.focus({ preventScroll: true });
}

const isOpen = (panel) => panel.popover && panel.matches(":popover-open");

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
  const now = one("[data-themis-newest]")?.dataset.themisDigest;
  const body = one("[data-themis-list]", panel);
  if (body.dataset.themisDigest !== now) send(body, "themis:refresh");
  body.dataset.themisDigest = now;
  place(panel);
}

function close(panel) {
  one("[data-themis-notices]", panel).replaceChildren();
  // A click outside leaves the focus on <body>, Esc does not.
  if (adrift()) focusIn(panel.closest("[data-themis-bell]"));
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

const openPanels = () => all("[data-themis-panel]").filter(isOpen);
const placeOpen = () => openPanels().forEach(place);
addEventListener("resize", placeOpen);
addEventListener("scroll", placeOpen, true);

// Read first, then go: the next badge is right.

function follow(event) {
  const link = event.target.closest?.(".themis-item__link");
  const item = link?.closest(".themis-item--unread");
  if (!item || event.defaultPrevented || event.button > 1) return;
  const opensTab = event.button || modified(event);
  const form = one("form", item);
  const read = fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    keepalive: true,
    redirect: "manual",
  }).then(() => (tell(), true));
  if (opensTab || link.target === "_blank") read.then(() => one("button", item).click(), () => {});
  else go(event, link, read);
}

async function go(event, link, read) {
  event.preventDefault();
  event.stopPropagation();
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  if (!(await Promise.race([read, late]).catch(() => false))) {
    inSession((storage) => (storage.themisPoll = 1));
  }
  location.assign(link.href);
  link.closest("[data-themis-panel]")?.hidePopover();
  // A download, or a place on this page, leaves the page here.
  const stay = () => (outdate(), setTimeout(poll, 1000));
  read.then(stay, stay);
}

on("click auxclick", follow, true);

// htmx takes a ctrl-click on a link for a click.
on(
  "click",
  (event) => {
    if (modified(event) && event.target.closest?.(".themis a[hx-get]")) event.stopPropagation();
  },
  true,
);

on("animationend", ({ target, animationName }) => {
  if (animationName === "themis-leave") target.remove();
});

on("click", ({ target }) => target.closest?.("[data-themis-close]")?.closest(".themis-toast").remove());

on("keydown", (event) => {
  const { target, key } = event;
  const list = target.closest?.("[data-themis-list]");
  const item = target.closest?.(".themis-item");
  if (!list || !(item ?? list.closest("[data-themis-panel]"))) return;
  if (event.altKey || event.ctrlKey || event.metaKey || target.matches("input, select")) return;
  const rows = all(".themis-item:not([hidden])", list);
  const at = rows.indexOf(item);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[key];
  if (!rows[to]) return;
  event.preventDefault();
  focusIn(rows[to]);
});

function putUpdates(row) {
  const input = one("input", row);
  row.hidden = false;
  input.checked = !stopped();
  input.addEventListener("change", (event) => {
    // It is this browser's, not the form's.
    event.stopPropagation();
    inStorage("localStorage", (storage) => {
      if (input.checked) delete storage.themisStopped;
      else storage.themisStopped = 1;
    });
    schedule();
  });
}

function heed(notice) {
  const { themisDismissed: gone, themisRestored: back } = notice.dataset;
  const scope = notice.parentElement.id.replace(/-notice$/, "");
  const row = back && one(`#${scope}-${back}`);
  if (gone) return hide(one(`#${scope}-${gone}`), notice);
  if (row) row.hidden = false;
  focusIn(row);
  if (!back && !("themisChanged" in notice.dataset)) return;
  outdate();
  if (adrift()) holdFocus(one(`#${scope}-body`) ?? one(`#${scope}`));
}

// "Show older" goes once pressed: the focus moves to what it brought.

let older;

on("click", ({ target }) => {
  older = target.closest?.(".themis-more a[hx-get]");
});

function takeFocus(brought) {
  if (older && adrift()) focusIn(brought);
}

function keepUnfolded(more) {
  one(".themis-through", more.closest("[data-themis-list]")).value = more.dataset.themisMore;
}

function hide(row, notice) {
  if (!row) return;
  const list = row.closest("[data-themis-list]");
  const rows = all(".themis-item:not([hidden])", list);
  const at = rows.indexOf(row);
  const next = rows[at + 1] ?? rows[at - 1];
  const held = row.contains(document.activeElement) || adrift();
  row.hidden = true;
  if (held) focusIn(next ?? notice);
  if (!next) outdate();
}

const saved = () => one("#themis-preferences-saved");

on("change", ({ target }) => {
  if (target.closest?.("#themis-preferences")) saved()?.replaceChildren();
});

const loadAlerts = (element) =>
  import(element.dataset.themisAlerts).then((alerts) => alerts.attend(element));

function tick() {
  for (const time of all("[data-themis-time=ago]")) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
    if (minutes < 1 || minutes >= 360) continue;
    const language = time.closest("[lang]")?.lang || undefined;
    const words = new Intl.RelativeTimeFormat(language, { numberingSystem: "latn" });
    time.textContent =
      minutes < 60 ? words.format(-minutes, "minute") : words.format(-Math.floor(minutes / 60), "hour");
  }
}

setInterval(tick, 30000);
look();
addEventListener("load", () => {
  if (window.htmx) look();
  else console.warn("themis: htmx is not on this page; the bell stays a link.");
});
// Perhaps somebody has signed out.
if (!one("[data-themis-bell]")) tell();

const menus = () => all(".themis-item__more[open]");
let more;

function shut(menu) {
  const held = menu.contains(document.activeElement);
  more = one("summary", menu);
  menu.open = false;
  if (held) more.focus();
}

on("click", ({ target }) => {
  for (const menu of menus()) if (target.closest?.("summary")?.parentElement !== menu) shut(menu);
  if (target.closest?.("#themis-muted button")) saved()?.replaceChildren();
});

// At a list's end it would be out of sight.
on(
  "toggle",
  ({ target }) => {
    if (target.matches?.(".themis-item__more[open]")) target.closest("li").scrollIntoView({ block: "nearest" });
  },
  true,
);

on("keydown", (event) => {
  if (event.key !== "Escape" || !menus().length) return;
  event.preventDefault();
  menus().forEach(shut);
});

on("htmx:load htmx:after:process htmx:afterSwap htmx:after:swap", () => {
  const [card] = fresh("[data-themis-muting]");
  if (card && saved()) saved().textContent = card.dataset.themisMuting;
  if (card && adrift()) one("button, select", card)?.focus();
  else if (fresh("[data-themis-unmuted]").length && adrift()) more?.focus();
});
