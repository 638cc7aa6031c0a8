// What a page hears of its browser's stream, whichever tab holds it, and the polls that follow.

import { SILENCE } from "./stream.js";

// A stream that has just opened may have missed a change. Each page asks within this time.
const AFTER_OPENING = 1000;

// Changes that follow one another faster than this are asked for together.
const BETWEEN_CHANGES = 200;

// While a stream tells of changes, a page asks by itself after so long. A token lives ten minutes, so
// the stream can be opened anew with the fresh one before the server ends it.
const SELDOM = 520_000;

// Many people are reminded at the same minute. Their pages ask within so long of it.
const SPREAD = 20_000;

export class StreamNews {
  #page;
  #openUntil = 0;
  #timer;
  #due = Infinity;
  #changesAt = Infinity;

  /** `page` has now(), setTimeout(), clearTimeout() and random(). */
  constructor(page) {
    this.#page = page;
  }

  /** True while the tab that holds the stream has lately said that it is open. */
  get isOpen() {
    return this.#page.now() < this.#openUntil;
  }

  /** The milliseconds until the bell has changed by the clock alone, if that is known. */
  get untilDue() {
    return Math.max(this.#changesAt - this.#page.now(), 0);
  }

  /** True while a page that asked so many milliseconds ago need not ask by itself. */
  mayRest(sinceLastPoll) {
    return this.isOpen && sinceLastPoll < SELDOM && this.untilDue > 0;
  }

  /** Forget the change by the clock that a poll has just asked about. */
  forgetChange() {
    this.#changesAt = Infinity;
  }

  /** Take note of the seconds after which the bell changes by the clock alone, if it does so soon. */
  onNextChange(seconds) {
    const wait = seconds ? 1000 * seconds + SPREAD * this.#page.random() : Infinity;
    this.#changesAt = this.#page.now() + wait;
  }

  /** Take note of a message, and have `poller` poll if it asks for that.
   *
   * It is "open" for a stream that was just opened, "live" from time to time, "lost" when it is
   * closed, or a number after a change: pages poll at any moment of so many milliseconds.
   */
  onMessage(message, poller) {
    const { now, random, setTimeout } = this.#page;
    this.#openUntil = message === "lost" ? 0 : now() + SILENCE;
    // A page that has just been loaded polls soon by itself.
    if (message === "open" && poller.hasPolled) {
      setTimeout(() => poller.poll(), AFTER_OPENING * random());
    }
    if (Number.isFinite(message)) this.#pollWithin(message, poller);
  }

  #pollWithin(spread, poller) {
    const { now, random } = this.#page;
    const rest = Math.min(poller.lastPolledAt - now(), 0) + BETWEEN_CHANGES;
    const due = now() + Math.max(spread * random(), rest);
    if (due >= this.#due) return;
    this.#due = due;
    this.#page.clearTimeout(this.#timer);
    this.#timer = this.#page.setTimeout(() => {
      this.#due = Infinity;
      poller.pollAnew();
    }, due - now());
  }
}
