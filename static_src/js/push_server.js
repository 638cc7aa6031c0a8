// The requests of Web Push to the site, from a page or from the worker.

/** Return who is signed in, and what it takes to send something. */
export async function readState(address) {
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** Send a form about a subscription to one of the addresses of the state. */
export async function post(state, name, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(state[name], {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": state.csrf },
    body: new URLSearchParams({ endpoint, ...keys }),
  });
  if (!answer.ok) throw new Error(`${state[name]}: ${answer.status} ${await answer.text()}`);
}
