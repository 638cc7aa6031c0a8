"""Delivery: everything behind ``themis_htmx.notifications``."""
