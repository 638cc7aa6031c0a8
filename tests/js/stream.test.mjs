// The stream that one tab holds, by static_src/js/stream.js itself, with a clock and a chance of the
// test's own and an EventSource that does what the test says.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createStream } from "../../static_src/js/stream.js";
import { Clock } from "./clock.mjs";

const REAL = { ...globalThis, setTimeout, clearTimeout, now: Date.now, random: Math.random };
const CLOSED = 2;

let clock, token, sources, told, stream;

class FakeEventSource extends EventTarget {
  readyState = 0;

  constructor(url) {
    super();
    this.url = url;
    sources.push(this);
  }

  close() {
    this.readyState = CLOSED;
  }

  onmessage = () => {};

  /** The server's answer is a stream. */
  open() {
    this.readyState = 1;
    this.onopen();
  }

  /** The server ends the stream, or the network does; the browser would connect again. */
  break() {
    this.readyState = 0;
    this.onerror();
  }

  /** The server's answer is 204, an error or a page. */
  refuse() {
    this.readyState = CLOSED;
    this.onerror();
  }

  send(type, data = "") {
    const event = new MessageEvent(type, { data });
    this.dispatchEvent(event);
    if (type === "message") this.onmessage(event);
  }
}

beforeEach(() => {
  clock = new Clock();
  Object.assign(globalThis, { EventSource: FakeEventSource, ...clock });
  Date.now = clock.now;
  Math.random = () => 1;
  sources = [];
  told = [];
  token = "one";
  stream = createStream(() => token, (message) => told.push(message));
});

afterEach(() => {
  Object.assign(globalThis, { setTimeout: REAL.setTimeout, clearTimeout: REAL.clearTimeout });
  Date.now = REAL.now;
  Math.random = REAL.random;
});

const opened = () => sources.filter(({ readyState }) => readyState !== CLOSED);
const last = () => sources.at(-1);

function begin() {
  stream.refresh();
  last().open();
  told.length = 0;
}

/** Let seconds pass in which the server's heartbeat is heard. */
function listen(seconds) {
  for (let second = 0; second < seconds; second += 25) {
    clock.pass(25);
    opened().forEach((source) => source.send("alive", "1"));
  }
}

test("every tab is told when the stream has opened, and from time to time that it is open", () => {
  stream.refresh();
  assert.deepEqual(told, []);
  last().open();
  clock.pass(50);
  assert.deepEqual(told, ["open", "live", "live"]);
});

test("a change is told with the time over which polls are to be spread", () => {
  begin();
  last().send("changed", "0");
  last().send("changed", "30000");
  assert.deepEqual(told, [0, 30_000]);
});

test("a change that Centrifugo wraps is told, and its other messages are not", () => {
  begin();
  for (const data of [
    "{}",
    '{"connect":{"client":"c1"}}',
    '{"channel":"4f","pub":{"data":{"changed":0}}}',
    '{"channel":"4f","pub":{"data":{"changed": 5000}}}',
  ]) {
    last().send("message", data);
  }
  assert.deepEqual(told, [0, 5000]);
});

test("it is opened once, however often it is asked for", () => {
  stream.refresh();
  stream.refresh();
  last().open();
  stream.refresh();
  assert.equal(sources.length, 1);
});

test("without a token nothing is opened, until there is one", () => {
  token = "";
  stream.refresh();
  assert.equal(sources.length, 0);
  token = "one";
  stream.refresh();
  assert.equal(sources.length, 1);
});

test("a stream that the server ends is told as lost at once, and opened again by this script", () => {
  begin();
  token = "two";
  last().break();
  assert.deepEqual(told, ["lost"]);
  assert.equal(opened().length, 0, "the browser would connect with the old token");
  clock.pass(2);
  assert.deepEqual(opened().map(({ url }) => url), ["two"]);
  last().open();
  assert.deepEqual(told, ["lost", "open"]);
});

test("an answer that is no stream has pages poll once, and is followed by another attempt", () => {
  stream.refresh();
  last().refuse();
  assert.deepEqual(told, [0, "lost"]);
  clock.pass(2);
  last().refuse();
  assert.equal(sources.length, 2);
  assert.deepEqual(told, [0, "lost", "lost"]);
});

test("a fresh token is tried at once, and a second refusal asks for no other one", () => {
  stream.refresh();
  last().refuse();
  token = "two";
  stream.refresh();
  assert.deepEqual(opened().map(({ url }) => url), ["two"]);
  last().refuse();
  assert.deepEqual(told.filter((each) => each === 0), [0]);
  assert.equal(clock.waits.length, 1, "one attempt is waited for");
});

test("a server that is back after 20 seconds is found within 6", () => {
  begin();
  last().break();
  for (let second = 0; second < 20; second++) {
    clock.pass(1);
    opened().forEach((source) => source.refuse());
  }
  const attempts = sources.length;
  clock.pass(5);
  assert.equal(sources.length, attempts + 1);
});

test("attempts become rarer, up to one in ten minutes, and go on for ever", () => {
  stream.refresh();
  for (let minute = 0; minute < 24 * 60; minute++) {
    clock.pass(60);
    opened().forEach((source) => source.refuse());
  }
  const attempts = sources.length;
  clock.pass(599);
  opened().forEach((source) => source.refuse());
  clock.pass(601);
  assert.ok(sources.length - attempts <= 2 && sources.length > attempts);
});

test("a stream that was open begins anew with short waits", () => {
  stream.refresh();
  for (let time = 0; time < 10; time++) {
    last().refuse();
    clock.pass(30);
  }
  last().open();
  last().break();
  const before = sources.length;
  clock.pass(2);
  assert.equal(sources.length, before + 1);
});

test("streams that were lost together are not opened together", () => {
  const waits = [0, 1].map((chance) => {
    Math.random = () => chance;
    begin();
    last().break();
    const [wait] = clock.waits;
    stream.stop();
    return wait;
  });
  assert.deepEqual(waits, [1.4, 2]);
});

test("with a fresh token a younger stream takes the place of an old one, and nothing is lost", () => {
  begin();
  listen(275);
  stream.refresh();
  assert.equal(sources.length, 1, "it is not old yet");
  listen(50);
  token = "two";
  stream.refresh();
  assert.deepEqual(opened().map(({ url }) => url), ["one", "two"]);
  sources[0].send("changed", "0");
  last().open();
  assert.deepEqual(opened().map(({ url }) => url), ["two"]);
  assert.ok(told.includes(0));
  assert.ok(!told.includes("lost") && !told.includes("open"), "no page polls for it");
  listen(50);
  assert.equal(clock.waits.length, 1, "one beat goes on");
});

test("where the younger one is refused, the older one goes on", () => {
  begin();
  listen(325);
  stream.refresh();
  last().refuse();
  assert.deepEqual(opened(), [sources[0]]);
  assert.ok(!told.includes("lost"));
});

test("where the older one ends before the younger one is open, both begin anew", () => {
  begin();
  listen(325);
  stream.refresh();
  sources[0].break();
  assert.equal(opened().length, 0);
  clock.pass(2);
  assert.equal(opened().length, 1);
});

test("a stream whose heartbeat was heard and has stopped is given up within 100 seconds", () => {
  begin();
  listen(50);
  clock.pass(100);
  assert.equal(told.at(-1), "lost");
  clock.pass(2);
  assert.deepEqual(opened(), [sources[1]]);
});

test("while the server has lost its broker, pages poll as before", () => {
  begin();
  listen(25);
  last().send("alive", "0");
  told.length = 0;
  clock.pass(25);
  last().send("alive", "0");
  clock.pass(25);
  assert.deepEqual([...new Set(told)], ["lost"]);
  assert.equal(sources.length, 1, "the stream stays open, and tells when the broker is back");
  told.length = 0;
  last().send("changed", "0");
  last().send("alive", "1");
  clock.pass(25);
  assert.deepEqual(told, [0, "live", "live"]);
});

test("a stream of another engine, whose heartbeat no page hears, is not given up", () => {
  begin();
  clock.pass(3600);
  assert.ok(!told.includes("lost"));
});

test("a stream that was stopped stays closed, and opens when it is asked for", () => {
  begin();
  stream.stop();
  clock.pass(3600);
  assert.deepEqual(told, ["lost"]);
  assert.equal(opened().length, 0);
  stream.refresh();
  assert.equal(opened().length, 1);
});

test("a stream that is stopped while it waits, or while it opens, stays closed", () => {
  stream.refresh();
  stream.stop();
  assert.equal(opened().length, 0);
  stream.refresh();
  last().break();
  stream.stop();
  clock.pass(3600);
  assert.equal(opened().length, 0);
});
