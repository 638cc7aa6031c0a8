"""A browser's end of Web Push: its push service is a stub, and messages come by its debugger."""

from playwright.sync_api import expect

from e2e.screen import wait_until

jobs = []


def keep(job, keys):
    """Be an executor that does nothing with a job."""
    jobs.append((job, list(keys)))


# Chromium has no push service here. The stub keeps its subscription over reloads, as browsers do.
# The public key of a browser, and its secret.
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
KEYS = f'{{ p256dh: "{P256DH}", auth: "{AUTH}" }}'

STUB = """
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")),
    (character) => character.charCodeAt(0)).buffer;
  const made = (kept) => ({
    endpoint: kept.endpoint,
    options: { applicationServerKey: kept.key && new Uint8Array(kept.key).buffer },
    toJSON: () => ({ endpoint: kept.endpoint, keys: KEYS }),
    unsubscribe: async () => { delete localStorage.stub; return true; },
  });
  PushManager.prototype.getSubscription = async () =>
    localStorage.stub ? made(JSON.parse(localStorage.stub)) : null;
  PushManager.prototype.subscribe = async (options) => {
    window.subscribed = (window.subscribed ?? 0) + 1;
    if (window.pushHangs) return new Promise(() => {});
    if (window.pushFails) throw new DOMException("no service", "AbortError");
    const number = 1 + Number(localStorage.stubs ?? 0);
    localStorage.stubs = number;
    const key = [...new Uint8Array(options.applicationServerKey)];
    const endpoint = "https://fcm.googleapis.com/fcm/send/" + number;
    localStorage.stub = JSON.stringify({ endpoint, key });
    return made({ endpoint, key });
  };
})();
""".replace("KEYS", KEYS)


# Chromium forgets a popup of which it is asked between noting it down and showing it.
COUNT_SHOWN = """() => {
  if (self.shown === undefined) {
    self.shown = 0;
    const show = self.registration.showNotification.bind(self.registration);
    self.registration.showNotification = async (...popup) => {
      await show(...popup);
      self.lastTitle = popup[0];
      self.shown += 1;
    };
  }
  return self.shown;
}"""


class Debugger:
    """A session of the browser's debugger, by which messages are delivered to its worker."""

    def __init__(self, page):
        self.page, self.found = page, {}
        self.session = page.context.new_cdp_session(page)
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self.session.send("ServiceWorker.enable")

    def _note(self, event):
        for each in event["registrations"]:
            self.found[each["scopeURL"]] = each["registrationId"]

    def deliver(self, origin, text):
        """Deliver a message to the worker of the kit, and wait until it has shown its popup."""
        worker = worker_of(self.page.context)
        before = worker.evaluate(COUNT_SHOWN)
        for _ in range(200):
            scopes = [scope for scope in self.found if scope.endswith("/notifications/worker/")]
            if scopes:
                break
            self.page.wait_for_timeout(20)
        self.session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": self.found[scopes[0]], "data": text},
        )
        wait_until(self.page, lambda: worker.evaluate(COUNT_SHOWN) > before)


def worker_of(context):
    """Return the worker of the kit, in which a test can look."""
    if not context.service_workers:
        context.wait_for_event("serviceworker")
    return context.service_workers[0]


def popups(context):
    """Return what the worker's popups say, by their tags."""
    return worker_of(context).evaluate(
        "async () => (await self.registration.getNotifications())"
        ".map(({ title, body, data }) => ({ title, body, url: data.url }))"
    )


def titles(context):
    return [popup["title"] for popup in popups(context)]


def wait_for_titles(page, expected):
    """Wait until the worker's popups have these titles."""
    for _ in range(200):
        if titles(page.context) == expected:
            return
        page.wait_for_timeout(25)
    found = titles(page.context)
    assert found == expected, f"{found} instead of {expected}"


def last_title(page):
    """Return the title of the popup that the worker has shown last.

    Chromium's own list may lose a popup that was shown just after others had been closed.
    """
    return worker_of(page.context).evaluate("self.lastTitle")


def section(page):
    return page.locator("[data-themis-push-section]")


def expect_state(page, words):
    expect(page.locator("[data-themis-push-state]")).to_have_text(words)
