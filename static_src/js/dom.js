// Short names for what every module does with the document.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

export const send = (element, name) =>
  element?.dispatchEvent(new CustomEvent(name, { bubbles: true }));

/** Listen on the document, which outlives every swap. */
export function on(names, listener, capture = false) {
  for (const name of names.split(" ")) document.addEventListener(name, listener, capture);
}

/** Nothing inside of an element with `display: none` is shown, not even in the top layer. */
export const isRendered = (element) => element.getClientRects().length > 0;

/** The browser drops the focus to the body when the element that held it goes. */
export const focusIsLost = () => document.activeElement === document.body;

/** Focus what comes first, and no action: a key that is still down would press it. */
export const focusFirstControl = (element) =>
  element?.querySelector(":is(a, button):not(.themis-action)")?.focus();

/** A click that asks the browser for a new tab or window. */
export const isModified = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

/** Put an element of another tag in the place of this one, with its class and its content. */
export function replaceTag(old, tag, attributes) {
  const made = document.createElement(tag);
  made.className = old.className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...old.childNodes);
  old.replaceWith(made);
}

const seen = new WeakSet();
export const markSeen = (element) => seen.add(element);

/** The elements that match and were not handed out before: each is set up once. */
export function unseen(selector) {
  const found = all(selector).filter((element) => !seen.has(element));
  found.forEach(markSeen);
  return found;
}

// A browser may refuse storage altogether. Then nothing is remembered, and nothing breaks.
function inStorage(name, act) {
  try {
    return act(window[name]);
  } catch {
    return null;
  }
}

export const inSessionStorage = (act) => inStorage("sessionStorage", act);
export const inLocalStorage = (act) => inStorage("localStorage", act);
