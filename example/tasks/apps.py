"""The task board, as Django sees it."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """The task board."""

    name = "example.tasks"

    def ready(self) -> None:
        """Connect the receivers."""
        from example.tasks import signals  # noqa: F401
