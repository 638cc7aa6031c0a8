// A clock that stands still until a test lets time pass.

export class Clock {
  time = 1_000_000;
  #timers = new Map();
  #next = 1;

  now = () => this.time;

  setTimeout = (listener, wait, ...values) => {
    const act = () => listener(...values);
    this.#timers.set(this.#next, { act, due: this.time + wait });
    return this.#next++;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  /** In how many seconds each timer is due. */
  get waits() {
    return [...this.#timers.values()].map(({ due }) => (due - this.time) / 1000);
  }

  /** Let seconds pass, and every timer that is due within them. */
  pass(seconds) {
    const end = this.time + 1000 * seconds;
    for (let timer; (timer = this.#earliest(end)); ) {
      this.time = this.#timers.get(timer).due;
      const { act } = this.#timers.get(timer);
      this.#timers.delete(timer);
      act();
    }
    this.time = end;
  }

  #earliest(end) {
    const due = [...this.#timers].filter(([, timer]) => timer.due <= end);
    return due.sort(([, one], [, other]) => one.due - other.due)[0]?.[0];
  }
}
