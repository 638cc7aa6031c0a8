"""The pattern's path to the write side."""

from themis_htmx.notifications import anotify_user, anotify_users, notify_user, notify_users

__all__ = ["anotify_user", "anotify_users", "notify_user", "notify_users"]
