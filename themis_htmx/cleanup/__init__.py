"""Cleanup: the deletion of expired, old dismissed and old read notifications."""

from themis_htmx.cleanup.run import cleanup

__all__ = ["cleanup"]
