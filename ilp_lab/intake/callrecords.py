"""Call records: who called, wrote or went online, when, how long, from which mast, with which handset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.intake import checks, dates
from ilp_lab.intake.clock import aware
from ilp_lab.intake.naming import as_integers, identifiers
from ilp_lab.intake.phonenumbers import phone_numbers, serial_numbers
from ilp_lab.intake.quality import QualityReport
from ilp_lab.intake.reading import SAID, Reading, opened, zone_of
from ilp_lab.intake.recordnames import CALL_NAMES
from ilp_lab.intake.roles import first_values, plain
from ilp_lab.result import Param
from ilp_lab.schema import CALLS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_CALLER = "intake.read_calls"
_CODES = ("caller", "receiver", "tower", "tower_end", "imei", "imsi")
_DAY = 86_400
_INWARD = re.compile(
    r"(?:^|[^a-z])(?:in|inc|incoming|received|mt|mtc|smt|term|terminating|terminated)(?:$|[^a-z])|callin$|smsin$|^in|eingehend"
)
_MESSAGE = re.compile(r"sms|mms|message|text|smt|smo")
_DATA = re.compile(r"data|gprs|internet|^ip|wap|lte|web|session")
_CLOCK = re.compile(r"\d{1,2}[:.h]?\d{2}(?:[:.]\d{2})?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?", re.IGNORECASE)
_SPAN = r"^\s*(?:(\d+):)?(\d{1,3}):(\d{2})(?:\.\d+)?\s*$"


def read_calls(
    path_or_frame: str | PathLike[str] | pd.DataFrame | Sequence[str | PathLike[str]],
    *,
    columns: Mapping[str, str] | None = None,
    tz: str | None = None,
    country_code: str | None = None,
    profile: str | PathLike[str] | None = None,
    dayfirst: bool | None = None,
    sheet: str | int | None = None,
    handling: str | None = None,
) -> tuple[pd.DataFrame, QualityReport]:
    """Read call detail records (CDR) or internet session records (IPDR), and report what is wrong with them.

    Numbers become text in one way of writing: without blanks and punctuation, and without ``+`` or ``00`` in front.
    Where the file says that a call came in, caller and receiver are put in their places; the number that the record
    was made for stays as ``subscriber``, because handset and mast are its own.

    Parameters
    ----------
    path_or_frame
        A csv, csv.gz, xlsx or parquet file, several of the same layout, or a table.
    columns
        Role → column in the file, where it was not worked out right. Roles: caller (or the number that the record was
        made for), receiver (or the other number), started_at, time, duration_s, ended_at, tower, tower_end, imei,
        imsi, direction, kind, handling.
    tz
        Time zone of the times; UTC when left out, which is said.
    country_code
        Digits that a single leading zero stands for, such as ``"43"``. Without it national numbers stay as they are,
        and the same phone written in both ways counts as two.
    profile, dayfirst, sheet, handling
        As in :func:`read_incidents`.

    Returns
    -------
    DataFrame
        The columns of :data:`ilp_lab.schema.CALLS` that the file has, its others under their own names, and
        ``source_row``. No row is dropped.
    QualityReport
        Every fault by kind with its rows. ``save_profile`` keeps how the columns were understood.

    Raises
    ------
    ReadError, ColumnError, AmbiguousError, InputError
        When a person has to say something first; the message says what.

    Notes
    -----
    Handset numbers (IMEI) that a spreadsheet turned into decimals get back the zeros in front, as every one has 15
    digits; those written as 4.4E+14 have lost digits for good and are counted. Durations written as h:mm:ss, m:ss or
    in minutes (told from the column's name) become seconds.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"A Party": ["+999 50 1"], "B Party": ["0099950222333"], "Date": ["13/06/2024"],
    ...                       "Time": ["00:13:12"], "Call Type": ["CALL_IN"], "Duration": [60]})
    >>> calls, quality = read_calls(table, tz="Europe/Vienna")
    >>> calls[["caller", "receiver", "subscriber", "kind"]].values.tolist()
    [['99950222333', '999501', '999501', 'call']]
    """
    reading = opened(
        path_or_frame,
        names=CALL_NAMES,
        codes=_CODES,
        fits=_FITS,
        columns=columns,
        profile=profile,
        sheet=sheet,
        caller=_CALLER,
    )
    _two_parties(reading)
    zone, said = zone_of(reading, tz)
    dayfirst = dayfirst if dayfirst is not None else SAID.get(reading.kept.get("dayfirst", ""))
    code = _country(country_code if country_code is not None else reading.kept.get("country_code"))
    _clock_beside(reading)
    moments = reading.moments("started_at", "time", zone=zone, said=said, dayfirst=dayfirst)
    if moments is not None:
        reading.out["started_at"] = moments
    _parties(reading, code)
    _durations(reading, zone, dayfirst)
    _devices(reading)
    _repeated(reading)
    frame = reading.table(CALLS, handling, leave=("direction",))
    return frame, reading.report(frame)


def looks_like_clock(column: pd.Series) -> bool:
    """Whether the first values of a column are times of day."""
    values = first_values(column).astype(str)
    return bool(len(values)) and bool(
        values.str.strip().map(lambda text: bool(_CLOCK.fullmatch(text))).mean() > 0.8
    )


def _can_be_span(column: pd.Series) -> bool:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return True
    values = first_values(column).astype(str)
    return bool(len(values)) and bool(values.str.fullmatch(r"\s*(\d+:)?\d+(:\d\d)?(\.\d+)?\s*").mean() > 0.8)


_FITS = {
    "started_at": dates.looks_like_time,
    "ended_at": dates.looks_like_time,
    "time": looks_like_clock,
    "duration_s": _can_be_span,
}


def _two_parties(reading: Reading) -> None:
    if {"caller", "receiver"} <= reading.roles.keys():
        return
    missing = " and ".join(role for role in ("caller", "receiver") if role not in reading.roles)
    raise ColumnError(
        f"{_CALLER}: no column holds the {missing}. Name it: columns={{'caller': '...', 'receiver': '...'}}. "
        f"There are: {', '.join(map(str, reading.raw.frame.columns[:20]))}."
    )


def _clock_beside(reading: Reading) -> None:
    """Of a date and a time of day in two columns, the first is the date."""
    roles = reading.roles
    if "started_at" in roles and "time" in roles and roles["time"].column == roles["started_at"].column:
        roles.pop("time")


def _country(code: str | None) -> str:
    if code is None:
        return ""
    digits = str(code).strip().removeprefix("+").removeprefix("00")
    if not digits.isdecimal() or len(digits) > 4:
        raise InputError(f"{_CALLER}: country_code must be the digits after +, such as '43'; got {code!r}.")
    return digits


def _parties(reading: Reading, code: str) -> None:
    """Both numbers in one way of writing, in the direction of the call."""
    import pandas as pd

    own, other = (phone_numbers(reading.column(role), code) for role in ("caller", "receiver"))
    kind, inward = _kinds(reading)
    caller, receiver = own.texts, other.texts
    if inward.any():
        flipped = pd.Series(inward, index=caller.index)
        caller, receiver = caller.where(~flipped, other.texts), receiver.where(~flipped, own.texts)
        reading.notes.append(
            trn(
                "{n:,} record of an incoming call: the other number is the caller, the mast and handset are the subscriber's.",
                "{n:,} records of incoming calls: the other number is the caller, the mast and handset are the subscriber's.",
                int(inward.sum()),
            ).format(n=int(inward.sum()))
        )
    out = {"caller": caller, "receiver": receiver, "subscriber": own.texts, "kind": kind}
    reading.out.update(out)
    absent = (caller.isna() | receiver.isna()).to_numpy()
    reading.found("missing_party", np.flatnonzero(absent))
    reading.found("odd_number", np.flatnonzero(own.odd | other.odd))
    reading.found("self_call", np.flatnonzero((caller == receiver).fillna(False).to_numpy(dtype=bool)))
    changed = int((own.rewritten | other.rewritten).sum())
    if changed:
        reading.notes.append(
            trn(
                "{n:,} row had numbers with blanks, punctuation or prefixes; they are digits now.",
                "{n:,} rows had numbers with blanks, punctuation or prefixes; they are digits now.",
                changed,
            ).format(n=changed)
        )
    reading.settings.append(
        Param(
            "country_code",
            code or "none",
            chosen=not code,
            why="" if code else tr_later("national numbers stay national"),
        )
    )


def _kinds(reading: Reading) -> tuple[pd.Series, NDArray[np.bool_]]:
    """call, message or data; and which records are of incoming calls."""
    import pandas as pd

    rows = len(reading.raw.frame)
    kind = np.full(rows, "data" if _is_ipdr(reading) else "call", dtype=object)
    inward = np.zeros(rows, bool)
    if "kind" in reading.roles:
        codes, words = pd.factorize(reading.column("kind"))
        lower = [str(word).strip().casefold() for word in words]
        kinds = np.array([_kind_of(word) for word in lower] + ["call"], dtype=object)
        kind, inward = kinds[codes], np.array([bool(_INWARD.search(word)) for word in lower] + [False])[codes]
    if "direction" in reading.roles:
        codes, words = pd.factorize(reading.column("direction"))
        inward = np.array([bool(_INWARD.search(str(word).strip().casefold())) for word in words] + [False])[
            codes
        ]
    return pd.Series(kind, dtype="str").astype("category"), inward


def _kind_of(word: str) -> str:
    if _MESSAGE.search(word):
        return "message"
    return "data" if _DATA.search(word) else "call"


def _is_ipdr(reading: Reading) -> bool:
    return plain(reading.roles["receiver"].column).endswith("ip")


def _durations(reading: Reading, zone: str, dayfirst: bool | None) -> None:
    import pandas as pd

    if "duration_s" in reading.roles:
        column = reading.column("duration_s")
        seconds = _seconds(column)
        if "min" in plain(reading.roles["duration_s"].column) and pd.api.types.is_numeric_dtype(column):
            seconds = seconds * 60
            reading.notes.append(
                tr("Durations in {column} are minutes; they became seconds.").format(
                    column=repr(reading.roles["duration_s"].column)
                )
            )
    elif "ended_at" in reading.roles and "started_at" in reading.out:
        ends = dates.parse(
            reading.column("ended_at"),
            name=reading.roles["ended_at"].column,
            caller=_CALLER,
            dayfirst=dayfirst,
        )
        until, _ = aware(ends, zone)
        seconds = (until - reading.out["started_at"]).dt.total_seconds().to_numpy()
        reading.notes.append(tr_later("Durations are the time from start to end."))
    else:
        return
    odd = ~(seconds >= 0) | (seconds > _DAY)
    reading.found("odd_duration", np.flatnonzero(odd))
    reading.out["duration_s"] = pd.Series(np.where(seconds < 0, np.nan, seconds))


def _seconds(column: pd.Series) -> NDArray[np.float64]:
    """Seconds of numbers, ``90``, ``1:30`` and ``0:01:30``."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    text = column.astype("str")
    parts = text.str.extract(_SPAN).astype("float64")
    spans = (parts[0].fillna(0) * 3600 + parts[1] * 60 + parts[2]).to_numpy()
    return np.where(np.isnan(spans), pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64), spans)


def _devices(reading: Reading) -> None:
    for role in ("tower", "tower_end"):
        if role in reading.roles:
            reading.out[role] = _masts(reading.column(role))
    if "tower" in reading.out:
        reading.found("missing_tower", np.flatnonzero(reading.out["tower"].isna().to_numpy()))
    for role in ("imei", "imsi"):
        if role in reading.roles:
            reading.out[role], faults = serial_numbers(reading.column(role), restore=role == "imei")
            for kind, rows in faults.items():
                if role == "imei":
                    reading.found(kind, rows)
    if "handling" in reading.roles:
        reading.out["handling"] = identifiers(reading.column("handling"))


def _masts(column: pd.Series) -> pd.Series:
    texts = identifiers(column)
    return texts.where(~texts.isin(["0", "-", "0.0"]))


def _repeated(reading: Reading) -> None:
    """Calls that stand twice: the same numbers, start and duration."""
    import pandas as pd

    out = reading.out
    if "started_at" not in out or "date_only" in reading.where:
        return
    known = (out["caller"].notna() & out["receiver"].notna() & out["started_at"].notna()).to_numpy()
    keys = [_told_apart(out[name]) for name in ("caller", "receiver")]
    keys.append(out["started_at"].dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64))
    if "duration_s" in out:
        keys.append(np.nan_to_num(out["duration_s"].to_numpy(dtype=np.float64), nan=-1))
    rows = np.flatnonzero(known)
    candidates = rows[checks.repeated(checks.mixed(*(key[rows] for key in keys)))]
    if len(candidates):
        some = pd.DataFrame({str(at): key[candidates] for at, key in enumerate(keys)})
        reading.found("repeated_call", candidates[some.duplicated().to_numpy()])


def _told_apart(column: pd.Series) -> NDArray[np.int64]:
    """A number by row that is the same for the same texts."""
    import pandas as pd

    numbers = as_integers(column)
    return np.asarray(pd.factorize(column)[0]) if numbers is None else numbers
