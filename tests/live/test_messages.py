"""The messages of a broker: any keys come out as they went in, and none is too long."""

from hypothesis import example, given
from hypothesis import strategies as st

from themis_htmx.live.messages import pack, unpack

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255)


@given(st.lists(TEXT, min_size=1))
@example(["a,b", "%2C", "ä ", "\0"])
def test_any_keys_come_out_as_they_went_in(keys):
    assert [key for message in pack(keys) for key in unpack(message)] == keys


def test_many_keys_become_few_messages_that_postgresql_takes():
    keys = [str(1_000_000 + number) for number in range(5000)]

    messages = list(pack(keys))

    assert [key for message in messages for key in unpack(message)] == keys
    assert all(len(message.encode()) < 8000 for message in messages)
    assert len(messages) == 6


def test_no_keys_become_no_message():
    assert list(pack([])) == []
