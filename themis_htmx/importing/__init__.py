"""The app of the way over: it imports the notifications of another kit, and takes them out again.

A project installs it for the time of the move. Nothing here runs in one that has not.
"""
