"""The kit in Wagtail."""
