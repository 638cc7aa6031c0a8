"""Says plainly when the database named by THEMIS_TEST_DATABASE does not answer."""

import os
import sys
from pathlib import Path

import django
from django.db import DatabaseError, connection

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main() -> int:
    """Connect once; a hundred failing tests would say the same at greater length."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    chosen = os.environ.get("THEMIS_TEST_DATABASE", "sqlite")
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        print(f"No {chosen} answers, so it cannot be tested on: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
