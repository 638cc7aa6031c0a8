"""The poll: its token, the digest in it, and the notifications that have arrived since."""
