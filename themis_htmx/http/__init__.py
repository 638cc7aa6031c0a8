"""HTTP: access to views, the session, addresses and parameters of requests."""
