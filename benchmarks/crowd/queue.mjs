// Events in the order of their time: a binary heap, since there are some hundred thousand at once.

export class Queue {
  #heap = [];

  /** The time of the next event, or Infinity. */
  get next() {
    return this.#heap.length ? this.#heap[0].time : Infinity;
  }

  push(event) {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at && heap[(at - 1) >> 1].time > event.time) {
      heap[at] = heap[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    heap[at] = event;
  }

  pop() {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length) this.#sink(last);
    return first;
  }

  #sink(event) {
    const heap = this.#heap;
    let at = 0;
    for (let child; (child = 2 * at + 1) < heap.length; at = child) {
      if (heap[child + 1]?.time < heap[child].time) child++;
      if (heap[child].time >= event.time) break;
      heap[at] = heap[child];
    }
    heap[at] = event;
  }
}
