// A toast leaves when its animation ends, which waits while somebody points at it or is in it.

import { on } from "./dom.js";

export function startToasts() {
  on("animationend", ({ target, animationName }) => {
    if (animationName === "themis-leave") target.remove();
  });
  on("click", ({ target }) => {
    target.closest?.("[data-themis-close]")?.closest(".themis-toast").remove();
  });
}
