"""The filters of the inbox: in a query string, on a queryset, and as chips."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.ui.filters import Filters


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("", Filters()),
        ("state=unread", Filters(state="unread")),
        ("state=read&level=loud", Filters()),
        ("level=danger&source=tasks", Filters(level="danger", source="tasks")),
        ("source=a%00b", Filters(source="ab")),
        ("source=" + "a" * 101, Filters(source="a" * 100)),
        ("unknown=1", Filters()),
    ],
)
def test_unknown_filter_values_in_a_query_are_ignored(query, filters):
    assert Filters.from_query(QueryDict(query)) == filters


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), ["a", "b", "c", "d"]),
        (Filters(state="unread"), ["a", "b", "d"]),
        (Filters(level="danger"), ["b", "c"]),
        (Filters(source="tasks"), ["a", "b", "c"]),
        (Filters(source="Tasks"), []),
        (Filters(state="unread", level="danger", source="tasks"), ["b"]),
    ],
)
def test_filters_narrow_the_list_down(notify, filters, found):
    notify("a", source_app="tasks")
    notify("b", source_app="tasks", level="danger")
    notify("c", source_app="tasks", level="danger", read_at=timezone.now())
    notify("d", source_app="billing")

    rows = filters.apply(UserNotification.objects.order_by("pk"))

    assert [row.title for row in rows] == found


@pytest.mark.parametrize(
    ("changes", "query"),
    [
        ({}, "?state=unread&source=a+b%26c"),
        ({"state": ""}, "?source=a+b%26c"),
        ({"level": "danger"}, "?state=unread&level=danger&source=a+b%26c"),
        ({"before": 42}, "?state=unread&source=a+b%26c&before=42"),
        ({"before": None}, "?state=unread&source=a+b%26c"),
        ({"state": "", "source": ""}, "?"),
    ],
)
def test_filters_are_written_as_a_query_string_with_changes(changes, query):
    assert Filters(state="unread", source="a b&c").query(**changes) == query


def test_filters_are_read_back_from_their_query_string():
    filters = Filters(state="unread", level="danger", source="größe & co")

    assert Filters.from_query(QueryDict(filters.query()[1:])) == filters


def test_filters_are_given_to_a_form_as_pairs():
    assert Filters(level="danger").pairs(scope="themis-bell") == [
        ("level", "danger"),
        ("scope", "themis-bell"),
    ]


@pytest.mark.parametrize("field", ["state", "level", "source"])
def test_filters_are_true_when_one_is_set(field):
    assert Filters(**{field: "x"})
    assert not Filters()


def test_filter_chip_adds_its_filter_and_an_active_chip_removes_it():
    everything, unread, first, second = Filters(source="tasks").chips(
        [("Billing", "billing"), ("The board", "tasks")]
    )

    assert (everything.label, everything.query, everything.active) == ("All", "?", False)
    assert (unread.label, unread.query) == ("Unread", "?state=unread&source=tasks")
    assert (first.label, first.query, first.active) == ("Billing", "?source=billing", False)
    assert (second.label, second.query, second.active) == ("The board", "?", True)
    assert len({chip.id for chip in (everything, unread, first, second)}) == 4


def test_all_chip_is_active_without_a_filter():
    assert [chip.active for chip in Filters().chips([])] == [True, False]
    assert [chip.active for chip in Filters(state="unread").chips([])] == [False, True]


def test_each_level_has_a_filter_chip():
    chips = Filters(level="danger").level_chips()

    assert [chip.label for chip in chips] == ["Info", "Success", "Warning", "Urgent"]
    assert [chip.active for chip in chips] == [False, False, False, True]
    assert [chip.query for chip in chips][-2:] == ["?level=warning", "?"]
