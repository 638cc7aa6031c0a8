"""Functions for ``--map``."""


def shout(row, fields):
    return fields | {"title": fields["title"].upper(), "level": "warning"}


def leave_out_likes(row, fields):
    return None if row.verb == "liked" else fields


def by_data(row, fields):
    return {"title": row.data["title"], "image": row.data["face"], "source_app": "people"}


def knows_the_people(row, fields):
    return {"title": f"{row.actor.username} to {row.recipient.username}: {row.target.title}"}


def raises(row, fields):
    raise KeyError("colour")


def returns_a_text(row, fields):
    return "Hello"


def names_no_argument(row, fields):
    return fields | {"colour": "red"}


NOT_A_FUNCTION = "Hello"


def groups(row, fields):
    return fields | {"source_app": "x", "source_model": "y", "source_id": 1, "deduplicate": True}


def leaves_out_what_has_no_words(row, fields):
    return fields or None
