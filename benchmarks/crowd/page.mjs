// The page that a person has open: the poller of themis.js, with the simulation's time and chance.

import { Poller } from "../../static_src/js/poller.js";

// The script counts in milliseconds, the simulation in seconds.
const SECOND = 1000;

export class Page {
  isHidden = false;
  isOffline = false;
  /** An error page has no script. */
  isBroken = false;
  hasFailed = false;
  /** When its timer is due and when its request ends; Infinity for never. */
  due = Infinity;
  endsAt = Infinity;
  tokenSince = 0;

  constructor(number, crowd) {
    this.number = number;
    this.crowd = crowd;
  }

  /** A page is loaded, and with it the script. */
  load() {
    this.isBroken = this.hasFailed = false;
    this.endsAt = Infinity;
    this.poller = new Poller(this);
    this.poller.start();
  }

  /** The server answers with an error page. */
  break() {
    this.isBroken = true;
    this.due = this.endsAt = Infinity;
  }

  onTimer() {
    this.due = Infinity;
    this.timedAct();
  }

  // What the poller is handed.

  // No clock of a browser shows a time before 1970, and the warm-up lies before 0 here.
  now() {
    return (this.crowd.plan.warm_up + this.crowd.now) * SECOND;
  }

  setTimeout(act, wait) {
    this.timedAct = act;
    this.due = this.crowd.now + wait / SECOND;
    this.crowd.onTimerSet(this);
  }

  clearTimeout() {
    this.due = Infinity;
  }

  random() {
    return this.crowd.chance.draw();
  }

  interval() {
    return this.crowd.plan.interval * SECOND;
  }

  isVisible() {
    return !this.isHidden;
  }

  mayPoll() {
    return !this.isHidden;
  }

  send() {
    this.poller.onRequestStart((this.crowd.plan.timeout + 1) * SECOND);
    this.crowd.onRequest(this);
  }

  putToken() {}

  hasStale() {
    return false;
  }

  refreshStale() {}
}
