// The poller decides when a page asks the server for news. It is handed its clock, its chance and
// its page, so that tests and the simulation of many pages run this very code.

import { StreamNews } from "./stream_news.js";

// However often requests fail, a page asks at least this often, in milliseconds.
const SLOWEST = 600_000;

export class Poller {
  #page;
  #timer;
  #failures = 0;
  #requestedAt = 0;
  #patience = 0;
  #news;

  hasPolled = false;
  lastPolledAt;
  /** True when the answer under way is older than the last act, and another poll follows it. */
  pollAfterThis = false;
  signedOut = false;

  /**
   * `page` has now(), setTimeout(), clearTimeout(), random(), interval() in milliseconds where 0
   * means never by itself, isVisible(), mayPoll(), send(), putToken(token), hasStale() and
   * refreshStale().
   */
  constructor(page) {
    this.#page = page;
    this.#news = new StreamNews(page);
    this.lastPolledAt = page.now();
  }

  /** Begin anew: a bell has come into the page, with the page or by a swap. */
  start() {
    this.#requestedAt = 0;
    this.hasPolled = this.pollAfterThis = this.signedOut = false;
    this.#schedule();
  }

  /** Poll at once, or as soon as the poll under way has ended. */
  poll() {
    if (this.signedOut || !this.#page.mayPoll()) return;
    if (this.#page.now() - this.#requestedAt < this.#patience) {
      this.pollAfterThis = true;
      return;
    }
    this.hasPolled = true;
    this.lastPolledAt = this.#page.now();
    this.#news.forgetChange();
    this.#page.send();
    this.#schedule();
  }

  /** Poll after a change that a replica may not know yet: without a token the primary answers. */
  pollAnew() {
    this.useToken("");
    this.poll();
  }

  /** Ask from now on with this token, which says what the page shows. */
  useToken(token) {
    this.#page.putToken(token);
  }

  /** Take note that htmx sends a poll, whose end cannot be missing for longer than `patience`. */
  onRequestStart(patience) {
    this.#requestedAt = this.#page.now();
    this.#patience = patience;
  }

  /** Take note of the end of a poll; `retryAfter` is the header's text, in seconds. */
  onRequestEnd(isGood, retryAfter) {
    this.#requestedAt = 0;
    this.#failures = isGood ? 0 : this.#failures + 1;
    this.#schedule(1000 * retryAfter || 0);
    if (isGood && !this.pollAfterThis && this.#page.isVisible()) this.#page.refreshStale();
    if (this.pollAfterThis) this.poll();
    this.pollAfterThis = false;
  }

  /** Forget the poll under way: the browser has put the page aside, and its answer is lost. */
  forgetRequest() {
    this.#requestedAt = 0;
  }

  /** Take note of the seconds after which the bell changes by the clock alone, if it does so soon. */
  onNextChange(seconds) {
    this.#news.onNextChange(seconds);
  }

  /** Take note of what the tab says that holds the stream of live updates. */
  onStream(message) {
    this.#news.onMessage(message, this);
  }

  /** Poll because somebody looks at the page again, or the network is back. */
  comeBack() {
    if (this.#page.interval() || this.#page.hasStale() || this.#news.isOpen) this.poll();
  }

  /** Poll because the window has the focus again, where that was long ago. */
  onFocus() {
    if (this.#sinceLastPoll > this.#page.interval() && !this.#mayRest) this.comeBack();
  }

  /** Stop until a bell comes into the page: nobody is signed in. */
  signOut() {
    this.signedOut = true;
    this.#page.clearTimeout(this.#timer);
  }

  /** Set the timer anew after the interval was changed. */
  reschedule() {
    this.#schedule();
  }

  #schedule(atLeast = 0) {
    const interval = this.#page.interval();
    this.#page.clearTimeout(this.#timer);
    if (!interval || this.signedOut) return;
    const slowed = Math.min(interval * 2 ** this.#failures, Math.max(SLOWEST, interval));
    // The first poll comes at any moment of the interval: pages that load together, as after a
    // deploy, would otherwise ask together.
    const share = this.hasPolled ? 0.8 + 0.4 * this.#page.random() : this.#page.random();
    const wait = Math.max(Math.min(slowed * share, this.#news.untilDue), atLeast);
    this.#timer = this.#page.setTimeout(() => this.#onTimer(), wait);
  }

  // The timer runs on while a stream is open. So a page polls as before once the stream is lost, or once
  // nobody says any more that it is open.
  #onTimer() {
    if (this.#mayRest) this.#schedule();
    else if (this.#news.isOpen && this.hasPolled) this.pollAnew();
    else this.poll();
  }

  get #mayRest() {
    return this.hasPolled && !this.#failures && this.#news.mayRest(this.#sinceLastPoll);
  }

  // A clock that was set back must not let the page rest for longer.
  get #sinceLastPoll() {
    return Math.abs(this.#page.now() - this.lastPolledAt);
  }
}
