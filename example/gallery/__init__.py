"""The kit in pages of many kinds, and each of its components in each of its states."""
