"""Boards served to other computers: a certificate, a password, an address that others can reach; tried from that address."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest
from boardchecks import board_on, check_board
from serving import apart, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PASSWORD = "three words and one number 7"


def other_address() -> str | None:
    """An address of this machine that others can reach; asking for a way sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found = asked.getsockname()[0]
    return None if ipaddress.ip_address(found).is_loopback else found


def certificate_for(address: str, folder):
    """A certificate that its owner signed, as docs/apps.md says how to make one."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "station")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, secret = folder / "station.pem", folder / "station.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, secret


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    """The readiness board on an address of this machine that is not the loopback one: its address, and the certificate."""
    address = other_address()
    if address is None:
        pytest.skip("this machine has no address but the loopback one")
    folder = tmp_path_factory.mktemp("station")
    pem, secret = certificate_for(address, folder)
    command = [
        sys.executable, "-m", "ilp_lab", "app", "readiness", "--host", address, "--certificate", str(pem), "--key", str(secret), "--no-browser",
    ]  # fmt: skip
    locked = apart(folder) | {"ILP_LAB_PASSWORD": PASSWORD}
    with serving(command, folder, rf"https://{re.escape(address)}:\d+/", locked) as (found, log):
        yield found[0], pem
        assert PASSWORD not in log.read_text()


@pytest.fixture
def visitor(chromium, station):
    """A browser on another computer, as far as the server can tell: it comes to the address that others come to."""
    host = urllib.parse.urlsplit(station[0]).hostname
    context = chromium.new_context(ignore_https_errors=True, viewport={"width": 1024, "height": 768})
    context.set_default_timeout(60_000)
    left = []

    def judge(route):
        parts = urllib.parse.urlsplit(route.request.url)
        if parts.scheme in {"data", "about", "blob"} or parts.hostname == host:
            route.continue_()
        else:
            left.append(route.request.url)
            route.abort()

    context.route("**/*", judge)
    page = context.new_page()
    yield page
    context.close()
    assert left == [], f"requests that left for another host: {left}"


def log_in(page, address: str, password: str) -> None:
    page.goto(f"{address}ilp-lab/app/readiness", wait_until="commit")
    field = page.locator("input[type=password]")
    field.wait_for()
    field.fill(password)
    field.press("Enter")


def status(address: str, trusting: ssl.SSLContext) -> int | str:
    """How an address answers somebody without a password: a code, or the page that asks for one."""
    try:
        with urllib.request.urlopen(address, timeout=30, context=trusting) as answer:
            return "log in" if "/login" in answer.url else answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_with_the_password_the_board_is_there_and_answers(visitor, station):
    log_in(visitor, station[0], PASSWORD)
    visitor.locator(".ilp-answer .ilp-first").wait_for(timeout=180_000)
    assert visitor.url.startswith(f"{station[0]}ilp-lab/app/readiness")
    board_on(visitor, "readiness")
    check_board(
        visitor, "readiness"
    )  # a control is moved: what the page says reaches Python over the same door


def test_a_wrong_password_and_no_password_open_nothing(visitor, station):
    log_in(visitor, station[0], "not the one that was chosen")
    visitor.locator("input[type=password]").wait_for()
    assert "/login" in visitor.url
    visitor.goto(f"{station[0]}ilp-lab/app/readiness", wait_until="commit")
    visitor.locator("input[type=password]").wait_for()
    assert visitor.locator(".ilp-board").count() == 0
    trusting = ssl.create_default_context(cafile=str(station[1]))
    for path in ("api/kernels", "ilp-lab/apps", "voila/render/readiness.ipynb"):
        assert status(f"{station[0]}{path}", trusting) in {401, 403, "log in"}, path


def test_the_certificate_is_the_one_that_was_given_and_plain_http_is_refused(station):
    trusting = ssl.create_default_context(cafile=str(station[1]))
    with urllib.request.urlopen(station[0], timeout=30, context=trusting) as answer:
        assert answer.status == 200  # the page that asks for the password
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(station[0], timeout=30)
    with pytest.raises((urllib.error.URLError, ConnectionError, OSError)):
        urllib.request.urlopen(station[0].replace("https://", "http://"), timeout=30)


def test_without_certificate_or_password_nothing_is_served_there(tmp_path):
    address = other_address()
    if address is None:
        pytest.skip("this machine has no address but the loopback one")
    pem, secret = certificate_for(address, tmp_path)
    for more, password in ((["--certificate", str(pem), "--key", str(secret)], ""), ([], PASSWORD)):
        tried = subprocess.run(
            [sys.executable, "-m", "ilp_lab", "app", "readiness", "--host", address, *more, "--no-browser"],
            env=os.environ | apart(tmp_path) | {"ILP_LAB_PASSWORD": password}, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert tried.returncode != 0
        assert "REFUSED" in tried.stdout + tried.stderr
        assert "Traceback" not in tried.stderr
