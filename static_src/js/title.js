// The number of unread in the title of a page whose bell asks for it.

import { one } from "./dom.js";

let shownLabel = "0";

/** Put the number before the title. */
export function showInTitle(label) {
  shownLabel = label;
  putLabel();
}

/** Put the number back whenever something else writes the title.
 *
 * After a boosted visit htmx writes the new page's own title, and htmx 4 does so at some moment
 * after the bell of that page was shown: when the transitions of the swap have ended. A project's
 * own script may write the title at any time.
 */
export function startTitle() {
  const observer = new MutationObserver(() => {
    // It hears what is written here too, and must not answer itself.
    if (shownLabel !== "0" && !document.title.startsWith(`(${shownLabel})`)) putLabel();
  });
  observer.observe(document.head, { childList: true, characterData: true, subtree: true });
}

function putLabel() {
  if (!one("[data-themis-title]")) return;
  const title = document.title.replace(/^\([\d+]+\)( |$)/, "");
  document.title = shownLabel === "0" ? title : `(${shownLabel}) ${title}`;
}
