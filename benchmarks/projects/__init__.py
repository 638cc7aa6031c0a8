"""One project for each kit: its URLs, its data, and what is measured.

``urlpatterns``         the empty view, the plain list and the kit
``MODELS``              its tables, in the order in which rows can be deleted; the last one counts

For the poll:

``fill(user, rows)``    write a notification for each of ``rows``, which say: read, or unread
``poll(client)``        the path that the page of this signed-in client asks
``STATUS``              what that answers

For the inbox, where what a kit does not have is left out:

``choose(user_ids)``    store preferences that change nothing
``write(rows)``         write ``benchmarks.rows.Row`` as the kit would
``send(user, number)``  tell one user; ``once`` does it with deduplication
``fan_out(users, number)``  tell all of a queryset
``pages(user, deep)``   page 1, and two pages asked for alike: path, what each item has, its number
``unread(user)``        the queryset of what ``mark(user)`` reads; ``marking(user)`` is its SQL
``clean()``             delete the old; ``cleaning(select)`` is its SQL, ``PUTTING_BACK`` undoes it
"""
