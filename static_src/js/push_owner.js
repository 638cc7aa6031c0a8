// Whose messages this browser may show, kept where both the pages and the worker find it.

const CACHE = "themis-push";

/** Return the name of the owner, and words for a message to anybody else; empty if there is none. */
export async function readOwner(scope) {
  const found = await (await caches.open(CACHE)).match(scope);
  return found ? found.json() : {};
}

/** Keep the owner, or nobody: then a message that is still on its way shows nothing private. */
export async function keepOwner(scope, { owner = "", words = "" } = {}) {
  const cache = await caches.open(CACHE);
  await cache.put(scope, new Response(JSON.stringify({ owner, words })));
}
