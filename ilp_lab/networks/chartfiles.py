"""Charts into the files of other programs and out of them; each time with a report of what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ilp_lab._check import Check
from ilp_lab._homefolder import at_home
from ilp_lab.errors import InputError, ReadError
from ilp_lab.networks.formats import anx, csvpair, ftm, gexf, graphml, pajek
from ilp_lab.networks.formats.losses import LOST, Losses, LossReport
from ilp_lab.networks.formats.neutral import Graph, packed, unpacked
from ilp_lab.networks.formats.written import free_texts
from ilp_lab.networks.linkchart import LinkChart, the_chart
from ilp_lab.safeguards import Case, Released, release_bytes
from ilp_lab.schema import TABLES

FORMATS = ("graphml", "gexf", "csv", "ftm", "anx")
_ENDINGS = {
    ".graphml": "graphml", ".gexf": "gexf", ".csv": "csv", ".anx": "anx", ".json": "ftm", ".jsonl": "ftm", ".ftm": "ftm", ".ijson": "ftm",
    ".net": "pajek", ".paj": "pajek", ".xml": "graphml",
}  # fmt: skip
_NAMES = {
    "graphml": "GraphML", "gexf": "GEXF", "csv": "two csv files", "ftm": "FollowTheMoney", "anx": "an Analyst's Notebook chart (ANX)",
    "pajek": "a Pajek network",
}  # fmt: skip
MOST_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class ChartFile:
    """A chart that left the case.

    Attributes
    ----------
    released
        The files, each with its hash and handling code.
    losses
        What the format had no place for, and what was left out on purpose.
    withheld
        Columns that identify persons or sources and were not named in ``include``.
    """

    released: tuple[Released, ...]
    losses: LossReport
    withheld: tuple[str, ...] = ()

    def __fspath__(self) -> str:
        return str(self.released[0].path)

    def __str__(self) -> str:
        return self.losses.explain()


def write_chart(
    chart: LinkChart,
    path: str | Path,
    *,
    case: Case | None,
    format: str | None = None,  # noqa: A002 - the word everybody uses
    include: Sequence[str] = (),
    authority: str | None = None,
    reason: str = "",
) -> ChartFile:
    """Write a link chart out of a case, for another program.

    Parameters
    ----------
    chart
        A link chart.
    path
        Where to. The ending tells the format: ``.graphml``, ``.gexf``, ``.anx``, ``.json`` (FollowTheMoney, one entity
        a line), ``.csv`` (a pair, ``name.nodes.csv`` and ``name.links.csv``).
    case, authority, reason
        As in :func:`ilp_lab.safeguards.release_bytes`; the file takes the strictest handling code on the chart.
    format
        ``"graphml"``, ``"gexf"``, ``"csv"``, ``"ftm"`` or ``"anx"`` where the ending does not tell.
    include
        Columns that identify persons or sources and are to be written all the same, such as ``"label"``,
        ``"category"`` and ``"reference"``; also ``"notes"`` and ``"frames"``, because free text may name anybody.

    Returns
    -------
    ChartFile
        The files and a report of every loss.

    Raises
    ------
    InputError
        When the format is not known.
    NoCaseError, HandlingError, AuditError, WriteError
        As in :func:`ilp_lab.safeguards.release_bytes`; nothing is left half-written.

    Notes
    -----
    Cost is linear: about a second for twenty thousand links. Everything that can be said in a format is; times keep
    their zone where the format allows it, parallel links stay apart, direction stays. What people put on the chart
    goes along in columns of its own (``chart_notes``, ``chart_frames``, ``chart_hidden``, ``chart_group``,
    ``chart_pinned``), which other programs show as attributes and :func:`read_chart` puts back. Steps do not.
    ANX keeps to what is known of the schema of Analyst's Notebook 7 (elements, attributes, order), which later versions read; no
    licensed copy was at hand to open a file with, so look at the first one before relying on it.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> from ilp_lab.safeguards import open_case
    >>> folder = Path(tempfile.mkdtemp())
    >>> case = open_case(folder, purpose="Beat meeting", legal_basis="Police Act s.12", analyst="A17")
    >>> made = chart(pd.DataFrame({"source": ["A"], "target": ["B"], "kind": ["called"]}))
    >>> write_chart(made, folder / "chart.anx", case=case).withheld
    ('label',)
    """
    faults = Check("networks.write_chart")
    the_chart(chart, faults)
    target = at_home(path)
    chosen = format or _ENDINGS.get(target.suffix.lower(), "")
    if chosen not in FORMATS:
        faults.choice(allowed=FORMATS, format=chosen if format else target.suffix or "nothing")
    known = {
        str(name) for frame in (chart.entities, chart.links) for name in frame if frame[name].notna().any()
    }
    texts = free_texts(chart)
    known.update(texts)
    for name in include:
        if name not in known:
            faults.add(
                f"include names {name!r}, which is no column of the chart; there are: {', '.join(sorted(known))}."
            )
    faults.done()
    losses = Losses()
    withheld = tuple(
        sorted(name for name in known if (_is_sensitive(name) or name in texts) and name not in set(include))
    )
    contents, graph = _encoded(chart, chosen, withheld, losses)
    for name in withheld:
        losses.add(LOST, f"{name}, which identifies persons or sources (name it in include to write it)")
    report = losses.report(f"written as {_NAMES[chosen]}", len(graph.entities.rows), len(graph.links.rows))
    paths = csvpair.paths_of(target) if chosen == "csv" else (target,)
    told = "link chart" + (f" (without {', '.join(withheld)})" if withheld else "")
    released = tuple(
        release_bytes(case, one, content, what=told, inputs=(chart,), authority=authority, reason=reason)
        for one, content in zip(paths, contents, strict=True)
    )
    return ChartFile(released, report, withheld)


def read_chart(
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002
    handling: str | None = None,
) -> tuple[LinkChart, LossReport]:
    r"""Read a link chart that another program, or this one, has written.

    Parameters
    ----------
    path
        A file ending in ``.graphml``, ``.gexf``, ``.anx``, ``.json`` (FollowTheMoney), ``.csv`` (one of a pair) or
        ``.net`` (Pajek).
    format
        ``"graphml"``, ``"gexf"``, ``"csv"``, ``"ftm"``, ``"anx"`` or ``"pajek"`` where the ending does not tell.
    handling
        Handling code of the data; the file's own where it says one.

    Returns
    -------
    LinkChart
        With positions where the file has them, and with the notes, frames, groups, pins and hides of a chart that was
        written here. Links without direction have ``directed`` False.
    LossReport
        What the file holds that a chart has no place for, and what was taken as what.

    Raises
    ------
    ReadError
        When the file is not what it says, or declares XML entities.
    AmbiguousError
        When an identifier stands for two things.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "two.net").write_text("*Vertices 2\n1 Ann\n2 Bob\n*Arcs\n1 2 3\n")
    >>> made, losses = read_chart(folder / "two.net")
    >>> made.links[["source", "target", "strength"]].values.tolist(), losses.lossless
    ([['Ann', 'Bob', 3.0]], True)
    """
    caller = "networks.read_chart"
    target = at_home(path)
    chosen = format or _ENDINGS.get(target.suffix.lower(), "")
    if chosen not in _NAMES:
        raise InputError(
            f"{caller}: {target.name} ends in {target.suffix or 'nothing'!r}; charts that can be read end in "
            f"{', '.join(_ENDINGS)}, or say format='...'."
        )
    losses = Losses()
    graph = (
        csvpair.read(target, losses)
        if chosen == "csv"
        else _decoded(_content(target, caller), chosen, target.name, caller, losses)
    )
    made = unpacked(graph, losses, handling=handling, origin=target.name)
    return made, losses.report(f"read from {_NAMES[chosen]}", len(made.entities), len(made.links))


def _encoded(
    chart: LinkChart, chosen: str, withheld: tuple[str, ...], losses: Losses
) -> tuple[tuple[bytes, ...], Graph]:
    graph = packed(chart, withheld, losses)
    writers: dict[str, Any] = {"graphml": graphml, "gexf": gexf, "ftm": ftm, "anx": anx}
    if chosen == "csv":
        return csvpair.write(graph, losses), graph
    return (writers[chosen].write(graph, losses),), graph


def _decoded(content: bytes, chosen: str, name: str, caller: str, losses: Losses) -> Graph:
    readers: dict[str, Any] = {"graphml": graphml, "gexf": gexf, "ftm": ftm, "anx": anx, "pajek": pajek}
    graph: Graph = readers[chosen].read(content, name, caller, losses)
    return graph


def _content(path: Path, caller: str) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReadError(
                f"{caller}: {path.name} has more than {MOST_BYTES / 1e9:.0f} GB, which no chart has."
            )
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise ReadError(f"{caller}: {path} is a folder; name a file in it.") from error
    except FileNotFoundError as error:
        raise ReadError(
            f"{caller}: there is no file {path}. Check the name and the folder ({Path.cwd()})."
        ) from error
    except OSError as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{caller}: {path.name} cannot be read: {error.strerror or error}.") from error
    if not content.strip():
        raise ReadError(f"{caller}: {path.name} is empty. Export it again.")
    return content


def _is_sensitive(column: str) -> bool:
    return any(column in table and table[column].sensitivity != "open" for table in TABLES.values())
