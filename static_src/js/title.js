// The number of unread in the title of a page whose bell asks for it.

import { one } from "./dom.js";

let shown = "0";

/** Put the number before the title. */
export function showInTitle(label) {
  shown = label;
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
    if (shown !== "0" && !document.title.startsWith(`(${shown})`)) putLabel();
  });
  observer.observe(document.head, { childList: true, characterData: true, subtree: true });
}

function putLabel() {
  if (!one("[data-themis-title]")) return;
  const title = document.title.replace(/^\([\d+]+\)( |$)/, "");
  document.title = shown === "0" ? title : `(${shown}) ${title}`;
}
