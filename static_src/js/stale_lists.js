// The state of all lists: which ones are out of date. They are refreshed once no request of a list
// and no POST is under way.

export class StaleLists {
  #page;
  #stale = new Set();
  #pendingPosts = new Set();

  /** `page` has all(), isUnderWay(list), contains(list, id) and refresh(list). */
  constructor(page) {
    this.#page = page;
  }

  hasStale() {
    return this.#stale.size > 0;
  }

  markStale(list) {
    if (list) this.#stale.add(list.id);
  }

  markAllStale() {
    for (const list of this.#page.all()) this.markStale(list);
  }

  /** An item that is known here by its own id may stand in other lists too, as it was before. */
  markStaleWithout(id) {
    for (const list of this.#page.all()) if (!this.#page.contains(list, id)) this.markStale(list);
  }

  onPostStart(key) {
    this.#pendingPosts.add(key);
  }

  /** Take note of the end of any request; the poller's have no `isPost`. */
  onRequestEnd(key) {
    this.#pendingPosts.delete(key);
  }

  /** A list and a POST that were under way together may not know of each other. */
  markStaleIfOverlapping(isPost) {
    const overlaps = isPost && this.#page.all().some(this.#page.isUnderWay);
    if (this.#pendingPosts.size || overlaps) this.markAllStale();
  }

  /** Refresh the stale ones. One under way stays as it is: it may be a filter just chosen. */
  refreshStale() {
    if (this.#pendingPosts.size) return;
    for (const list of this.#page.all()) {
      if (!this.#page.isUnderWay(list) && this.#stale.delete(list.id)) this.#page.refresh(list);
    }
  }
}
