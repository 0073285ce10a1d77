"""What engines say when something fails, in one sentence with the way out, and never with a password in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ilp_lab.errors import EngineError, IlpError

_REASONS = (
    (("no space left", "failed to offload", "disk is full", "disk full", "53100", "max_temp_directory_size", "temporary directory"),
     "filled the disk while spilling. Free some space, connect with spill on a larger disk, or ask for less at once."),
    (("out of memory", "outofmemory", "53200"), "has not enough memory for this question. Ask for less at once (a year, an area), or connect with more memory."),
    (("28p01", "28000", "password authentication"), "refused this login: check name, password and database."),
    (("unauthenticated", "authentication token", "invalid token"),
     "refused this login: it wants a token. Ask its keeper for one, and give it as password=getpass.getpass() or in ILP_LAB_ENGINE_TOKEN."),
    (("3d000",), "has no such database: check the last part of the address."),
    (("42501", "permission denied"), "does not allow this login to do that; its owner grants the right."),
    (("server refuses ssl", " ssl", " tls", "certificate verify"), "refused an encrypted connection (TLS), or its certificate is not trusted here: ask its keeper for the certificate, or for a server that speaks TLS."),
    (("42p01", "3f000", "schema_not_found", "table_or_view_not_found", "table with name"), "has no such table: check name and schema, or open it with engine.table(...) first."),
    (("42703", "unresolved_column", "referenced column", "field_not_found"), "has no such column: look at table.columns."),
    (("42p07", "path_already_exists", "already exists"), "holds something of that name already: take another name, or replace=True."),
    (("file system operations are disabled", "cannot access"), "may only touch the folders it was opened for: connect(folder=...) names them."),
    (("42883", "42804", "datatype_mismatch", "binder error", "conversion error", "cast_invalid_input", "22p02", "22007", "22008", "no function matches", "could not convert"),
     "holds a column of another type than the question takes: look at table.columns, and cast(... AS ...) in the question."),
    (("path_not_found", "no files found", "unable to infer", "unable_to_infer"), "finds no such file: check the path, as seen from the engine."),
    (("57p01", "57p03", "57014", "connection refused", "network error", "broken pipe", "connection is closed", "unavailable",
      "create a connection", "connection reset", "failed to connect", "timed out", "name or service not known", "name resolution"),
     "cannot be reached: the server is not running, the address is wrong, or the network is down."),
)  # fmt: skip


@contextmanager
def in_plain_words(where: str, secrets: tuple[str, ...] = ()) -> Iterator[None]:
    """Turn whatever an engine raises into one sentence; the cause is dropped, because drivers put addresses in it."""
    try:
        yield
    except (IlpError, ImportError):
        raise
    except Exception as error:  # noqa: BLE001  (drivers raise what they like)
        said = reason(error, secrets)
    else:
        return
    raise EngineError(f"The engine {where} {said}")


def reason(error: BaseException, secrets: tuple[str, ...] = ()) -> str:
    """Why it failed, in words.

    Examples
    --------
    >>> reason(OSError("[Errno 28] No space left on device"))[:33]
    'filled the disk while spilling. F'
    """
    cause = getattr(error, "orig", None) or error
    told = str(cause).split("JVM stacktrace", maxsplit=1)[0]
    folded = f" {type(error).__name__}: {told} ".casefold()
    held = cause.args[0] if cause.args and isinstance(cause.args[0], dict) else {}
    text = f"{type(error).__name__}: {held.get('M', told)}"  # of what PostgreSQL tells, the sentence
    for marks, words in _REASONS:
        if any(mark in folded for mark in marks):
            detail = _first_line(text, secrets)
            return words if _tells_enough(words) else f"{words} It said: {detail}"
    return f"failed: {_first_line(text, secrets)}"


def _tells_enough(words: str) -> bool:
    return words.startswith(("refused", "cannot be reached", "filled"))


def _first_line(text: str, secrets: tuple[str, ...]) -> str:
    line = " ".join(text.split())[:240]
    for secret in secrets:
        if secret:
            line = line.replace(secret, "…")
    return line
