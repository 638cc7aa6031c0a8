"""What everything is compared with: a table of notifications and a list of them, and no more."""
