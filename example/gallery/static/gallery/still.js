// What themis.js shows on a page that lives: an open panel, and the bar of what has arrived.

for (const stage of document.querySelectorAll("[data-gallery-open]")) {
  const panel = stage.querySelector("[data-themis-panel]");
  panel.removeAttribute("popover");
  panel.hidden = false;
  panel.classList.add("gallery-panel");
}

for (const stage of document.querySelectorAll("[data-gallery-trouble]")) {
  const trouble = stage.querySelector("[data-themis-trouble]").content.cloneNode(true);
  const other = stage.dataset.galleryTrouble === "offline" ? "broken" : "offline";
  trouble.querySelector(`[data-themis-${other}]`).remove();
  stage.querySelector(".themis-skeleton").replaceWith(trouble);
}

for (const failed of document.querySelectorAll("[data-gallery-failed] [hidden]")) {
  failed.hidden = false;
}

for (const menu of document.querySelectorAll("[data-gallery-menu] details")) menu.open = true;

for (const panel of document.querySelectorAll("[data-gallery-fresh]")) {
  const bar = panel.querySelector(".themis-new-bar");
  bar.textContent = panel.dataset.galleryFresh;
  bar.hidden = false;
}
