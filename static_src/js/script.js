// The kit's own <script> in the page: it carries the address of this installation, and the nonce.

import { one } from "./dom.js";

// Under a policy with nonces, a further script needs the one of this page.
// It is gone once this script has run. (Files that load no script leave it out.)
const nonce = /* @__PURE__ */ readNonce();

function readNonce() {
  return document.currentScript?.nonce ?? "";
}

/** A name for what all pages of an origin share, such as a channel or an entry of the storage.
 *
 * It carries the kit's address: a second installation may stand on the same origin below another
 * path.
 */
export const ofThisSite = (name) =>
  `${name}:${one("script[data-themis-address]")?.dataset.themisAddress ?? ""}`;

/** Load a classic script, which may come from any host that the page's policy allows. */
export function loadScript(src) {
  const script = document.createElement("script");
  script.nonce = nonce;
  script.src = src;
  return new Promise((resolve) => {
    script.addEventListener("load", resolve);
    document.head.append(script);
  });
}

const loading = {};

/** Load the script that an element names, once a page, and tell it of the element.
 *
 * Each time that the page has changed, it is told again: a morph keeps an element, and takes back what
 * a script has made of it.
 */
export async function loadFor(element) {
  const { themisScript: src } = element.dataset;
  await (loading[src] ??= loadScript(src));
  element.dispatchEvent(new CustomEvent("themis:script", { bubbles: true }));
}
