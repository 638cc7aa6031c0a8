"""Live updates: open pages are told that their bell has changed, and poll at once.

Nothing here imports a model: changes are published by the models, and streamed by a process of its
own that has neither apps nor a database.
"""
