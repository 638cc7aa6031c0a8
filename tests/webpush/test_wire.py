"""The wire: what is sent is judged by http-ece and py-vapid, which the kit does without."""

import base64
import json

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from py_vapid import Vapid02 as Judge
from py_vapid.utils import b64urldecode

from tests.helpers.push import Browser
from themis_htmx.webpush import wire
from themis_htmx.webpush.keys import decode, encode, new_key, read_key
from themis_htmx.webpush.wire import authorization, encrypt

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
def reader():
    return Browser(None)


def keys_of(reader):
    return decode(reader.p256dh, length=65), decode(reader.auth, length=16)


@pytest.mark.parametrize("text", [b"", b"News", "Grüße 🎉".encode(), b"x" * 2048])
def test_http_ece_reads_what_was_encrypted(reader, text):
    body = encrypt(text, *keys_of(reader), length=2048)

    assert reader.read(body) == text


def test_texts_of_every_length_have_bodies_of_one_length(reader):
    lengths = {len(encrypt(b"x" * n, *keys_of(reader), length=2048)) for n in (0, 1, 999, 2048)}

    assert lengths == {2048 + 103}


def test_longest_text_fits_into_4096_bytes_and_a_longer_one_is_refused(reader):
    body = encrypt(b"x" * 3993, *keys_of(reader), length=3993)

    assert len(body) == 4096
    assert reader.read(body) == b"x" * 3993
    for text, length in [(b"x" * 3994, 3993), (b"x", 3994), (b"xx", 1)]:
        with pytest.raises(ValueError, match="does not fit"):
            encrypt(text, *keys_of(reader), length=length)


def test_same_text_is_encrypted_differently_each_time(reader):
    assert encrypt(b"x", *keys_of(reader), length=9) != encrypt(b"x", *keys_of(reader), length=9)


def test_nobody_reads_a_message_with_another_secret(reader):
    body = encrypt(b"News", *keys_of(reader), length=100)

    with pytest.raises(http_ece.ECEException):
        http_ece.decrypt(body, private_key=reader.private, auth_secret=b"another secret 16")


def test_key_that_is_no_point_of_the_curve_is_refused(reader):
    with pytest.raises(ValueError, match="key"):
        encrypt(b"News", b"\4" + b"\1" * 64, b"\0" * 16, length=100)


# The example of RFC 8291, section 5.
EXAMPLE = {
    "private": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    "body": "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXL"
    "WyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
}


def test_judge_reads_the_example_of_the_standard():
    private = read_key(EXAMPLE["private"]).private
    body = decode(EXAMPLE["body"], length=144)

    text = http_ece.decrypt(
        body, private_key=private, auth_secret=decode(EXAMPLE["auth"], length=16)
    )

    assert text == b"When I grow up, I want to be a watermelon"


def test_py_vapid_verifies_the_signature():
    key = read_key(new_key())

    header = authorization(key, "mailto:a@example.com", ENDPOINT)

    assert Judge.verify(header)
    kind, token, public = header.replace(",", " ").split(" ")
    claims = json.loads(b64urldecode(token.split(".")[1].encode()))
    assert kind == "vapid"
    assert public == f"k={key.public}"
    assert claims["aud"] == "https://fcm.googleapis.com"
    assert claims["sub"] == "mailto:a@example.com"


def test_signature_is_kept_for_its_origin_and_made_anew_after_six_hours(time_machine):
    time_machine.move_to("2026-01-01T12:00Z", tick=False)
    key = read_key(new_key())
    first = authorization(key, "mailto:a@example.com", ENDPOINT)

    assert authorization(key, "mailto:a@example.com", f"{ENDPOINT}/other") == first
    assert authorization(key, "mailto:a@example.com", "https://web.push.apple.com/x") != first
    time_machine.move_to("2026-01-01T18:01Z", tick=False)
    later = authorization(key, "mailto:a@example.com", ENDPOINT)
    assert later != first
    claims = json.loads(b64urldecode(later.split(".")[1].encode()))
    assert claims["exp"] - 12 * 3600 == 1767290460
    assert wire.TOKEN_LIFETIME <= 24 * 3600


def test_signature_is_made_anew_after_the_clock_was_set_back(time_machine):
    time_machine.move_to("2027-01-01T12:00Z", tick=False)
    key = read_key(new_key())
    ahead = authorization(key, "mailto:a@example.com", ENDPOINT)

    time_machine.move_to("2026-01-01T12:00Z", tick=False)
    right = authorization(key, "mailto:a@example.com", ENDPOINT)
    claims = json.loads(b64urldecode(right.split(".")[1].encode()))
    assert right != ahead
    assert claims["exp"] - 12 * 3600 == 1767268800


def test_new_keys_are_read_as_py_vapid_reads_them():
    text = new_key()

    theirs = Judge.from_raw(text.encode()).public_key
    point = theirs.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    assert read_key(text).public == encode(point)
    assert new_key() != text


def test_key_is_read_from_pem_too():
    key = read_key(new_key())
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    assert read_key(pem).public == key.public


def pem_of_another_curve():
    private = generate_private_key(SECP384R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        None,
        "é" * 43,
        "A" * 42,
        "A" * 44,
        # Zero is no private key.
        "A" * 43,
        "!" + "A" * 43,
        base64.urlsafe_b64encode(b"\xff" * 32).decode(),
        "-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----",
        pem_of_another_curve(),
    ],
)
def test_text_that_is_no_key_is_refused_without_being_repeated(text):
    with pytest.raises(ValueError, match=r".") as failure:
        read_key(text)

    assert not text or text not in str(failure.value)
