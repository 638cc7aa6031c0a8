"""What a browser says on its console that is no fault of the page."""

# A newer refresh replaces the one under way (`hx-sync`), and htmx says so on the console. Where
# the server takes its time, any journey that acts twice comes across it.
REPLACED = "^htmx:(afterRequest|sendAbort), |htmx:error: signal is aborted"
