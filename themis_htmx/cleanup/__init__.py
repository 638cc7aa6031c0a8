"""Cleanup: deleting notifications that nobody needs any more."""

from themis_htmx.cleanup.run import cleanup

__all__ = ["cleanup"]
