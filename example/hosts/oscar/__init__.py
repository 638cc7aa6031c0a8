"""The kit in django-oscar."""
