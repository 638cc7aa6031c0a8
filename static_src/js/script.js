// The kit's own <script> in the page: it carries the address of this installation, and the nonce.

import { one } from "./dom.js";

// Under a policy with nonces, a further script needs the one of this page.
const nonce = document.currentScript?.nonce ?? "";

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
