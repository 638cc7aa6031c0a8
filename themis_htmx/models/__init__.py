"""The models: notifications, profiles, muted sources, and finished chunks of fan-outs."""

from themis_htmx.models.fan_out import FanOutChunk
from themis_htmx.models.muted_source import MutedSource
from themis_htmx.models.notification import UserNotification
from themis_htmx.models.profile import UserProfile

__all__ = ["FanOutChunk", "MutedSource", "UserNotification", "UserProfile"]
