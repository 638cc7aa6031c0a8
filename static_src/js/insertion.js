// Elements of the kit that any script puts into the page: Turbo with a new body, Unpoly, a morph, or
// a line with innerHTML. htmx tells of its own swaps alone, and sees to nothing else.

import { processByHtmx } from "./htmx.js";

/** Call back when elements of the kit have come into the page, and htmx has seen to them. */
export function onInsertion(listener) {
  const observer = new MutationObserver((records) => {
    const roots = insertedRoots(records);
    roots.forEach(processByHtmx);
    if (roots.length) listener();
  });
  observer.observe(document, { childList: true, subtree: true });
}

// Whatever any script inserts comes by here, at some millionths of a second for an element.
function insertedRoots(records) {
  const roots = [];
  for (const { addedNodes } of records) {
    for (const node of addedNodes) {
      // What is gone again by now, such as the probe of theme.js, needs nothing.
      if (node.nodeType !== Node.ELEMENT_NODE || !node.isConnected) continue;
      if (node.closest(".themis")) roots.push(node);
      else if (node.firstElementChild) roots.push(...node.querySelectorAll(".themis"));
    }
  }
  return roots;
}
