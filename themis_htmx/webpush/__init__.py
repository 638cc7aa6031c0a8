"""Web Push: notifications on the desktop and the phone while no page of the site is open.

An app of its own. Add ``themis_htmx.webpush`` to ``INSTALLED_APPS`` and set ``THEMIS_WEBPUSH``.
"""
