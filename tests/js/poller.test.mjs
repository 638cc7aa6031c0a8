// When a page polls, by static_src/js/poller.js itself with a clock and a chance of the test's own.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Poller } from "../../static_src/js/poller.js";
import { Clock } from "./clock.mjs";

const PATIENCE = 11_000;

let clock, page, poller;

class Page {
  polls = 0;
  refreshes = 0;
  tokens = [];
  seconds = 60;
  chance = 0.5;
  visible = true;
  stale = false;

  now = () => clock.now();
  setTimeout = (act, wait) => clock.setTimeout(act, wait);
  clearTimeout = (timer) => clock.clearTimeout(timer);
  random = () => this.chance;
  interval = () => 1000 * this.seconds;
  isVisible = () => this.visible;
  mayPoll = () => this.visible;
  putToken = (token) => this.tokens.push(token);
  hasStale = () => this.stale;
  refreshStale = () => this.refreshes++;

  send() {
    this.polls++;
    poller.onRequestStart(PATIENCE);
  }
}

beforeEach(() => {
  clock = new Clock();
  page = new Page();
  poller = new Poller(page);
});

function begin(options = {}) {
  Object.assign(page, options);
  poller.start();
}

/** The waits after each of so many polls that ended like this. */
function waitsAfter(number, end) {
  return Array.from({ length: number }, () => {
    poller.poll();
    end();
    return Math.round(clock.waits[0]);
  });
}

for (const [chance, wait] of [[0, 0], [0.25, 15], [0.999, 59.94]]) {
  test(`the first poll comes at any moment of the interval: chance ${chance}`, () => {
    begin({ chance });
    assert.deepEqual(clock.waits, [wait]);
  });
}

for (const [chance, wait] of [[0, 48], [0.5, 60], [1, 72]]) {
  test(`a later poll comes after the interval, give or take a fifth: chance ${chance}`, () => {
    begin();
    poller.poll();
    page.chance = chance;
    poller.onRequestEnd(true);
    assert.deepEqual(clock.waits, [wait]);
  });
}

test("a page that is left alone polls once an interval", () => {
  begin();
  for (let minute = 0; minute < 60; minute++) {
    clock.pass(60);
    poller.onRequestEnd(true);
  }
  assert.equal(page.polls, 60);
});

test("each failure doubles the wait, up to ten minutes, and a success ends that", () => {
  begin();
  assert.deepEqual(waitsAfter(6, () => poller.onRequestEnd(false)), [120, 240, 480, 600, 600, 600]);
  assert.deepEqual(waitsAfter(1, () => poller.onRequestEnd(true)), [60]);
});

test("an interval above ten minutes is not shortened by a failure", () => {
  begin({ seconds: 900 });
  assert.deepEqual(waitsAfter(2, () => poller.onRequestEnd(false)), [900, 900]);
});

test("a Retry-After that is longer than the wait is heeded, another is not", () => {
  begin();
  assert.deepEqual(waitsAfter(1, () => poller.onRequestEnd(false, "300")), [300]);
  assert.deepEqual(waitsAfter(1, () => poller.onRequestEnd(false, "5")), [240]);
});

test("a Retry-After that is a date or is missing changes nothing", () => {
  begin();
  const date = "Fri, 01 Jan 2027 00:00:00 GMT";
  assert.deepEqual(waitsAfter(1, () => poller.onRequestEnd(false, date)), [120]);
  assert.deepEqual(waitsAfter(1, () => poller.onRequestEnd(false, null)), [240]);
});

test("there is one timer, however often the page polls", () => {
  begin();
  for (let time = 0; time < 5; time++) poller.poll();
  assert.equal(clock.waits.length, 1);
});

test("a hidden page does not poll, and does at once when it is back", () => {
  begin({ visible: false });
  clock.pass(3600);
  assert.equal(page.polls, 0);
  page.visible = true;
  poller.comeBack();
  assert.equal(page.polls, 1);
});

test("a poll while one is under way waits for its end, and follows it once", () => {
  begin();
  poller.poll();
  poller.poll();
  poller.poll();
  assert.equal(page.polls, 1);
  assert.ok(poller.pollAfterThis, "the answer under way is too old to be shown");
  poller.onRequestEnd(true);
  assert.equal(page.polls, 2);
  assert.ok(!poller.pollAfterThis);
  poller.onRequestEnd(true);
  assert.equal(page.polls, 2);
});

test("a request whose end is lost blocks no longer than its patience", () => {
  begin();
  poller.poll();
  clock.pass(10.9);
  poller.poll();
  assert.equal(page.polls, 1);
  clock.pass(0.2);
  poller.poll();
  assert.equal(page.polls, 2);
});

test("a page from the back/forward cache forgets the request that it left with", () => {
  begin();
  poller.poll();
  poller.forgetRequest();
  poller.poll();
  assert.equal(page.polls, 2);
});

test("a bell that comes by a swap begins anew", () => {
  begin();
  poller.poll();
  poller.poll();
  page.chance = 0.25;
  poller.start();
  assert.deepEqual(clock.waits, [15]);
  assert.ok(!poller.pollAfterThis);
  poller.poll();
  assert.equal(page.polls, 2);
});

test("turned off, a page never polls by itself, nor on return", () => {
  begin({ seconds: 0 });
  poller.comeBack();
  clock.pass(3600);
  assert.equal(page.polls, 0);
  assert.deepEqual(clock.waits, []);
});

test("turned off, a page polls on return where a list is stale", () => {
  begin({ seconds: 0, stale: true });
  poller.comeBack();
  assert.equal(page.polls, 1);
});

test("an interval that was changed holds from now on", () => {
  begin();
  poller.poll();
  page.seconds = 0;
  poller.reschedule();
  assert.deepEqual(clock.waits, []);
  page.seconds = 60;
  poller.reschedule();
  assert.deepEqual(clock.waits, [60]);
});

test("a window that gets the focus polls if the last poll is an interval ago", () => {
  begin({ chance: 0.999 });
  clock.pass(30);
  poller.onFocus();
  assert.equal(page.polls, 0);
  clock.pass(29);
  poller.poll();
  poller.onRequestEnd(true);
  clock.time += 61 * 1000;
  poller.onFocus();
  assert.equal(page.polls, 2);
});

test("nobody signed in, nothing is asked, until a bell comes into the page", () => {
  begin();
  poller.signOut();
  poller.poll();
  poller.comeBack();
  poller.onRequestEnd(true);
  clock.pass(3600);
  assert.equal(page.polls, 0);
  poller.start();
  poller.poll();
  assert.equal(page.polls, 1);
});

test("after a change the poll carries no token, so that the primary answers", () => {
  begin();
  poller.pollAnew();
  assert.deepEqual(page.tokens, [""]);
  assert.equal(page.polls, 1);
});

for (const [when, prepare, isGood, refreshes] of [
  ["after a good poll", () => {}, true, 1],
  ["not after a failed one", () => {}, false, 0],
  ["not while hidden", () => (page.visible = false), true, 0],
  ["not before the poll that follows", () => poller.poll(), true, 0],
]) {
  test(`stale lists are refreshed: ${when}`, () => {
    begin();
    poller.poll();
    prepare();
    poller.onRequestEnd(isGood);
    assert.equal(page.refreshes, refreshes);
  });
}

/** An hour of a page that nobody touches, in which the stream is heard every 25 seconds. */
function anHourWithAStream(message = "live") {
  for (let second = 0; second < 3600; second += 25) {
    poller.onStream(message);
    const before = page.polls;
    clock.pass(25);
    if (page.polls > before) poller.onRequestEnd(true);
  }
}

for (const chance of [0, 0.5, 1]) {
  test(`a page polls at most 7 times an hour while the stream is open: chance ${chance}`, () => {
    begin({ chance });
    anHourWithAStream();
    assert.ok(page.polls >= 6 && page.polls <= 7, `${page.polls} polls`);
  });
}

test("while the stream is open a poll brings a fresh token before the old one is too old", () => {
  const tokensAt = [];
  begin({ chance: 1, putToken: () => tokensAt.push(clock.time / 1000) });
  anHourWithAStream();
  const gaps = tokensAt.slice(1).map((at, number) => at - tokensAt[number]);
  assert.ok(gaps.length >= 4 && Math.max(...gaps) < 600, gaps.join());
});

/** The second of the next poll of a page with a stream, whose last one ended at second 0. */
function nextPoll(seconds = 1200) {
  const before = page.polls;
  for (let second = 1; second <= seconds; second++) {
    if (second % 25 === 0) poller.onStream("live");
    clock.pass(1);
    if (page.polls > before) return second;
  }
  return Infinity;
}

for (const [seconds, chance] of [[60, 0], [60, 0.5], [60, 1], [300, 0.5]]) {
  const name = `the bell changes by the clock, interval ${seconds}, chance ${chance}`;
  test(`while the stream is open a page polls within 20 seconds after ${name}`, () => {
    begin({ seconds, chance });
    poller.onStream("live");
    poller.poll();
    poller.onNextChange("90");
    poller.onRequestEnd(true);
    const at = nextPoll();
    assert.ok(at >= 90 && at <= 111, `polled after ${at} s`);
  });
}

test("one poll asks what the clock has changed", () => {
  begin();
  poller.onStream("live");
  poller.poll();
  poller.onNextChange("90");
  poller.onRequestEnd(true);
  nextPoll();
  clock.pass(1);
  poller.onNextChange(null);
  poller.onRequestEnd(true);
  assert.equal(page.polls, 2);
});

test("once the bell has changed by the clock a page rests again", () => {
  begin();
  poller.onStream("live");
  poller.poll();
  poller.onNextChange("90");
  poller.onRequestEnd(true);
  nextPoll();
  poller.onNextChange(null);
  poller.onRequestEnd(true);
  assert.ok(nextPoll() > 400);
});

test("after a poll that failed a page does not rest on its stream", () => {
  begin();
  poller.onStream("live");
  poller.poll();
  poller.onRequestEnd(false);
  assert.ok(nextPoll() <= 144);
});

test("an interval above ten minutes is kept while the stream is open", () => {
  begin({ seconds: 900 });
  anHourWithAStream();
  assert.equal(page.polls, 4);
});

test("a page that was just loaded polls once in its first interval, stream or not", () => {
  begin({ chance: 0.999 });
  poller.onStream("open");
  clock.pass(60);
  assert.equal(page.polls, 1);
});

for (const [how, lose, seconds] of [
  ["when the stream is lost, polls come as before at once", () => poller.onStream("lost"), 72],
  ["when nobody says any more that it is open, as before within 75 seconds", () => {}, 75 + 72],
]) {
  test(how, () => {
    begin();
    clock.pass(30);
    poller.onRequestEnd(true);
    poller.onStream("live");
    lose();
    clock.pass(seconds);
    poller.onRequestEnd(true);
    const before = page.polls;
    clock.pass(72);
    poller.onRequestEnd(true);
    assert.ok(before >= 2 && page.polls > before);
  });
}

test("a change is asked for at once, and without a token", () => {
  begin();
  clock.pass(30);
  poller.onRequestEnd(true);
  clock.pass(5);
  poller.onStream(0);
  clock.pass(0.001);
  assert.equal(page.polls, 2);
  assert.deepEqual(page.tokens, [""]);
});

test("after a change for everybody a page polls within the time that it is given", () => {
  begin({ chance: 0.4 });
  clock.pass(30);
  poller.onRequestEnd(true);
  poller.onStream(30_000);
  clock.pass(11.9);
  assert.equal(page.polls, 1);
  clock.pass(0.2);
  assert.equal(page.polls, 2);
});

test("a change of one's own does not wait for the time of an earlier one for everybody", () => {
  begin({ chance: 0.9 });
  clock.pass(60);
  poller.onRequestEnd(true);
  poller.onStream(30_000);
  clock.pass(1);
  poller.onStream(0);
  clock.pass(0.001);
  poller.onRequestEnd(true);
  clock.pass(30);
  assert.equal(page.polls, 2);
});

test("a hundred changes in a second make at most six polls", () => {
  begin();
  clock.pass(30);
  poller.onRequestEnd(true);
  for (let change = 0; change < 100; change++) {
    poller.onStream(0);
    clock.pass(0.01);
    poller.onRequestEnd(true);
  }
  clock.pass(0.2);
  assert.ok(page.polls >= 3 && page.polls <= 1 + 6, `${page.polls} polls`);
});

test("a change is asked for at once, too, after the clock was set back", () => {
  begin();
  clock.pass(30);
  poller.onRequestEnd(true);
  clock.time -= 600 * 1000;
  poller.onStream(0);
  clock.pass(0.2);
  assert.equal(page.polls, 2);
});

test("a stream that opens after a loss has the page poll within a second", () => {
  begin();
  clock.pass(30);
  poller.onRequestEnd(true);
  clock.pass(5);
  poller.onStream("open");
  clock.pass(1);
  assert.equal(page.polls, 2);
  assert.deepEqual(page.tokens, [], "it keeps its token, so that the answer costs little");
});

test("a window that gets the focus polls only after ten minutes while the stream is open", () => {
  begin();
  clock.pass(30);
  poller.onRequestEnd(true);
  clock.time += 70_000;
  poller.onStream("live");
  poller.onFocus();
  assert.equal(page.polls, 1);
  clock.time += 600_000;
  poller.onStream("live");
  poller.onFocus();
  assert.equal(page.polls, 2);
});

test("turned off, a page polls on return where a stream is open", () => {
  begin({ seconds: 0 });
  poller.onStream("live");
  poller.comeBack();
  assert.equal(page.polls, 1);
});
