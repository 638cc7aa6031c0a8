// What themis.js shows on a page that lives: an open panel, and the bar of what has arrived.

for (const stage of document.querySelectorAll("[data-gallery-open]")) {
  const panel = stage.querySelector("[data-themis-panel]");
  panel.removeAttribute("popover");
  panel.hidden = false;
  panel.classList.add("gallery-panel");
}

for (const stage of document.querySelectorAll("[data-gallery-load-error]")) {
  const error = stage.querySelector("[data-themis-load-error]").content.cloneNode(true);
  const other = stage.dataset.galleryLoadError === "offline" ? "broken" : "offline";
  error.querySelector(`[data-themis-${other}]`).remove();
  stage.querySelector(".themis-skeleton").replaceWith(error);
}

for (const failed of document.querySelectorAll("[data-gallery-failed] [hidden]")) {
  failed.hidden = false;
}

for (const menu of document.querySelectorAll("[data-gallery-menu] details")) menu.open = true;

for (const panel of document.querySelectorAll("[data-gallery-new-text]")) {
  const bar = panel.querySelector(".themis-new-bar");
  bar.textContent = panel.dataset.galleryNewText;
  bar.hidden = false;
}
