"""The kit in Grappelli."""
