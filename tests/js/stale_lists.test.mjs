// Which lists are refreshed after an act, and which are left alone.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { StaleLists } from "../../static_src/js/stale_lists.js";

let panel, inbox, lists, refreshed;

beforeEach(() => {
  panel = { id: "panel", items: ["panel-1"] };
  inbox = { id: "inbox", items: ["inbox-1"] };
  refreshed = [];
  lists = new StaleLists({
    all: () => [panel, inbox],
    isUnderWay: (list) => list.isUnderWay,
    contains: (list, id) => list.items.includes(id),
    refresh: (list) => refreshed.push(list.id),
  });
});

test("without a change nothing is refreshed", () => {
  lists.refreshStale();
  assert.deepEqual(refreshed, []);
  assert.ok(!lists.hasStale());
});

test("a stale list is refreshed once", () => {
  lists.markStale(inbox);
  assert.ok(lists.hasStale());
  lists.refreshStale();
  lists.refreshStale();
  assert.deepEqual(refreshed, ["inbox"]);
  assert.ok(!lists.hasStale());
});

test("a missing list makes nothing stale", () => {
  lists.markStale(null);
  assert.ok(!lists.hasStale());
});

test("an item's change makes the lists stale that show it by another id", () => {
  lists.markStaleWithout("panel-1");
  lists.refreshStale();
  assert.deepEqual(refreshed, ["inbox"]);
});

test("a list that is under way is not asked for again, and stays stale", () => {
  lists.markAllStale();
  inbox.isUnderWay = true;
  lists.refreshStale();
  assert.deepEqual(refreshed, ["panel"]);
  inbox.isUnderWay = false;
  lists.refreshStale();
  assert.deepEqual(refreshed, ["panel", "inbox"]);
});

test("no list is refreshed while an act is under way", () => {
  lists.onPostStart("post");
  lists.markAllStale();
  lists.refreshStale();
  assert.deepEqual(refreshed, []);
  lists.onRequestEnd("post");
  lists.refreshStale();
  assert.deepEqual(refreshed, ["panel", "inbox"]);
});

test("an act that ends while another is under way makes every list stale", () => {
  lists.onPostStart("one");
  lists.onPostStart("other");
  lists.onRequestEnd("one");
  lists.markStaleIfOverlapping(true);
  assert.ok(lists.hasStale());
});

test("an act that ends while a list is under way makes every list stale", () => {
  panel.isUnderWay = true;
  lists.onPostStart("post");
  lists.onRequestEnd("post");
  lists.markStaleIfOverlapping(true);
  assert.ok(lists.hasStale());
});

test("a list that ends while another is under way makes nothing stale", () => {
  panel.isUnderWay = true;
  lists.onRequestEnd("get");
  lists.markStaleIfOverlapping(false);
  assert.ok(!lists.hasStale());
});
