"""Firefox by WebDriver BiDi, and WebKit by Selenium, behind the same few methods.

Both understand the same list of actions of pointers and keys, which the W3C wrote down. So a page
(page.py) does everything with these methods and one function of its own in the browser.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from e2e.browsers.waiting import wait_until

NEEDS = {
    "firefox": "Firefox is not here: on Debian, apt-get install firefox-esr.",
    "webkit": "WebKit is not here: on Debian, apt-get install webkit2gtk-driver xvfb.",
}
# A window of this size has room for the whole header of the example.
SIZE = (1280, 900)


def find_firefox():
    """Return the path of Firefox, or None."""
    return next(filter(None, map(shutil.which, ["firefox-esr", "firefox"])), None)


def find_webkit():
    """Return the paths of WebKit's driver and of its small browser, or None."""
    driver = shutil.which("WebKitWebDriver")
    browsers = [*Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")]
    has_screen = "DISPLAY" in os.environ or shutil.which("Xvfb")
    return (driver, str(browsers[0])) if driver and browsers and has_screen else None


class Firefox:
    """One Firefox, driven over a socket. Each journey has a container of cookies of its own."""

    # A headless Firefox has neither a mouse nor a touch screen unless it is told of one: 1 is a
    # coarse pointer, 2 a fine one, and 4 one that hovers.
    MOUSE, TOUCH = 6, 1

    def __init__(self, *, javascript=True, touch=False):
        import websocket

        self._profile = tempfile.TemporaryDirectory()
        self._write_preferences(javascript, self.TOUCH if touch else self.MOUSE)
        command = [find_firefox(), "-headless", "-no-remote", "-profile", self._profile.name]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen([*command, "--remote-debugging-port", "0"], **quiet)
        self._number = 0
        self._socket = websocket.create_connection(
            self._find_address(), suppress_origin=True, timeout=60
        )
        self._send("session.new", capabilities={})

    def start_journey(self, address):
        """Forget everything of the journey before. Cookies are for ``address`` from here on."""
        self._host = address.partition("//")[2].partition(":")[0]
        self._container = self._send("browser.createUserContext")["userContext"]

    def end_journey(self):
        self._send("browser.removeUserContext", userContext=self._container)

    def open_window(self):
        answer = self._send("browsingContext.create", type="window", userContext=self._container)
        self.resize(answer["context"], *SIZE)
        return answer["context"]

    def resize(self, window, width, height):
        size = {"width": width, "height": height}
        self._send("browsingContext.setViewport", context=window, viewport=size)

    def go_to(self, window, url):
        self._send("browsingContext.navigate", context=window, url=url, wait="complete")

    def go_back(self, window):
        self._send("browsingContext.traverseHistory", context=window, delta=-1)

    def go_forward(self, window):
        self._send("browsingContext.traverseHistory", context=window, delta=1)

    def run(self, window, function, *arguments):
        """Call a function of JavaScript with values of JSON, and return what it returns."""
        call = f"JSON.stringify(({function})(...{json.dumps(arguments)}) ?? null)"
        answer = self._send(
            "script.evaluate", expression=call, target={"context": window}, awaitPromise=False
        )
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def act(self, window, actions):
        self._send("input.performActions", context=window, actions=actions)

    def set_cookie(self, name, value):
        content = {"type": "string", "value": value}
        self._send(
            "storage.setCookie",
            cookie={"name": name, "value": content, "domain": self._host},
            partition=self._partition,
        )

    def clear_cookies(self):
        self._send("storage.deleteCookies", partition=self._partition)

    def take_picture(self, window):
        return base64.b64decode(
            self._send("browsingContext.captureScreenshot", context=window)["data"]
        )

    def quit(self):
        self._socket.close()
        self._process.kill()
        self._process.wait()
        self._profile.cleanup()

    @property
    def _partition(self):
        return {"type": "storageKey", "userContext": self._container}

    def _write_preferences(self, javascript, pointer):
        preferences = {
            "javascript.enabled": javascript,
            "ui.primaryPointerCapabilities": pointer,
            "ui.allPointerCapabilities": pointer,
            # It asks no other host for news, experiments or updates.
            "app.normandy.enabled": False,
            "app.update.disabledForTesting": True,
            "browser.newtabpage.enabled": False,
            "browser.shell.checkDefaultBrowser": False,
            "datareporting.policy.dataSubmissionEnabled": False,
            "network.captive-portal-service.enabled": False,
            "network.connectivity-service.enabled": False,
            "services.settings.server": "data:,",
            "toolkit.telemetry.server": "data:,",
        }
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(each)});"
            for name, each in preferences.items()
        ]
        Path(self._profile.name, "user.js").write_text("\n".join(lines))

    def _find_address(self):
        # Firefox writes it down as soon as it listens.
        path = Path(self._profile.name, "WebDriverBiDiServer.json")
        wait_until(lambda: path.exists() and path.read_text(), seconds=60)
        written = json.loads(path.read_text())
        return f"ws://{written['ws_host']}:{written['ws_port']}/session"

    def _send(self, method, **parameters):
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(command))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._number:
                break
        if answer["type"] == "error":
            raise AssertionError(f"{method}: {answer['message']}")
        return answer["result"]


class WebKit:
    """One WebKit on a screen that nobody sees. Each journey has windows of its own."""

    def __init__(self, *, javascript=True):
        from selenium import webdriver

        driver, browser = find_webkit()
        options = webdriver.WebKitGTKOptions()
        options.binary_location = browser
        options.add_argument("--automation")
        if not javascript:
            options.add_argument("--enable-javascript=false")
        self._screen = None if "DISPLAY" in os.environ else Screen()
        environment = os.environ | (self._screen.environment if self._screen else {})
        service = webdriver.webkitgtk.service.Service(driver, env=environment)
        self._driver = webdriver.WebKitGTK(options=options, service=service)
        self._first = self._here = self._driver.current_window_handle

    def start_journey(self, address):
        # Its driver sees the cookies and the storage of the page that is shown.
        self.go_to(self._first, f"{address}/complaints.js")
        self.run(self._first, "() => { localStorage.clear(); sessionStorage.clear(); }")
        self.clear_cookies()

    def end_journey(self):
        for window in self._driver.window_handles:
            if window != self._first:
                self._enter(window)
                self._driver.close()

    def open_window(self):
        # A tab that is not in front would be hidden, and would not poll.
        self._driver.switch_to.new_window("window")
        self._here = self._driver.current_window_handle
        self.resize(self._here, *SIZE)
        return self._here

    def resize(self, window, width, height):
        self._enter(window)
        self._driver.set_window_size(width, height)

    def go_to(self, window, url):
        self._enter(window)
        self._driver.get(url)

    def go_back(self, window):
        self._enter(window)
        self._driver.back()

    def go_forward(self, window):
        self._enter(window)
        self._driver.forward()

    def run(self, window, function, *arguments):
        self._enter(window)
        call = f"return JSON.stringify(({function})(...arguments) ?? null)"
        return json.loads(self._driver.execute_script(call, *arguments))

    def act(self, window, actions):
        self._enter(window)
        self._driver.execute("actions", {"actions": actions})

    def set_cookie(self, name, value):
        self._driver.add_cookie({"name": name, "value": value, "path": "/"})

    def clear_cookies(self):
        self._driver.delete_all_cookies()

    def take_picture(self, window):
        self._enter(window)
        return self._driver.get_screenshot_as_png()

    def quit(self):
        self._driver.quit()
        if self._screen:
            self._screen.close()

    def _enter(self, window):
        if window != self._here:
            self._driver.switch_to.window(window)
            self._here = window


class Screen:
    """A screen in memory, for a browser that has no headless mode."""

    def __init__(self):
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1400x24"]
        self._process = subprocess.Popen(
            [*command, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.environment = {"DISPLAY": f":{answer.readline().strip()}"}

    def close(self):
        self._process.terminate()
        self._process.wait()
