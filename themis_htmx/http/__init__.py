"""HTTP: access, the session, addresses and parameters of requests."""
