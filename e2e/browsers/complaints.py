"""Complaints of a browser, sent to the server by the page itself.

WebKit's driver has no access to the console, so a script of each page listens in its place. It
comes before all others and is loaded from the same host, as the strict policy demands.
"""

from django.http import HttpResponse

SCRIPT = """
const complain = (words) => navigator.sendBeacon("/complaints/", words);
addEventListener("error", (event) => {
  const { message, target } = event;
  complain(message ?? `${target.src ?? target.href} did not load`);
}, true);
addEventListener("unhandledrejection", ({ reason }) => complain(`${reason}`));
document.addEventListener("securitypolicyviolation", (event) => {
  complain(`${event.effectiveDirective} refused ${event.blockedURI}`);
});
for (const level of ["error", "warn"]) {
  const write = console[level];
  console[level] = (...words) => {
    complain(words.join(" "));
    write.apply(console, words);
  };
}
"""

# What was heard since the journey began. A journey puts a list of its own in the place of this one.
heard: list[str] = []


class Middleware:
    """Gives each page the script, and listens to what it sends."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/complaints.js":
            return HttpResponse(f"{{{SCRIPT}}}", content_type="text/javascript")
        if request.path == "/complaints/":
            heard.append(request.body.decode())
            return HttpResponse(status=204)
        response = self.get_response(request)
        if not response.streaming:
            tag = b'<head><script src="/complaints.js"></script>'
            response.content = response.content.replace(b"<head>", tag, 1)
        return response
