// The adapter for htmx 2 and htmx 4: no other module knows that they differ. An event of htmx 2
// carries `xhr` and `requestConfig` in its detail, one of htmx 4 carries `ctx`.

import { on } from "./dom.js";

// htmx 4 gives a request without a time-out of its own this long, in milliseconds.
const LONGEST_TIMEOUT = 60_000;
// The clocks of htmx and of this script do not agree to the millisecond.
const TOLERANCE = 1000;

export const isLoaded = () => Boolean(window.htmx?.process);

/** Have htmx see to an element that it did not swap in itself; nothing if it already has. */
export const processByHtmx = (element) => window.htmx?.process?.(element);

/** Call back when new content is in the page and htmx has seen to it. */
export function onContent(listener) {
  on("htmx:load htmx:after:process htmx:afterSwap htmx:after:swap", listener);
}

/** Call back with each request that is about to be sent. */
export function onRequestStart(listener) {
  on("htmx:beforeSend htmx:before:request", (event) => {
    const { ctx } = event.detail;
    // Where a swap has removed the source, htmx 4 names another element in its place.
    if (ctx) Object.assign(ctx, { themisStartedAt: Date.now(), themisSource: ctx.sourceElement });
    listener(requestOf(event));
  });
}

/** Call back with each request that was answered, before its answer is swapped in. */
export function onResponse(listener) {
  on("htmx:beforeOnLoad htmx:before:response", listener);
}

/** Call back with each answer right before it is swapped in. */
export function onSwap(listener) {
  on("htmx:beforeSwap htmx:before:swap", listener);
}

/** Swap a good answer in, and leave the page as it is after a 204.
 *
 * Otherwise `responseHandling` of htmx 2 and `noSwap` of htmx 4 decide, which a project may have
 * set to swap everything.
 */
export function swapOnlyContent(event) {
  const { ctx, xhr } = event.detail;
  const hasContent = (ctx?.response ?? xhr).status !== 204;
  if (ctx && !hasContent) event.preventDefault();
  if (xhr) Object.assign(event.detail, { shouldSwap: hasContent, isError: false });
}

/** Call back once with each request that came to its end, whether it was answered or not.
 *
 * `wasReplaced` is true where a newer request took its place, as `hx-sync` has it.
 */
export function onRequestEnd(listener) {
  on("htmx:beforeSend", (event) => {
    // htmx 2 tells nothing of a request whose source has left the page, so the request is asked.
    for (const end of ["load", "error", "timeout", "abort"]) {
      event.detail.xhr?.addEventListener(end, () => listener(event, end === "abort"));
    }
  });
  on("htmx:finally:request", (event) => listener(event, wasReplaced(event.detail.ctx)));
}

/** A request that htmx 4 aborted sooner than its time-out was replaced by a newer one. */
export function wasReplaced(ctx, now = Date.now()) {
  const { signal, timeout } = ctx.request;
  return signal.aborted && now - ctx.themisStartedAt < limit(timeout) - TOLERANCE;
}

/** What both builds know of a request; `key` is the same object at its start and at its end. */
export function requestOf({ target, detail }) {
  const { ctx, xhr, requestConfig } = detail;
  return {
    key: ctx ?? xhr,
    // Not detail.elt: where a swap has removed the source, htmx 2 names its parent there.
    source: ctx?.themisSource ?? ctx?.sourceElement ?? requestConfig?.elt,
    target,
    isPost: /post/i.test(ctx?.request.method ?? requestConfig?.verb),
    // After so long the end of the request cannot be missing any more.
    patience: limit(ctx ? ctx.request.timeout : xhr?.timeout) + TOLERANCE,
  };
}

const limit = (timeout) => Number(timeout) || LONGEST_TIMEOUT;

/** The answer to a request. Without the kit's header it is somebody else's page, and not good. */
export function responseOf({ detail }) {
  const { ctx, xhr } = detail;
  const header = (name) => ctx?.response?.headers.get(name) ?? xhr?.getResponseHeader(name);
  const status = (ctx?.response ?? xhr)?.status;
  return { header, isGood: Boolean(header("Themis")) && status < 400 };
}
