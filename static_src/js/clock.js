// Relative times: they are brought up to date every 30 seconds, in the language of the page's words.

import { all } from "./dom.js";

const EVERY = 30_000;
const MINUTE = 60_000;

export function startClock() {
  setInterval(() => all("[data-themis-time=ago]").forEach(update), EVERY);
}

function update(time) {
  const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / MINUTE);
  // Later the server tells the day, which depends on the time zone of the reader.
  const isCounted = minutes >= 1 && minutes < time.dataset.themisCountedMinutes;
  if (!isCounted) return;
  const language = time.closest("[lang]")?.lang || undefined;
  // Numbers stay in the digits that the server writes.
  const words = new Intl.RelativeTimeFormat(language, { numberingSystem: "latn" });
  time.textContent =
    minutes < 60 ? words.format(-minutes, "minute") : words.format(-Math.floor(minutes / 60), "hour");
}
