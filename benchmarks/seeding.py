"""Two people: one with few notifications, one with very many."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

# How many notifications, and every how manieth of them is unread: 10 and 50,000.
PEOPLE = {"light": (500, 50), "heavy": (100_000, 2)}


def seed(project: Any) -> dict[str, Any]:
    """Make both with the project's ``fill``, and let the database look at what it has got."""
    people = {}
    for name, (total, each) in PEOPLE.items():
        with transaction.atomic():
            people[name] = get_user_model().objects.create_user(name)
            project.fill(people[name], [bool(number % each) for number in range(total)])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return people
