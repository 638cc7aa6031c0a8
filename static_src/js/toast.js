// The removal of toasts, at the end of their animation in CSS or by their button. htmx fetches them
// (components/bell.html).

import { on } from "./dom.js";

export function startToasts() {
  on("animationend", ({ target, animationName }) => {
    if (animationName === "themis-leave") target.remove();
  });
  on("click", ({ target }) => {
    target.closest?.("[data-themis-close]")?.closest(".themis-toast").remove();
  });
}
