"""The kit in four kinds of pages, and each of its components in each of its states."""
