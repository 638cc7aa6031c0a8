"""The models: notifications, profiles, source preferences, and finished chunks of fan-outs."""

from themis_htmx.models.fan_out import FanOutChunk
from themis_htmx.models.notification import UserNotification
from themis_htmx.models.profile import UserProfile
from themis_htmx.models.source_preference import SourcePreference

__all__ = ["FanOutChunk", "SourcePreference", "UserNotification", "UserProfile"]
