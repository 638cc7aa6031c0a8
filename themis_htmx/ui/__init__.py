"""The user interface: the context of each component."""
