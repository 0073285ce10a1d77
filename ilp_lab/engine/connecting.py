"""Connecting: to DuckDB on this computer, to a PostgreSQL server, to a Spark cluster; passwords stay out of everything."""

from __future__ import annotations

import os
import re
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ilp_lab.errors import EngineError, InputError

if TYPE_CHECKING:
    from ilp_lab.engine.asking import Engine

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
PASSWORD, TOKEN = "ILP_LAB_ENGINE_PASSWORD", "ILP_LAB_ENGINE_TOKEN"


def connect(
    url: str | None = None,
    *,
    folder: str | Path | Sequence[str | Path] | None = None,
    memory: str = "2GB",
    threads: int | None = None,
    spill: str | Path | None = None,
    password: str | None = None,
    wait_s: float = 10.0,
) -> Engine:
    """Connect to an engine: the same questions are answered by all of them.

    Parameters
    ----------
    url
        Nothing: DuckDB on this computer. ``"postgresql://name@host/database"``: a PostgreSQL server (extra ``postgres``).
        ``"sc://host:15002"``: a Spark cluster through Spark Connect (extra ``spark``; no Java is needed here).
    folder
        DuckDB: the folders whose Parquet files it may read and write; nothing else is in its reach. The present folder when left out.
    memory
        DuckDB: what it may hold at once, such as ``"2GB"``; what is more goes to ``spill``.
    threads
        DuckDB: at most so many at once.
    spill
        DuckDB: a folder with room, for what does not fit into memory; the computer's temporary folder when left out.
    password
        PostgreSQL: the password. Spark: the token. Left out, it is taken from the environment variable ``ILP_LAB_ENGINE_PASSWORD``
        (``ILP_LAB_ENGINE_TOKEN`` for Spark), or for PostgreSQL from ``PGPASSWORD``. Never write it into a notebook: an address with a
        password in it is refused there.
    wait_s
        How long to wait for the server.

    Returns
    -------
    Engine
        Close it, or use it in a ``with`` block.

    Raises
    ------
    InputError
        When the address cannot be read, or holds a password in a notebook.
    EngineError
        When the server cannot be reached or refuses.
    MissingPartError
        When the driver is not installed.

    Notes
    -----
    To any computer but this one, connections to PostgreSQL are encrypted and the server's certificate is checked; ``?sslmode=require``
    encrypts without checking, ``?sslmode=disable`` is for a closed network. Spark's ``;use_ssl=true`` does the same there; a token is only sent
    encrypted, except to this computer (an SSH tunnel ends here).

    Examples
    --------
    >>> with connect() as engine:
    ...     engine.sql("SELECT $a + 1 AS b", {"a": 41}).iloc[0, 0].item()
    42
    """
    if url is None or url == "duckdb":
        from ilp_lab.engine.duck import DuckEngine

        given = [folder] if isinstance(folder, (str, Path)) else list(folder or ["."])
        return DuckEngine(
            [Path(one).resolve() for one in given], memory, threads, Path(spill).resolve() if spill else None
        )
    scheme = str(url).split(":", 1)[0].lower()
    if scheme in {"postgresql", "postgres"}:
        return _to_postgres(str(url), password, wait_s)
    if scheme == "sc":
        return _to_spark(str(url), password, wait_s)
    raise InputError(
        f"engine.connect: url must begin with postgresql:// or sc://, or be left out for DuckDB on this computer; got {scheme[:20]}://…."
    )


def _to_postgres(url: str, password: str | None, wait_s: float) -> Engine:
    from ilp_lab.engine.postgres import PostgresEngine

    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        raise InputError(
            "engine.connect: the address cannot be read; write postgresql://name@host:5432/database."
        ) from None
    if not parts.hostname:
        raise InputError(
            "engine.connect: the address names no host; write postgresql://name@host:5432/database."
        )
    inside = unquote(parts.password) if parts.password else None
    _refuse_in_notebook(inside, PASSWORD)
    secret = password or inside or os.environ.get(PASSWORD) or os.environ.get("PGPASSWORD") or ""
    mode = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair).get("sslmode", "")
    if mode not in {"", "disable", "require", "verify-full"}:
        raise InputError(
            f"engine.connect: sslmode must be disable, require or verify-full; got {mode[:20]!r}."
        )
    mode = mode or ("disable" if parts.hostname in _HERE else "verify-full")
    where = f"PostgreSQL at {parts.hostname}:{port}{parts.path}"
    _knock(parts.hostname, port, wait_s, where)
    return PostgresEngine(
        where,
        unquote(parts.username or ""),
        secret,
        parts.hostname,
        port,
        unquote(parts.path.lstrip("/")) or None,
        mode,
        wait_s,
    )


def _to_spark(url: str, password: str | None, wait_s: float) -> Engine:
    from ilp_lab.engine.spark import SparkEngine

    found = re.fullmatch(r"sc://([^:/;@]+|\[[^\]]+\])(?::(\d+))?/?((?:;[^;=]+=[^;]*)*)", url)
    if not found:
        raise InputError(
            "engine.connect: the address cannot be read; write sc://host:15002 or sc://host:15002/;use_ssl=true."
        )
    host, port = found[1].strip("[]"), int(found[2] or 15002)
    options = dict(part.partition("=")[::2] for part in found[3].split(";") if part)
    inside = options.pop("token", None)
    _refuse_in_notebook(inside, TOKEN)
    secret = password or inside or os.environ.get(TOKEN) or ""
    # a token travels encrypted, except within this computer, as through an SSH tunnel; the client knows that by the name localhost
    here = host in _HERE
    encrypted = options.get("use_ssl", "false").lower() == "true" or bool(secret and not here)
    where = f"Spark at {host}:{port}"
    _knock(host, port, wait_s, where)
    if encrypted:
        _shake_hands(host, port, wait_s, where)
        options["use_ssl"] = "true"
    return SparkEngine(where, f"sc://{'localhost' if secret and here else found[1]}:{port}/", options, secret)


def _refuse_in_notebook(secret: str | None, variable: str) -> None:
    """What is typed into a cell is stored in the notebook."""
    shell = sys.modules.get("IPython")
    if secret and shell is not None and shell.get_ipython() is not None:
        raise InputError(
            f"engine.connect: the address holds a password, and this notebook would keep it. Leave it out; set the environment variable {variable}, or "
            "give password=getpass.getpass(). Then delete it from this cell."
        )


def _knock(host: str, port: int, wait_s: float, where: str) -> None:
    """Whether anybody listens, asked before a driver tries again for minutes."""
    try:
        socket.create_connection((host, port), timeout=wait_s).close()
    except OSError:
        raise EngineError(
            f"The engine {where} cannot be reached: the server is not running, the address is wrong, or the network is down."
        ) from None


def _shake_hands(host: str, port: int, wait_s: float, where: str) -> None:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2"])
    try:
        with (
            socket.create_connection((host, port), timeout=wait_s) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return
    except OSError:
        pass
    raise EngineError(
        f"The engine {where} refused an encrypted connection (TLS), or its certificate is not trusted here: ask its keeper for the certificate, or for a "
        "server that speaks TLS."
    )
