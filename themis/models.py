"""The pattern's path to the models."""

from themis_htmx.models import UserNotification, UserProfile

__all__ = ["UserNotification", "UserProfile"]
