// The theme of what lies over the page, panel and toasts, when the bell stands in a bar whose theme is
// not the page's: a dark bar on a light page.

const BARS = "nav, header, aside, .navbar, [role=banner]";
const COLOURS = [
  "surface", "text", "accent", "muted", "line", "hover", "unread", "info", "success", "warning",
  "danger",
].map((name) => `--_${name}`);

const read = (style) => ["color-scheme", ...COLOURS].map((name) => [name, style.getPropertyValue(name)]);

/** Give an element of a bell the colours that the kit has around the bar in which the bell stands. */
export function takePageTheme(element) {
  element.removeAttribute("style");
  const around = outermostBar(element)?.parentElement;
  if (!around) return;
  const probe = document.createElement("i");
  probe.className = "themis";
  around.append(probe);
  const colours = read(getComputedStyle(probe));
  const here = Object.fromEntries(read(getComputedStyle(element)));
  probe.remove();
  for (const [name, value] of colours) {
    if (value !== here[name]) element.style.setProperty(name, value);
  }
}

function outermostBar(element) {
  let bar = element.closest(BARS);
  for (let outer = bar; outer; outer = outer.parentElement.closest(BARS)) bar = outer;
  return bar;
}
