"""The board, as a project of today would declare it."""

from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "tests.board"
    default_auto_field = "django.db.models.BigAutoField"
