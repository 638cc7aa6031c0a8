"""The templates of a notification: their context, and how a project replaces them."""

import pytest
from django.db.models import Model

from tests.helpers.browsers import shown_by
from tests.helpers.markup import parse
from themis_htmx.models import UserNotification

ITEM, DEFAULT = "cotton/themis/item.html", "themis/items/default.html"
WHERE = pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items", "read"])


@pytest.fixture
def override(settings, tmp_path):
    """Put templates of the project's before those of the kit."""

    def override(name, source):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        engine = settings.TEMPLATES[0]
        settings.TEMPLATES = [engine | {"DIRS": [tmp_path, *engine["DIRS"]]}]

    return override


def item(response):
    return parse(response).one("li", data_themis_item=True)


@WHERE
def test_item_template_gets_the_notification_and_no_other_object(notify, where):
    one = notify("News", source_app="tasks")

    response = shown_by(where, one)
    contexts = [
        context.flatten()
        for template, context in zip(response.templates, response.context, strict=True)
        if template.name in (ITEM, DEFAULT)
    ]
    assert len(contexts) == 2
    for context in contexts:
        objects = {name for name, value in context.items() if isinstance(value, Model)}
        assert objects == {"notification"}
        assert not {"request", "user", "perms", "shown", "list", "panel", "profile"} & set(context)


@WHERE
@pytest.mark.parametrize("isolated", [True, False])
def test_a_project_can_render_items_its_own_way(notify, override, settings, where, isolated):
    settings.COTTON_ISOLATE_BY_DEFAULT = isolated
    override(ITEM, "<li data-own>{{ notification.title }}|{{ request }}{{ user }}{{ shown }}|</li>")

    own = parse(shown_by(where, notify("<u>News"))).one(data_own=True)

    assert own.text == "<u>News||"


@WHERE
def test_a_project_can_render_one_source_its_own_way(notify, override, where):
    extends = '{% extends "themis/items/default.html" %}{% block title %}'
    override("themis/items/tasks_task.html", extends + "<i>{{ block.super }}</i>{% endblock %}")

    shown = item(
        shown_by(where, notify("News", source_app="tasks", source_model="task", url="/x/"))
    )
    assert shown.one("i").one("a").text == "News"

    UserNotification.objects.all().delete()
    shown = item(shown_by(where, notify("News", source_app="tasks", source_model="tasks")))
    assert not shown.all("i")


@WHERE
@pytest.mark.parametrize(
    ("app", "model"),
    [
        ("../secret", "x"),
        ("..", "/../secret_x"),
        ("a/b", "x"),
        ("a.b", "x"),
        ("/etc/passwd", ""),
        ("", ""),
        ("{{ x }}", "{% x %}"),
        ("..\\secret", "x"),
        pytest.param("中" * 100, "中" * 100, id="longest"),
        pytest.param("a" * 100, "a" * 100, id="longest in ASCII"),
    ],
)
def test_odd_source_name_reaches_no_other_template(notify, override, where, app, model):
    for name in ("themis/secret_x.html", "themis/items/a/b_x.html", "themis/items/a.b_x.html"):
        override(name, "leaked")

    response = shown_by(where, notify("News", source_app=app, source_model=model))

    assert response.status_code == 200
    assert item(response).one("p", class_="themis-item__title").text == "News"
    assert "leaked" not in response.content.decode()
