"""The address that ends the e-mails: signed, so that it works for whoever is signed out."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse

from themis_htmx.databases import write_alias
from themis_htmx.users import all_users, user_key_name

# What the address is about. Another kind may come, and one address must not do for the other.
KIND = "mail"


def unsubscribe_path(key: Any) -> str:
    """Return the path at which the user of that primary key ends the e-mails. It never expires."""
    token = _signer().sign_object([KIND, str(key)])
    return reverse("themis:mail_unsubscribe", args=[token])


def user_of_token(token: str) -> Any:
    """Return the user whom a token names; ``None`` if it is forged, or the user is gone."""
    try:
        kind, key = _signer().unsign_object(token)
        users = all_users(write_alias()).filter(**{user_key_name(): key})
    except (signing.BadSignature, ValueError, TypeError, ValidationError):
        return None
    return users.first() if kind == KIND else None


def _signer() -> signing.Signer:
    return signing.Signer(salt="themis.mail.unsubscribe")
