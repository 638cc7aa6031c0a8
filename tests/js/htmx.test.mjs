// The adapter reads the events of htmx 2 and of htmx 4 alike. The journeys run it with each build.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as htmx from "../../static_src/js/htmx.js";

const SOURCE = { tagName: "BUTTON" };

/** What each build says of the same request. */
const BUILDS = {
  "htmx 2": ({ method, timeout, status, headers = {} }) => {
    const xhr = new EventTarget();
    const getResponseHeader = (name) => headers[name] ?? null;
    Object.assign(xhr, { timeout, status: status ?? 0, getResponseHeader });
    return { xhr, elt: {}, requestConfig: { verb: method.toLowerCase(), elt: SOURCE } };
  },
  "htmx 4": ({ method, timeout, status, headers = {} }) => {
    const request = { method, timeout, signal: { aborted: false } };
    const response = status && { status, headers: new Headers(headers) };
    return { ctx: { sourceElement: SOURCE, request, response } };
  },
};
const STARTS = { "htmx 2": "htmx:beforeSend", "htmx 4": "htmx:before:request" };
const RESPONSES = { "htmx 2": "htmx:beforeOnLoad", "htmx 4": "htmx:before:response" };

beforeEach(() => {
  globalThis.document = new EventTarget();
});

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const heardBy = (listen) => {
  const heard = [];
  listen((...values) => heard.push(values));
  return heard;
};

for (const [build, detailOf] of Object.entries(BUILDS)) {
  test(`${build}: a request has its source, its method and its patience`, () => {
    const heard = heardBy(htmx.onRequestStart);
    tell(STARTS[build], detailOf({ method: "POST", timeout: 10_000 }));
    tell(STARTS[build], detailOf({ method: "GET", timeout: 5000 }));
    const [[post], [get]] = heard;
    assert.equal(post.source, SOURCE);
    assert.deepEqual([post.isPost, get.isPost], [true, false]);
    assert.deepEqual([post.patience, get.patience], [11_000, 6000]);
  });

  test(`${build}: a request keeps its source when a swap has removed it`, () => {
    htmx.onRequestStart(() => {});
    const detail = detailOf({ method: "POST" });
    tell(STARTS[build], detail);
    if (detail.ctx) detail.ctx.sourceElement = { tagName: "OL" };
    else detail.elt = { tagName: "OL" };
    assert.equal(htmx.requestOf({ detail }).source, SOURCE);
  });

  test(`${build}: a request without a time-out is waited for a minute`, () => {
    const { patience } = htmx.requestOf({ detail: detailOf({ method: "GET", timeout: undefined }) });
    assert.equal(patience, 61_000);
  });

  test(`${build}: a request is the same at its start and at its end`, () => {
    const detail = detailOf({ method: "POST" });
    assert.ok(htmx.requestOf({ detail }).key);
    assert.equal(htmx.requestOf({ detail }).key, htmx.requestOf({ detail }).key);
  });

  test(`${build}: an answer is swapped in if it has content, whatever the project has configured`, () => {
    const swapped = (status, shouldSwap) => {
      const detail = { ...detailOf({ method: "GET", status }), shouldSwap, isError: true };
      const event = new CustomEvent("swap", { detail, cancelable: true });
      htmx.swapOnlyContent(event);
      return !event.defaultPrevented && (build === "htmx 4" || detail.shouldSwap);
    };
    assert.deepEqual([swapped(204, true), swapped(200, true)], [false, true]);
    if (build === "htmx 2") assert.equal(swapped(200, false), true);
  });

  test(`${build}: a response can be refused before it is swapped in`, () => {
    htmx.onResponse((event) => event.preventDefault());
    const response = new CustomEvent(RESPONSES[build], { cancelable: true, detail: {} });
    assert.equal(document.dispatchEvent(response), false);
  });

  for (const [what, answer, isGood] of [
    ["the kit's answer is good", { status: 200, headers: { Themis: "1" } }, true],
    ["an answer of nothing is good", { status: 204, headers: { Themis: "1" } }, true],
    ["a page without the kit's header is not", { status: 200 }, false],
    ["a refusal is not", { status: 403, headers: { Themis: "1" } }, false],
    ["an error is not", { status: 500, headers: { Themis: "1" } }, false],
    ["no answer is not", {}, false],
  ]) {
    test(`${build}: ${what}`, () => {
      const detail = detailOf({ method: "GET", ...answer });
      assert.equal(htmx.responseOf({ detail }).isGood, isGood);
    });
  }

  test(`${build}: a header is read by its name, and is nothing where it is missing`, () => {
    const detail = detailOf({ method: "GET", status: 503, headers: { "Retry-After": "90" } });
    const { header } = htmx.responseOf({ detail });
    assert.equal(header("Retry-After"), "90");
    assert.equal(header("Themis-Token") ?? null, null);
  });
}

for (const [end, wasReplaced] of Object.entries({
  load: false,
  error: false,
  timeout: false,
  abort: true,
})) {
  test(`htmx 2: a request ends by ${end}, whether its source is still there or not`, () => {
    const heard = heardBy(htmx.onRequestEnd);
    const detail = BUILDS["htmx 2"]({ method: "GET" });
    tell("htmx:beforeSend", detail);
    detail.xhr.dispatchEvent(new Event(end));
    assert.deepEqual(heard.map(([, replaced]) => replaced), [wasReplaced]);
    assert.equal(heard[0][0].detail.xhr, detail.xhr);
  });
}

test("htmx 4: a request that is aborted before its time-out was replaced", () => {
  const request = { signal: { aborted: true }, timeout: 10_000 };
  assert.ok(htmx.wasReplaced({ themisStartedAt: 0, request }, 3000));
  assert.ok(!htmx.wasReplaced({ themisStartedAt: 0, request }, 10_001));
  // htmx's timer may fire a little early by this clock.
  assert.ok(!htmx.wasReplaced({ themisStartedAt: 0, request }, 9990));
  request.signal.aborted = false;
  assert.ok(!htmx.wasReplaced({ themisStartedAt: 0, request }, 3000));
});

test("htmx 4: the end of a request says whether it was replaced", () => {
  const heard = heardBy(htmx.onRequestEnd);
  htmx.onRequestStart(() => {});
  const detail = BUILDS["htmx 4"]({ method: "GET", timeout: 10_000 });
  tell("htmx:before:request", detail);
  detail.ctx.request.signal.aborted = true;
  tell("htmx:finally:request", detail);
  assert.deepEqual(heard.map(([, replaced]) => replaced), [true]);
});

for (const name of ["htmx:load", "htmx:afterSwap", "htmx:after:swap", "htmx:after:process"]) {
  test(`new content is heard of by ${name}`, () => {
    const heard = heardBy(htmx.onContent);
    tell(name);
    assert.equal(heard.length, 1);
  });
}
