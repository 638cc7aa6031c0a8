"""A notification bell for Django: bell, dropdown, inbox and preferences over htmx.

Add ``themis_htmx`` to ``INSTALLED_APPS``, include ``themis_htmx.urls``, put ``{% themis_bell %}``
into a template, and call :func:`themis_htmx.notifications.notify_user` from anywhere.
"""

__version__ = "1.0.0"
