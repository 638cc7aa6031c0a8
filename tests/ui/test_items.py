"""One notification in a list: its escaping, its link, its buttons and its level."""

import pytest
from django.contrib.auth.models import User
from django.utils.safestring import SafeString

from tests.helpers.browsers import address, browser, shown_by
from tests.helpers.markup import parse
from themis_htmx.models import UserNotification

HTML = '<u onclick="x">&amp;</u>'
WHERE = pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items", "read"])


def item(response):
    return parse(response).one("li", data_themis_item=True)


@WHERE
@pytest.mark.parametrize("kind", [str, SafeString])
def test_item_escapes_title_message_and_source(notify, where, kind):
    one = notify(kind(HTML), message=kind(HTML), source_app=kind(HTML), source_model="b")

    shown = item(shown_by(where, one))

    assert not shown.all("u")
    assert shown.one("p", class_="themis-item__title").text == HTML
    assert shown.one("p", class_="themis-item__message").text == HTML
    assert HTML.capitalize() in shown.one("p", class_="themis-item__meta").text
    for name in ("toggle", "dismiss", "more"):
        assert HTML in shown.one(id=f"{shown['id']}-{name}")["aria-label"]
    assert shown.one("button", formaction=address("mute")).text == f"Mute {HTML.capitalize()}"


@WHERE
@pytest.mark.parametrize(
    ("title_many", "said"), [("", "and 2 more"), ("Ben and %(others)d others", "")]
)
def test_row_says_how_many_more_its_group_has_unless_the_title_does(
    notify, where, title_many, said
):
    group = {"source_app": "tasks", "source_model": "Task", "source_id": "42", "group": True}
    for _time in range(3):
        one = notify("Ben", title_many=title_many, **group)

    shown = item(shown_by(where, one))

    assert [words.text for words in shown.all("span", class_="themis-item__others")] == (
        [said] if said else []
    )
    title = "Ben and 2 others" if title_many else "Ben"
    assert shown.one("p", class_="themis-item__title").text == title


@WHERE
def test_lines_of_a_message_stay_lines_where_a_middleware_minifies_the_page(notify, where):
    one = notify(message="First\nsecond <u>\n\nfourth")

    minified = " ".join(shown_by(where, one).content.decode().split())

    assert "<bdi>First<br>second &lt;u&gt;<br><br>fourth</bdi>" in minified


@WHERE
def test_item_escapes_the_configured_name_of_its_source(notify, settings, where):
    settings.THEMIS_SOURCES = {"tasks": HTML}

    response = shown_by(where, notify(source_app="tasks"))

    assert not parse(response).all("u")
    assert HTML in item(response).text


AWKWARD = ["{title}", "{0}", "{{}}", "%(title)s", "themis0title0", "themis0pk0", "{% url %}"]


@pytest.mark.parametrize("where", ["dropdown", "inbox"])
def test_buttons_of_each_item_act_on_its_own_notification(user, notify, where):
    """Buttons are rendered once for similar items and then filled in."""
    made = [notify(title, source_app=title, source_model=title) for title in AWKWARD]
    made += [notify("Read", read_at=made[0].created_at), notify("Alone", source_app="")]

    page = parse(browser(user).get(address(where)))

    for one in made:
        (shown,) = page.all("li", data_themis_item=str(one.pk))
        named = [shown.one(id=f"{shown['id']}-{name}") for name in ("toggle", "dismiss")]
        assert [button["aria-label"].partition(": ")[2] for button in named] == [one.title] * 2
        assert named[1]["formaction"] == address("dismiss", one)
        assert shown.one("form")["action"] == address("unread" if one.read_at else "read", one)
        sources = [field["value"] for field in shown.all("input", name="source_app")]
        assert sources == [one.source_app][: bool(one.source_app)]


@WHERE
@pytest.mark.parametrize(
    "url", ["/tasks/1/", "https://other.example/?a=1&b=2#c", '/"><u>', "/a b", "http://x/'\"<u>"]
)
def test_title_of_an_item_links_to_the_url_of_the_notification(notify, where, url):
    shown = item(shown_by(where, notify(url=url)))

    link = shown.one("a")
    assert link["href"] == url
    assert not {"hx-get", "hx-post", "hx-boost", "target"} & set(link.attrs)
    assert not shown.all("u")


@WHERE
def test_title_of_an_item_without_a_url_is_no_link(notify, where):
    shown = item(shown_by(where, notify("News")))

    assert not shown.all("a")
    assert shown.one("p", class_="themis-item__title").text == "News"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/",
        "/\\evil.example/",
        "\t//evil.example/",
    ],
)
def test_unsafe_url_raises_and_is_not_stored(user, notify, url):
    with pytest.raises(ValueError, match=r"^url: "):
        notify(url=url)

    assert not UserNotification.objects.exists()


@WHERE
def test_level_of_an_item_is_shown_by_more_than_colour(notify, where):
    for level, words in {
        "info": "",
        "success": "",
        "warning": "Warning",
        "danger": "Urgent",
    }.items():
        UserNotification.objects.all().delete()
        shown = item(shown_by(where, notify(level=level)))
        assert f"themis-item--{level}" in shown["class"]
        assert shown.one("use", href=f"#themis-icon-{level}")
        assert [told.text for told in shown.all(class_="themis-item__level")] == [words][
            : len(words)
        ]


def test_buttons_of_an_item_work_without_a_script(user, notify):
    one = notify()
    client = browser(user)
    form = item(client.get(address("inbox"))).one("form")
    read, dismiss = form.all("button", class_="themis-icon-button")

    assert form["action"] == read["hx-post"] == address("read", one)
    assert dismiss["formaction"] == dismiss["hx-post"] == address("dismiss", one)
    client.post(form["action"], form.fields)
    assert item(client.get(address("inbox"))).one("form")["action"] == address("unread", one)


def test_user_name_with_markup_is_escaped_in_the_inbox(notify):
    odd = User.objects.create(username='<u>"')
    notify(to=odd)

    assert not parse(browser(odd).get(address("inbox"))).all("u")


@WHERE
def test_text_of_a_notification_is_never_taken_for_a_template(notify, where):
    code = "{{ notification.pk }}{% now 'Y' %}{# x #}<c-themis.bell />"
    one = notify(code, message=code, source_app=code)

    shown = item(shown_by(where, one))

    assert shown.one("p", class_="themis-item__title").text == code
    assert shown.one("p", class_="themis-item__message").text == code


@WHERE
def test_level_in_the_table_that_is_none_cannot_leave_its_attribute(notify, where):
    one = notify()
    UserNotification.objects.update(level='"><u x="')

    response = shown_by(where, one)

    assert item(response)
    assert not parse(response).all("u")
