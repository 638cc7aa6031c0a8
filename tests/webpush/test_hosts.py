"""The hosts to which messages are sent: an endpoint is the word of a browser, and may be any."""

import ssl
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.helpers.push import push_service
from themis_htmx.webpush import transport
from themis_htmx.webpush.config import is_allowed
from themis_htmx.webpush.transport import post


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
        "https://FCM.googleapis.com/fcm/send/abc",
    ],
)
def test_known_push_services_are_allowed(endpoint):
    assert is_allowed(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "fcm.googleapis.com",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com:99999/abc",
        "https://localhost/abc",
        "https://127.0.0.1/abc",
        "https://[::1]/abc",
        "https://169.254.169.254/latest/meta-data/",
        "https://fcm.googleapis.com.example.com/abc",
        "https://evil-fcm.googleapis.com/abc",
        "https://push.apple.com.example.com/abc",
        "https://notpush.apple.com/abc",
        "https://fcm.googleapis.com@example.com/abc",
        "https://user:password@fcm.googleapis.com/abc",
        "https://example.com\\@fcm.googleapis.com/abc",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/a\r\nHost: example.com",
        "https://fcm.googleapis.com/é",
        "https://fcm.googleapis.com/" + "x" * 2000,
        "file:///etc/passwd",
        "https://[fcm.googleapis.com/abc",
    ],
)
def test_any_other_address_is_refused_and_nothing_is_sent_there(endpoint):
    assert not is_allowed(endpoint)
    with pytest.raises(ValueError, match=r"endpoint|netloc|Invalid"):
        post(endpoint, b"", {})


def test_project_may_name_other_hosts(settings):
    settings.THEMIS_WEBPUSH = {"ALLOWED_HOSTS": ["push.example.com", ".example.org"]}

    assert is_allowed("https://push.example.com/abc")
    assert is_allowed("https://any.example.org/abc")
    assert not is_allowed("https://fcm.googleapis.com/fcm/send/abc")


def certificate_for(name):
    """A certificate that only those trust who have it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(tz=UTC)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1)
    made = made.not_valid_before(now - timedelta(days=9000)).not_valid_after(
        now + timedelta(days=9000)
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.private_bytes(*plain), made.sign(key, SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture
def secure_service(tmp_path, settings, monkeypatch):
    """A push service with a certificate for one name; yields its address and that certificate."""

    def serve(name):
        key, certificate = certificate_for(name)
        (tmp_path / "both.pem").write_bytes(key + certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "both.pem")
        service = opened.enter_context(push_service())
        service.socket = context.wrap_socket(service.socket, server_side=True)
        origin = f"https://localhost:{service.server_port}"
        settings.THEMIS_WEBPUSH = {"ALLOWED_HOSTS": [origin]}
        return service, f"{origin}/send/one", certificate.decode()

    monkeypatch.setattr(transport, "_context", None)
    with ExitStack() as opened:
        yield serve


def test_message_goes_to_a_service_whose_certificate_is_trusted(secure_service, monkeypatch):
    service, endpoint, certificate = secure_service("localhost")
    trusting = ssl.create_default_context(cadata=certificate)
    monkeypatch.setattr(transport, "_context", trusting)

    assert post(endpoint, b"body", {"TTL": "1"}).status == 201
    assert [body for _path, _headers, body in service.requests] == [b"body"]


@pytest.mark.parametrize("name", ["localhost", "example.com"])
def test_nothing_goes_to_a_service_whose_certificate_is_not(secure_service, name, monkeypatch):
    service, endpoint, certificate = secure_service(name)
    if name != "localhost":
        # Trusted, but of another host.
        trusting = ssl.create_default_context(cadata=certificate)
        monkeypatch.setattr(transport, "_context", trusting)

    answer = post(endpoint, b"body", {})

    assert (answer.status, service.requests) == (0, [])
    assert "CERTIFICATE_VERIFY_FAILED" in answer.words
