"""The poll: its token, and what has arrived since."""
