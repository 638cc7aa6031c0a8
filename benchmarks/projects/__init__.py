"""One project for each kit: its URLs, its data, and the request that is measured.

``urlpatterns``      the empty view and the kit
``fill(user, rows)`` write a notification for each of ``rows``, which say: read, or unread
``poll(client)``     the path that the page of this signed-in client asks
``STATUS``           what that answers
"""
