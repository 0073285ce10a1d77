"""Who may reach the apps: this computer, or others with certificate and password; everything else is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from ilp_lab.apps import serving
from ilp_lab.cli.command import main
from ilp_lab.errors import SafeguardError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "station")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


def test_this_computer_needs_a_token_and_gets_a_new_one_each_time():
    first, second = serving.reach(), serving.reach()
    assert first.host == "127.0.0.1"
    assert first.token != second.token
    assert len(first.token) == 48


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "police-server", "", "127.0.0.1.evil.example"])
def test_other_computers_are_refused_without_certificate_and_password(host):
    with pytest.raises(SafeguardError) as refused:
        serving.reach(host=host)
    said = str(refused.value)
    assert said.startswith("REFUSED.")
    assert "--certificate" in said
    assert "ILP_LAB_PASSWORD" in said


def test_either_of_them_is_not_enough(certificate, tmp_path):
    with pytest.raises(SafeguardError, match="password"):
        serving.reach(host="0.0.0.0", certificate=certificate[0], key=certificate[1], password="short")
    with pytest.raises(SafeguardError, match="reads along"):
        serving.reach(host="0.0.0.0", password="long enough to be one")
    (tmp_path / "no.pem").write_text("not a certificate")
    for wrong in (tmp_path / "no.pem", tmp_path / "missing.pem"):
        with pytest.raises(SafeguardError, match="cannot be used"):
            serving.reach(host="0.0.0.0", certificate=wrong, password="long enough to be one")


def test_both_together_are_served_without_token(certificate):
    from jupyter_server.auth.security import passwd_check

    from ilp_lab.apps.server import configuration

    who = serving.reach(
        host="0.0.0.0", certificate=certificate[0], key=certificate[1], password="long enough to be one"
    )
    assert who.token == ""
    assert passwd_check(who.hashed_password, "long enough to be one")
    config = configuration(who, root=".", first="/")
    assert config.PasswordIdentityProvider.password_required is True
    assert config.ServerApp.certfile == str(certificate[0])


def test_the_server_is_closed():
    from ilp_lab.apps.server import AppServer, configuration

    config = configuration(serving.reach(), root=".", first="/")
    assert config.ServerApp.ip == "127.0.0.1"
    assert config.ServerApp.allow_unauthenticated_access is False
    assert config.ServerApp.terminals_enabled is False
    assert "execute_request" not in config.MappingKernelManager.allowed_message_types
    assert not {"contents", "files", "sessions", "view", "nbconvert"} & set(AppServer.default_services)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["app", "no-such-board"], "There are: crime-map"),
        (["app", "crime-map", "--host", "0.0.0.0"], "REFUSED."),
        (["app", "crime-map", "--incidents", "missing.csv"], "there is no file missing.csv"),
        (
            ["app", "crime-map", "--links", __file__],
            "does not work on --links; it takes --incidents, --areas",
        ),
        (["app", "crime-map", "--case", "."], "holds no case"),
    ],
)
def test_wrong_use_is_a_sentence(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_the_list_says_what_each_board_takes(capsys):
    assert main(["app", "--list"]) == 0
    said = capsys.readouterr().out
    assert "crime-map\n    Crime map. " in said
    assert "--links, --entities" in said
