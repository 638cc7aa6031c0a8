"""The import paths of the notification trigger pattern; the app itself is ``themis_htmx``.

Never add this package to ``INSTALLED_APPS``.
"""
