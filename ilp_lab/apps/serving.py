"""Who may reach the apps: this computer with a token, or others with a certificate and a password, and nobody else."""

from __future__ import annotations

import ipaddress
import os
import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path

from ilp_lab._tongue import tr
from ilp_lab.errors import SafeguardError

HERE = "127.0.0.1"
SHORTEST_PASSWORD = 12
WEB = Path(__file__).parent / "web"


@dataclass(frozen=True, slots=True)
class Reach:
    """On which address apps are served, and with what one gets in.

    Attributes
    ----------
    host, port
        The address; port 0 takes a free one.
    certificate, key
        Files of a TLS certificate; needed where other computers can reach it.
    token
        On this computer: part of the address that is opened.
    hashed_password
        For other computers: what is asked for.
    browser
        Whether a browser is opened.
    """

    host: str = HERE
    port: int = 0
    certificate: str = ""
    key: str = ""
    token: str = ""
    hashed_password: str = ""
    browser: bool = True

    @property
    def is_this_computer(self) -> bool:
        """Whether nobody else can reach it."""
        return is_this_computer(self.host)

    @property
    def private_pipes(self) -> bool:
        """Whether the server can talk to its kernels without a port."""
        return os.name != "nt"


def is_this_computer(host: str) -> bool:
    """Whether an address is one that only this computer can reach.

    Examples
    --------
    >>> [is_this_computer(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.7", "")]
    [True, True, True, False, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reach(
    *,
    host: str = HERE,
    port: int = 0,
    certificate: Path | None = None,
    key: Path | None = None,
    password: str = "",
    browser: bool = True,
) -> Reach:
    """Decide who may reach the apps.

    Raises
    ------
    SafeguardError
        When other computers could reach them without a certificate or a password; all faults at once.

    Examples
    --------
    >>> reach().host, len(reach().token)
    ('127.0.0.1', 48)
    >>> reach(host="0.0.0.0")
    Traceback (most recent call last):
    ...
    ilp_lab.errors.SafeguardError: REFUSED. With --host 0.0.0.0 other computers could open these boards and the data on them. ...
    """
    faults = [] if certificate is None else _unfit(certificate, key)
    if is_this_computer(host):
        if faults:
            raise SafeguardError(tr("REFUSED. {reasons}").format(reasons=" ".join(faults)))
        return Reach(host, port, str(certificate or ""), str(key or ""), secrets.token_hex(24), "", browser)
    if certificate is None:
        faults.append(
            tr("Without a certificate everybody on the way reads along: give --certificate and --key.")
        )
    if len(password) < SHORTEST_PASSWORD:
        faults.append(
            tr(
                "Without a password of at least {count} characters anybody gets in: set the environment variable ILP_LAB_PASSWORD."
            ).format(count=SHORTEST_PASSWORD)
        )
    if faults:
        raise SafeguardError(
            tr(
                "REFUSED. With --host {host} other computers could open these boards and the data on them. {reasons} "
                "To use them on this computer only, leave --host out."
            ).format(host=host or "''", reasons=" ".join(faults))
        )
    from jupyter_server.auth.security import passwd

    return Reach(host, port, str(certificate), str(key or ""), "", str(passwd(password)), browser)  # type: ignore[no-untyped-call]


def with_template(paths: str) -> str:
    """The search path of Jupyter (``JUPYTER_PATH``) with the folder in which Voilà finds the project's own template.

    Examples
    --------
    >>> with_template(with_template("")) == with_template("")
    True
    """
    known = [path for path in paths.split(os.pathsep) if path]
    return os.pathsep.join([str(WEB), *(path for path in known if path != str(WEB))])


def _unfit(certificate: Path, key: Path | None) -> list[str]:
    """What is wrong with a certificate."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        return [
            tr(
                "The certificate {file} cannot be used ({why}); both files must be PEM files that belong together."
            ).format(file=certificate, why=why)
        ]
    return []
