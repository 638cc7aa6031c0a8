// What themis.js shows on a page that lives: an open panel, and the bar of what has arrived.

for (const stage of document.querySelectorAll("[data-gallery-open]")) {
  const panel = stage.querySelector("[data-themis-panel]");
  panel.removeAttribute("popover");
  panel.hidden = false;
  panel.classList.add("gallery-panel");
}

for (const panel of document.querySelectorAll("[data-gallery-fresh]")) {
  const bar = panel.querySelector(".themis-fresh");
  bar.textContent = panel.dataset.galleryFresh;
  bar.hidden = false;
}
