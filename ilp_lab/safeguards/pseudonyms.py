"""Pseudonyms: the same person is the same number within a case, and nobody can tell who without the key."""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab.errors import ColumnError
from ilp_lab.safeguards.keys import secret
from ilp_lab.safeguards.permitting import check_reason

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

_LENGTH = 12


def pseudonymise(
    frame: pd.DataFrame, columns: Sequence[str] | str, *, case: Case, prefix: str = "P"
) -> pd.DataFrame:
    """Replace what names a person by a number that means nothing outside the case.

    Parameters
    ----------
    frame
        Any table; it is not changed.
    columns
        Columns to replace. The same text gives the same pseudonym in every column and table of the case, so links stay.
    case
        The open case. Its key lies in the user's configuration, not in the case folder: whoever has the folder alone
        cannot tell who is who, and a deleted key cannot be made again.
    prefix
        Put in front of every pseudonym.

    Returns
    -------
    DataFrame
        The table with pseudonyms such as ``"P-7QX2M4KD3VNA"``; what was empty stays empty.

    Raises
    ------
    ColumnError
        When a column is missing or holds numbers with a fraction or places.

    Notes
    -----
    HMAC-SHA-256 with 256 secret bits per case, shortened to 60 bits: among a million persons two share a pseudonym with a
    probability of one in two million. Texts are compared without regard to how letters with marks are composed, and without
    spaces at the ends.

    References
    ----------
    Krawczyk, Bellare and Canetti (1997), HMAC, RFC 2104, doi:10.17487/RFC2104.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> calls = pd.DataFrame({"source": ["Ana", "Ivo"], "target": ["Ivo", "Ana"]})
    >>> known = pseudonymise(calls, ["source", "target"], case=case)
    >>> known.loc[0, "source"] == known.loc[1, "target"], known.loc[0, "source"][:2]
    (True, 'P-')
    """
    wanted = [columns] if isinstance(columns, str) else list(columns)
    check = Check("safeguards.pseudonymise")
    if check.frame(frame, "the table"):
        check.columns(frame, wanted, "the table")
        for column in wanted:
            if column in frame and (
                frame[column].dtype.kind == "f" or str(frame[column].dtype) == "geometry"
            ):
                check.add(
                    f"{column} holds {frame[column].dtype}; only texts and whole numbers name somebody.",
                    ColumnError,
                )
    check.done()
    key = secret(_purpose(case))
    found = frame.copy(deep=False)
    for column in wanted:
        texts = frame[column].astype("string")
        numbers = {text: _number(key, text, prefix) for text in texts.dropna().unique()}
        found[column] = texts.map(numbers, na_action="ignore").astype("string")
    case.record("alteration", "pseudonymised", columns=wanted, rows=len(frame))
    return found


def reidentify(
    pseudonyms: Iterable[str], *, among: Iterable[str], case: Case, reason: str, prefix: str = "P"
) -> pd.DataFrame:
    """Look up whom pseudonyms stand for; logged with the reason.

    Parameters
    ----------
    pseudonyms
        What is to be looked up.
    among
        Everybody it could be: a pseudonym cannot be turned back, only made again.
    case
        The open case.
    reason
        Why it is needed.
    prefix
        As in :func:`pseudonymise`.

    Returns
    -------
    DataFrame
        ``pseudonym`` and ``text``; empty text where nobody among those given fits.

    Raises
    ------
    InputError
        When there is no reason.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> known = pseudonymise(pd.DataFrame({"who": ["Ana"]}), "who", case=case)["who"]
    >>> reidentify(known, among=["Ivo", "Ana"], case=case, reason="she has to be warned")["text"].tolist()
    ['Ana']
    """
    import pandas as pd

    wanted = [str(item) for item in pseudonyms]
    check = Check("safeguards.reidentify")
    check_reason(check, reason)
    check.done()
    key = secret(_purpose(case))
    made = {_number(key, str(text), prefix): str(text) for text in among}
    case.record("consultation", "looked up whom pseudonyms stand for", pseudonyms=wanted, reason=reason)
    return pd.DataFrame({"pseudonym": wanted, "text": [made.get(item, "") for item in wanted]})


def _purpose(case: Case) -> str:
    """One key for each case: its folder may move, its opening does not."""
    first = next(iter(case.audit.entries()), None)
    return f"pseudonyms of case {first['hash'] if first else case.opened_at}"


def _number(key: bytes, text: str, prefix: str) -> str:
    plain = unicodedata.normalize("NFC", text).strip()
    digest = hmac.new(key, plain.encode(errors="surrogatepass"), "sha256").digest()
    return f"{prefix}-{base64.b32encode(digest).decode()[:_LENGTH]}"
