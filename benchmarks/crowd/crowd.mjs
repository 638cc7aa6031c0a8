// Many people with a page open each, and a server that is up, restarts or is away. What the
// server sees of them is counted by the second.

import { Page } from "./page.mjs";
import { Queue } from "./queue.mjs";
import { Chance } from "./random.mjs";

const [UP, RESTARTING, AWAY] = ["up", "restarting", "away"];

export class Crowd {
  server = UP;
  #events = new Queue();
  #lastTrouble = null;

  /** `onRequest` hears of each request: the time, and the number of the page. */
  constructor(plan, onRequest = () => {}) {
    this.plan = plan;
    this.heard = onRequest;
    this.now = -plan.warm_up;
    this.chance = new Chance(plan.seed);
    const seconds = () => new Array(plan.warm_up + plan.lasts).fill(0);
    this.counts = { polls: seconds(), failed: seconds(), aged: seconds(), loads: seconds() };
    // How long after the end of a trouble each page that had failed was answered.
    this.recovered = { deploy: [], outage: [], network: [] };
    this.pages = Array.from({ length: plan.people }, (_, number) => new Page(number, this));
  }

  run() {
    this.pages.forEach((page) => this.#open(page));
    this.#planTroubles();
    while (this.#events.next < this.plan.lasts) {
      const { time, act, page } = this.#events.pop();
      this.now = time;
      act(page);
    }
    return this;
  }

  #at(time, act, page) {
    if (time < this.plan.lasts) this.#events.push({ time, act, page });
  }

  #count(name) {
    this.counts[name][Math.floor(this.now + this.plan.warm_up)]++;
  }

  #open(page) {
    page.isHidden = this.chance.draw() < this.plan.hidden_share;
    page.load();
    page.tokenSince = this.now - this.chance.draw() * this.plan.token_life;
    this.#at(this.#nextAct(page), this.#onPerson, page);
  }

  // The page

  onTimerSet(page) {
    this.#at(page.due, this.#onTimer, page);
  }

  #onTimer = (page) => {
    // Not a timer that was set anew since, or whose page is gone.
    if (page.due === this.now) page.onTimer();
  };

  onRequest(page) {
    this.heard(this.now, page.number);
    if (!page.isOffline) this.#count("polls");
    // A server that is away refuses at once, or is silent until the page gives the request up.
    const isSilent = this.server === AWAY && !page.isOffline && this.chance.draw() < 0.5;
    page.isAnswered = this.server === UP && !page.isOffline;
    page.endsAt = this.now + (isSilent ? this.plan.timeout : 0);
    this.#at(page.endsAt, this.#onEnd, page);
  }

  #onEnd = (page) => {
    if (page.endsAt !== this.now) return;
    page.endsAt = Infinity;
    if (page.isAnswered) this.#onAnswer(page);
    else if (!page.isOffline) this.#count("failed");
    page.hasFailed = !page.isAnswered;
    const isTold = this.server === RESTARTING && !page.isOffline;
    page.poller.onRequestEnd(page.isAnswered, isTold ? this.plan.retry_after : null);
  };

  #onAnswer(page) {
    if (page.hasFailed && this.#lastTrouble) {
      const { name, end } = this.#lastTrouble;
      this.recovered[name].push(this.now - end);
    }
    if (this.now - page.tokenSince > this.plan.token_life) {
      this.#count("aged");
      page.tokenSince = this.now;
    }
  }

  #onLoad = (page) => {
    if (!page.isOffline) this.#count("loads");
    if (this.server !== UP || page.isOffline) return page.break();
    page.load();
    page.tokenSince = this.now;
  };

  // The person

  /** How often a second somebody who looks at the page turns elsewhere. */
  get #turnsAway() {
    return this.plan.hidden_share ? 1 / this.plan.looks : 0;
  }

  #nextAct(page) {
    const { hidden_share: hidden, looks, stays, retries } = this.plan;
    if (page.isBroken) return this.now + this.chance.between(...retries);
    if (page.isHidden) return this.now + this.chance.until((1 - hidden) / (looks * hidden));
    return this.now + this.chance.until(this.#turnsAway + 1 / stays);
  }

  #onPerson = (page) => {
    if (page.isBroken) this.#onLoad(page);
    else if (page.isHidden) this.#comeBack(page);
    else if (this.chance.draw() * (this.#turnsAway + 1 / this.plan.stays) < this.#turnsAway) {
      page.isHidden = true;
    } else this.#onLoad(page);
    this.#at(this.#nextAct(page), this.#onPerson, page);
  };

  #comeBack(page) {
    page.isHidden = false;
    page.poller.comeBack();
  }

  // What happens to all

  #planTroubles() {
    const { deploy, outage, network } = this.plan;
    for (const [trouble, state] of [[deploy, RESTARTING], [outage, AWAY]]) {
      if (!trouble) continue;
      this.#at(trouble.begin, () => (this.server = state));
      this.#at(trouble.end, () => this.#end(trouble));
    }
    if (!network) return;
    const cutOff = this.pages.slice(0, Math.floor(this.pages.length * this.plan.network_share));
    this.#at(network.begin, () => cutOff.forEach((page) => (page.isOffline = true)));
    this.#at(network.end, () => this.#connect(network, cutOff));
  }

  #end(trouble) {
    this.server = UP;
    this.#lastTrouble = trouble;
    if (trouble !== this.plan.deploy || !this.plan.reload_spread) return;
    for (const page of this.pages) {
      this.#at(this.now + this.chance.draw() * this.plan.reload_spread, this.#onLoad, page);
    }
  }

  #connect(trouble, pages) {
    this.#lastTrouble = trouble;
    for (const page of pages) {
      const time = this.now + this.chance.draw() * this.plan.network_spread;
      this.#at(time, this.#onOnline, page);
    }
  }

  #onOnline = (page) => {
    page.isOffline = false;
    if (!page.isBroken) page.poller.comeBack();
  };
}
