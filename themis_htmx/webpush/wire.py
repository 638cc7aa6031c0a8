"""What goes over the wire: a message encrypted for one browser (RFC 8291) and the signature of the
site (RFC 8292).
"""

from __future__ import annotations

import json
import os
from time import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from themis_htmx.webpush.keys import Key, encode

# Bytes. No push service has to take a longer body, and no longer text fits into that.
BODY_LIMIT = 4096
TEXT_LIMIT = BODY_LIMIT - 103
# Seconds for which a signature holds, at most a day, and after which another one is made.
TOKEN_LIFETIME, TOKEN_RENEWAL = 12 * 3600, 6 * 3600

# The signatures in use, by what they depend on, each with the second in which it was made.
_tokens: dict[tuple[str, str, str], tuple[float, str]] = {}


def read_browser_key(p256dh: bytes) -> EllipticCurvePublicKey:
    """Return the public key of a browser; raise ``ValueError`` if it is no point of P-256."""
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), p256dh)


def encrypt(text: bytes, p256dh: bytes, auth: bytes, *, length: int) -> bytes:
    """Return the body of a message that only one browser can read, in the coding aes128gcm.

    ``text``
        At most ``length`` bytes.
    ``p256dh``, ``auth``
        The public key of the browser, 65 bytes, and its secret, 16 bytes.
    ``length``
        The text is padded to so many bytes, which hides its own length; at most ``TEXT_LIMIT``.

    Raises ``ValueError`` if the text does not fit, or the key is no point of the curve.
    """
    if not len(text) <= length <= TEXT_LIMIT:
        raise ValueError(f"A text of {len(text)} bytes does not fit into {length}.")
    once = generate_private_key(SECP256R1())
    public = once.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = once.exchange(ECDH(), read_browser_key(p256dh))
    secret = _derive(shared, auth, b"WebPush: info\0" + p256dh + public, 32)
    salt = os.urandom(16)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    # 2 ends the text of the last record. Zeros pad it.
    record = (text + b"\2").ljust(length + 1, b"\0")
    header = salt + BODY_LIMIT.to_bytes(4) + bytes([len(public)]) + public
    return header + AESGCM(key).encrypt(nonce, record, None)


def authorization(key: Key, subject: str, endpoint: str) -> str:
    """Return the header ``Authorization`` of a message to ``endpoint``, kept for each origin."""
    parts = urlsplit(endpoint)
    origin = f"{parts.scheme}://{parts.netloc}"
    made_at, token = _tokens.get((key.public, subject, origin), (0.0, ""))
    # A token of the future was made before the clock was set back. Push services refuse it.
    if not 0 <= time() - made_at <= TOKEN_RENEWAL:
        made_at, token = time(), _sign(key, subject, origin)
        _tokens[key.public, subject, origin] = made_at, token
    # No space: some services take the list apart by the comma alone.
    return f"vapid t={token},k={key.public}"


def _sign(key: Key, subject: str, origin: str) -> str:
    claims = {"aud": origin, "exp": int(time()) + TOKEN_LIFETIME, "sub": subject}
    parts = ({"typ": "JWT", "alg": "ES256"}, claims)
    signed = ".".join(encode(json.dumps(part).encode()) for part in parts)
    r, s = decode_dss_signature(key.private.sign(signed.encode(), ECDSA(SHA256())))
    return f"{signed}.{encode(r.to_bytes(32) + s.to_bytes(32))}"


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
