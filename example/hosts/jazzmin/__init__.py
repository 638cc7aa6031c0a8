"""The kit in Jazzmin."""
