"""The key pair of a site, by which push services know it (VAPID, RFC 8292)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)


class Key(NamedTuple):
    """A private key, and its public half as browsers and push services want it: base64url."""

    private: EllipticCurvePrivateKey
    public: str


@lru_cache(maxsize=8)
def read_key(text: str) -> Key:
    """Return the key that ``text`` holds: 32 bytes in base64url, or a private key in PEM.

    Raises ``ValueError``, which does not repeat the text, if it is none of the curve P-256.
    """
    text = text.strip() if isinstance(text, str) else ""
    if text.startswith("-----BEGIN"):
        found = load_pem_private_key(text.encode(), password=None)
        if not isinstance(found, EllipticCurvePrivateKey) or found.curve.name != "secp256r1":
            raise ValueError("The key is not of the curve P-256.")
        return _with_public(found)
    number = int.from_bytes(decode(text, length=32))
    return _with_public(derive_private_key(number, SECP256R1()))


def new_key() -> str:
    """Return a new private key as text: 32 bytes in base64url."""
    number = generate_private_key(SECP256R1()).private_numbers().private_value
    return encode(number.to_bytes(32))


def encode(data: bytes) -> str:
    """Return ``data`` in base64url without the padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str, *, length: int) -> bytes:
    """Return the ``length`` bytes of base64url, with or without padding.

    Raises ``ValueError`` for anything else.
    """
    bare = text.rstrip("=").replace("+", "-").replace("/", "_")
    data = urlsafe_b64decode(bare + "=" * (-len(bare) % 4)) if bare.isascii() else b""
    # Python passes over characters that are none of base64.
    if len(data) != length or encode(data)[:-1] != bare[:-1]:
        raise ValueError(f"These are not {length} bytes in base64url.")
    return data


def _with_public(private: EllipticCurvePrivateKey) -> Key:
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Key(private, encode(point))
