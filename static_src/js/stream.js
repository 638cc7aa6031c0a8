// The stream of server-sent events that one tab of a browser holds for all of them.

// Waits before the next attempt, in milliseconds. They grow with the outage, slowly enough for a
// stream that was away for 20 seconds to be found within 6.
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 600_000;
const GROWTH = 1.15;

// The holder says so often that the stream is open. A tab believes it for `SILENCE`, so nobody needs to
// say that a holder has crashed or was frozen. A browser wakes a hidden page once a minute.
const BEAT = 25_000;
export const SILENCE = 75_000;

// A stream of this age is replaced as soon as there is a fresh token. The server ends it a little
// later, when its token is too old to open another one.
const OLD = 300_000;

/**
 * Create a stream that is not open yet. `address` returns its address, or nothing while the page has
 * no token; `tell` is given what all tabs shall hear, see StreamNews.
 */
export function createStream(address, tell) {
  // A younger stream is `opening` while the older one goes on, so that no change falls between them.
  let source, opening, openedAt, heardAt, state, timer, hasAsked;
  let wait = FIRST_WAIT;

  function open() {
    const url = address();
    if (!url) return;
    // The timer of an open stream is its beat, which goes on.
    if (!source) clearTimeout(timer);
    const made = (opening = new EventSource(url));
    made.onopen = () => onOpen(made);
    made.onerror = () => onError(made);
    made.addEventListener("alive", onHeartbeat);
    made.addEventListener("changed", onChange);
    // Centrifugo names no event, and wraps what was published.
    made.onmessage = onChange;
  }

  // A number by itself, or in {"pub":{"data":{"changed":0}}}.
  function onChange({ data }) {
    for (const [, spread] of data.matchAll(/(?:^|"changed": ?)(\d+)/g)) tell(+spread);
  }

  // A server that has lost its broker says 0: it could not tell of a change.
  function onHeartbeat({ data }) {
    heardAt = Date.now();
    state = data === "0" ? "lost" : "live";
    tell(state);
  }

  function onOpen(made) {
    const isNext = source;
    source?.close();
    clearTimeout(timer);
    source = made;
    openedAt = Date.now();
    wait = FIRST_WAIT;
    state = "live";
    opening = heardAt = hasAsked = undefined;
    beat(isNext ? state : "open");
  }

  function beat(message) {
    // The kit's own server is heard every 25 seconds. Another engine may keep its heartbeat to itself.
    if (heardAt && Date.now() - heardAt > SILENCE) return retry();
    tell(message);
    timer = setTimeout(() => beat(state), BEAT);
  }

  // The browser would try again with the token of the first time, and never after an answer that is no
  // stream.
  function onError(made) {
    // The token may be too old: each page polls as after a change, which brings a fresh one.
    if (made.readyState === 2 && !hasAsked) {
      hasAsked = true;
      tell(0);
    }
    made.close();
    if (made === opening) opening = undefined;
    if (made === source || !source) retry();
  }

  function retry() {
    close();
    // Pages that lost their stream together do not ask together.
    timer = setTimeout(open, wait * (0.7 + 0.3 * Math.random()));
    wait = Math.min(wait * GROWTH, LONGEST_WAIT);
  }

  function close() {
    source?.close();
    opening?.close();
    clearTimeout(timer);
    source = opening = undefined;
    tell("lost");
  }

  return {
    /** Open it, or have a younger one take its place: the page may have a fresh token. */
    refresh() {
      const isYoung = source && Date.now() - openedAt < OLD;
      if (!opening && !isYoung) open();
    },

    /** Close it, until the next refresh(). */
    stop: close,
  };
}
