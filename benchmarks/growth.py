"""``python -m benchmarks.growth``: what a row takes on PostgreSQL once rows come and go."""

import os
from importlib import import_module

import django

# A project in which nothing goes with a notification, as in most.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    "BENCH_KIT": "themis",
    "BENCH_DATABASE": "postgres",
    "BENCH_NAME": "growth",
    "BENCH_FOLDER": "",
}


def main() -> None:
    """Let the days pass on a database of their own, which is removed afterwards."""
    os.environ.update(ENVIRONMENT)
    django.setup()
    creation = django.db.connection.creation
    name = creation.connection.settings_dict["NAME"]
    creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        # Its models can be imported from here on.
        import_module("benchmarks.days").live()
    finally:
        creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
