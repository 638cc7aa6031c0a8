"""A person's browser as a server meets it: cookies, forms and polls, without a script."""

import re
from http.client import HTTPConnection
from urllib.parse import urlencode


class Visitor:
    """Signed in; each request is a connection of its own."""

    def __init__(self, port, session):
        self.port, self.cookies = port, {"sessionid": session}

    def ask(self, method, path, *, patience=10, **fields):
        query = urlencode(fields)
        server = HTTPConnection("127.0.0.1", self.port, timeout=patience)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        try:
            if method == "POST":
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                server.request(method, path, query, headers)
            else:
                server.request(method, f"{path}?{query}", headers=headers)
            response = server.getresponse()
            response.text = response.read().decode()
        finally:
            server.close()
        for name, value in re.findall(r"(csrftoken)=(\w+)", str(response.msg)):
            self.cookies[name] = value
        return response

    def token(self):
        return re.search(r'name="token"\s+value="([^"]+)"', self.ask("GET", "/page/").text)[1]
