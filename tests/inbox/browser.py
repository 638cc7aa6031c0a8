"""A browser in which a user is signed in: it shows the list page with a bell, polls, and presses.

It sends what the components' forms and attributes say, as htmx does, or as a browser does without
JavaScript. It takes nothing from the app but its answers.
"""

import re
from typing import NamedTuple

from django.test import Client

from tests.helpers.markup import parse

INBOX = "/notifications/"
PREFERENCES = "/notifications/preferences/"

_ITEM = re.compile(
    r'<li\s+class="themis-item themis-item--(?P<level>\w+)(?P<states>[^"]*)"\s+id="[^"]*"'
    r'\s+data-themis-item="(?P<pk>\d+)"\s*>(?P<inside>.*?)</li>',
    re.S,
)
_TITLE = re.compile(r'class="themis-item__title">.*?<bdi>(.*?)</bdi>', re.S)
_OTHERS = re.compile(r'class="themis-item__others">\s*and (\d+) more')
_OLDER = re.compile(r'class="themis-button themis-more__button".*?hx-get="([^"]*)"', re.S)
_FIELD = re.compile(r'<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"')
_BADGE = re.compile(r'class="themis-badge" aria-hidden="true"><bdi dir="ltr">([^<]*)<')
_ATTRIBUTE = re.compile(r'data-themis-(digest|new-text|alert-title)="([^"]*)"')


class Item(NamedTuple):
    """An item of a list, as its user sees it."""

    pk: int
    title: str
    level: str
    # Of "unread", "back" and "snoozed".
    states: frozenset
    # The number in "and 2 more".
    others: int


class Badge(NamedTuple):
    """The badge, with what the script reads from it."""

    label: str
    digest: tuple
    new_text: str
    alert: str | None


class Notice(NamedTuple):
    """The form by which an action is undone."""

    address: str
    fields: dict


class Browser:
    """A browser of one user, with the list page open."""

    def __init__(self, user, *, has_script):
        self.user, self.has_script = user, has_script
        self.client = Client()
        self.client.force_login(user)
        self.next_change = None
        self.look()

    # What it shows

    def look(self, **filters):
        """Open the list page."""
        answer = self.client.get(INBOX, filters)
        assert answer.status_code == 200
        self.html = answer.content.decode()
        self.page = parse(self.html)
        self._take_badge(self.html)

    def poll(self):
        """Ask for news with what the page has; return the status."""
        # False if the user did not want alerts when the badge was rendered.
        self.had_since = any(name == "since" for name, _value in self._badge_fields)
        answer = self.client.get(f"{INBOX}bell/", [*self._badge_fields, *self._shown])
        assert answer.status_code in (200, 204)
        self.next_change = answer.headers.get("Themis-Next-Change")
        if answer.status_code == 200:
            self._take_badge(answer.content.decode())
        else:
            assert answer.content == b""
            if token := answer.headers.get("Themis-Token"):
                self._badge_fields = [
                    (name, token if name == "token" else value)
                    for name, value in self._badge_fields
                ]
        return answer.status_code

    def items(self, html=None):
        """Return the items of the page, or of some HTML."""
        return [_read(found) for found in _ITEM.finditer(html or self.html)]

    def items_unfolded(self, pages=None, **filters):
        """Return the items of a list that is read now, with those of so many pages, or of all."""
        html = self.client.get(f"{INBOX}items/", filters).content.decode()
        found, read = self.items(html), 1
        while read != pages and (older := _OLDER.search(html)):
            html = self.client.get(older[1].replace("&amp;", "&")).content.decode()
            found, read = found + self.items(html), read + 1
        return found

    def items_of_panel(self):
        """Return the items of a panel that is opened now."""
        return self.items(self.client.get(f"{INBOX}dropdown/").content.decode())

    # What is pressed

    def press(self, pk, name):
        """Press a button of an item that the page shows, named by its class."""
        [button] = self._item(pk).all("button", class_=f"themis-{name}")
        return self.post(
            button.attrs.get("formaction") or self._form(pk)["action"], self._fields(pk)
        )

    def reminder(self, pk, choice):
        """Return address and fields of a choice of "Remind me later", ``None`` if not offered."""
        for button in self._item(pk).all("button", class_="themis-item__remind"):
            if f"?until={choice}-" in button["formaction"]:
                return button["formaction"], self._fields(pk)
        return None, None

    def source_to_mute(self, pk):
        """Return the source that an item's menu offers to mute, ``None`` if it offers none."""
        return self._fields(pk).get("source_app")

    def press_read_all(self):
        """Press "Mark all read"."""
        form = self.page.one("form", class_="themis-read-all")
        return self.post(form["action"], fields_of(form))

    def first_with_action(self):
        """Return the id of the first item that has an action, ``None`` if none has."""
        has_action = [each for each in self.page.all("li") if each.all(data_themis_action=True)]
        return int(has_action[0]["data-themis-item"]) if has_action else None

    def press_action(self, pk):
        """Press an item's action: post to the project, and then to the kit, as the script does."""
        form = self._item(pk).one("form", class_="themis-actions__form")
        assert self.client.post(form["action"], fields_of(form)).status_code == 204
        return self.press(pk, "item__toggle")[0]

    def save_preferences(self, **choices):
        """Fill the form of the preferences in, and save it."""
        form = parse(self.client.get(PREFERENCES)).one("form", id="themis-preferences")
        return self.post(form["action"], {"next": form.fields["next"], **choices})[0]

    def switch(self, source_app, channel):
        """Press a switch of the table of sources, if the table has it and it can be pressed."""
        page = parse(self.client.get(PREFERENCES))
        for row in page.all("tr", class_="themis-source"):
            form = row.one("form")
            if form.fields["source_app"] == source_app:
                [switch] = [
                    each for each in row.all("button") if f"?{channel}=" in each["formaction"]
                ]
                if "disabled" in switch.attrs:
                    return None
                status, _notice = self.post(switch["formaction"], form.fields)
                assert status == 200
                return switch["aria-checked"] == "false"
        return None

    def post(self, address, fields):
        """Send a form; return the status, 200 after a redirect, and the notice of the answer."""
        headers = {"HX-Request": "true"} if self.has_script else {}
        answer = self.client.post(address, fields, headers=headers)
        if answer.status_code == 302:
            answer = self.client.get(answer["Location"])
        notices = parse(answer).all("form", class_="themis-notice") if answer.content else []
        can_undo = notices and notices[0].all("button", class_="themis-notice__undo")
        notice = Notice(notices[0]["action"], notices[0].fields) if can_undo else None
        return answer.status_code, notice

    def sign_in_again(self):
        """Sign out, and in again: the session is another one."""
        self.client.logout()
        self.client.force_login(self.user)
        self.look()

    # Its memory

    def _take_badge(self, html):
        """Take the badge from a page, or from the answer to a poll."""
        said = dict(_ATTRIBUTE.findall(html))
        label = _BADGE.search(html)
        digest = tuple(map(int, said["digest"].split("-")))
        self.badge = Badge(
            label[1] if label else "", digest, said["new-text"], said.get("alert-title")
        )
        names = {"token", "since", "since_at", "alerts"}
        self._badge_fields = [each for each in _FIELD.findall(html) if each[0] in names]

    def _item(self, pk):
        return self.page.one("li", data_themis_item=str(pk))

    def _form(self, pk):
        return self._item(pk).one("form", class_="themis-item__actions")

    def _fields(self, pk):
        return fields_of(self._form(pk))

    @property
    def _shown(self):
        shown = [self.page.one("input", name=name) for name in ("shown", "shown_at")]
        return [(each["name"], each["value"]) for each in shown]


def fields_of(form):
    """What a form sends: no buttons."""
    return {
        each["name"]: each.attrs.get("value", "")
        for each in form.all(name=True)
        if each.tag != "button"
    }


def _read(found):
    inside = found["inside"]
    others = _OTHERS.search(inside)
    states = {word.removeprefix("themis-item--") for word in found["states"].split()}
    return Item(
        int(found["pk"]),
        _TITLE.search(inside)[1],
        found["level"],
        frozenset(states),
        int(others[1]) if others else 0,
    )
