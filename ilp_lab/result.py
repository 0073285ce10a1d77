"""What an analysis hands back: the table, and everything needed to defend it.

A :class:`Result` never loses its method, parameters, seed, data fingerprint, caveats and handling code. It is
frozen: a change is a new result. Drawing happens in :mod:`ilp_lab.views`, imported only when asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._settingwords import setting_words, value_words
from ilp_lab._spoken import spoken
from ilp_lab._tongue import again, figure, in_english, looked_up, tr, tr_later

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ilp_lab.views import Page

View = Literal["map", "linkchart", "table"]
# What the library calls the tables that went in; said where a source is shown.
SOURCES = frozenset({
    tr_later("addresses"), tr_later("areas"), tr_later("assumptions"), tr_later("cases"), tr_later("concerns"), tr_later("counts"),
    tr_later("decided pairs"), tr_later("demand"), tr_later("events"), tr_later("evidence"), tr_later("exposure"),
    tr_later("files of progress"), tr_later("gazetteer"), tr_later("incidents"), tr_later("indicators"), tr_later("journeys"),
    tr_later("judgements"), tr_later("links"), tr_later("months"), tr_later("options"), tr_later("panel"), tr_later("places"),
    tr_later("records"), tr_later("referrals"), tr_later("scores"), tr_later("sites"), tr_later("study area"), tr_later("tasks"),
    tr_later("transactions"),
})  # fmt: skip
# These names are also words for "how many"; a language that inflects them says the table by its heading.
_HEADINGS = {
    "incidents": tr_later("Incidents"), "places": tr_later("Places"), "cases": tr_later("Cases"), "links": tr_later("Links"),
}  # fmt: skip
# Reasons why incidents that a source counts were not analysed: they have a place (and a time), but not one that was asked about.
_LATER = {"outside the study area", "outside the zones", "outside the two periods"}
_LATER_IN = {"places.emerging_hot_spots": {"without a time"}}


@dataclass(frozen=True, slots=True)
class Param:
    """One setting of an analysis.

    Attributes
    ----------
    name, value
        As the caller would type them; ``str`` says both in words.
    chosen
        Whether the library picked the value; such values are marked wherever they are shown.
    why
        By which rule it was picked.
    """

    name: str
    value: Any
    chosen: bool = False
    why: str = ""

    def __str__(self) -> str:
        said = f"{setting_words(self.name)}: {value_words(self.name, self.value)}"
        if not self.chosen:
            return said
        if self.why:
            return tr("{setting} (chosen: {why})").format(setting=said, why=again(self.why))
        return tr("{setting} (chosen)").format(setting=said)


@dataclass(frozen=True, slots=True)
class Source:
    """A table that went into an analysis.

    Attributes
    ----------
    name
        What it is: ``"incidents"``, ``"study area"``.
    rows
        How many rows could be used; an analysis of an area or a period leaves out some of them and says so.
    fingerprint
        Hash of the values that were used: the same data give the same fingerprint on any machine.
    origin
        The file it was read from, when known.
    """

    name: str
    rows: int
    fingerprint: str
    origin: str = ""

    def __str__(self) -> str:
        told = (
            tr("{name}: {rows} rows from {origin}, fingerprint {fingerprint}")
            if self.origin
            else tr("{name}: {rows} rows, fingerprint {fingerprint}")
        )
        return told.format(
            name=_called(self.name),
            rows=figure(self.rows, ","),
            origin=self.origin,
            fingerprint=self.fingerprint,
        )


def _called(name: str) -> str:
    """What a table that went in is called in the language that is spoken now."""
    if name not in _HEADINGS or spoken() == "en":
        return looked_up(name)
    said = again(_HEADINGS[name])
    return said[:1].lower() + said[1:]


def fingerprint(*arrays: NDArray[Any] | bytes | str) -> str:
    """Hash values so that the same data are recognised again.

    Parameters
    ----------
    *arrays
        Numeric arrays, bytes or text; order matters.

    Returns
    -------
    str
        16 hexadecimal digits.

    Examples
    --------
    >>> import numpy as np
    >>> fingerprint(np.array([1.0, 2.0])) == fingerprint(np.array([1.0, 2.0]))
    True
    """
    import numpy as np

    digest = hashlib.blake2b(digest_size=8)
    for array in arrays:
        if isinstance(array, str):
            digest.update(array.encode(errors="surrogatepass"))
        elif isinstance(array, bytes):
            digest.update(array)
        else:
            values = np.ascontiguousarray(array)
            digest.update(str(values.dtype.str).encode())
            digest.update(values.data)
    return digest.hexdigest()


@dataclass(frozen=True)
class Result:
    """A finding with everything needed to defend it.

    Attributes
    ----------
    name
        The call it came from, such as ``"places.gi_star"``.
    title
        A heading for people.
    table
        The numbers; a GeoDataFrame where the rows have places.
    method
        What was computed, in a paragraph a reader can check.
    findings
        Three to six plain sentences: what was found, how sure, what it does not mean, what to check next.
    params
        The settings, each marked when the library chose it.
    caveats
        What weakens the finding.
    references
        Where the method comes from, with DOI.
    sources
        The tables that went in.
    left_out
        Reason → number of rows that could not be used. Nothing is left out without standing here.
    left_out_rows
        Those rows, with a column ``reason``; ``None`` when there were none.
    handling
        The strictest handling code of the inputs.
    seed
        How the random numbers can be drawn again; empty when there were none.
    view
        Which view draws it.
    details
        Further numbers of the method, by name.
    """

    name: str
    title: str
    table: pd.DataFrame
    method: str
    findings: tuple[str, ...]
    params: tuple[Param, ...] = ()
    caveats: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    left_out_rows: pd.DataFrame | None = None
    handling: str = "H0"
    seed: str = ""
    view: View = "table"
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Say everything in the language that is spoken now."""
        for name in ("title", "method"):
            object.__setattr__(self, name, again(getattr(self, name)))
        for name in ("findings", "caveats"):
            object.__setattr__(self, name, tuple(again(sentence) for sentence in getattr(self, name)))

    def __getitem__(self, name: str) -> Any:
        """Value of a parameter or detail by name."""
        for param in self.params:
            if param.name == name:
                return param.value
        return self.details[name]

    def explain(self) -> str:
        """Say in plain words what was found, how sure it is, and what to check next."""
        return "\n".join(again(sentence) for sentence in self.findings)

    def with_caveat(self, caveat: str) -> Result:
        """Return the same result with one caveat more."""
        return replace(self, caveats=(*self.caveats, caveat))

    def citation(self) -> str:
        """How the result is cited: its title, the call, and the data it was made from."""
        data = ", ".join(f"{source.name} {source.fingerprint}" for source in self.sources)
        call = f"{self.name}{'; ' + data if data else ''}"
        return tr("{title} ({call})").format(title=self.title, call=call)

    def analysed(self) -> tuple[str, ...]:
        """How many incidents were analysed, where fewer were than the source counts; else nothing.

        Examples
        --------
        >>> import pandas as pd
        >>> used = Source("incidents", 1394, "0123456789abcdef")
        >>> lost = {"outside the study area": 226}
        >>> Result("places.gi_star", "Hot spots", pd.DataFrame(), "", (), sources=(used,), left_out=lost).analysed()
        ('incidents: 1,168 of these 1,394 rows were analysed',)
        """
        source = self.sources[0] if self.sources else None
        if (
            source is None or source.name != "incidents" or self.name == "times.aoristic"
        ):  # it counts those it used
            return ()
        later = _LATER | _LATER_IN.get(self.name, set())
        lost = sum(
            count
            for why, count in self.left_out.items()
            if in_english(why) in later or in_english(why).startswith("farther than ")
        )
        if not lost:
            return ()
        told = tr("{name}: {used} of these {rows} rows were analysed")
        rows, used = figure(source.rows, ","), figure(source.rows - lost, ",")
        return (told.format(name=_called(source.name), used=used, rows=rows),)

    def method_statement(self) -> str:
        """Everything needed to repeat the analysis, as plain text."""
        blocks = [
            (again(self.title), [again(self.method)]),
            (tr("Settings"), [str(param) for param in self.params]),
            (tr("Data"), [*map(str, self.sources), *self.analysed()]),
            (
                tr("Left out"),
                [
                    tr("{count} rows: {reason}").format(count=figure(count, ","), reason=looked_up(why))
                    for why, count in self.left_out.items()
                ]
                or [tr("nothing")],
            ),
            (tr("Caveats"), [again(caveat) for caveat in self.caveats]),
            (tr("Random numbers"), [tr("seed {seed}").format(seed=self.seed)] if self.seed else []),
            (tr("References"), list(self.references)),
            (tr("Handling"), [self.handling]),
        ]
        return "\n\n".join(_block(heading, lines) for heading, lines in blocks if lines)

    def plot(self, **options: Any) -> Figure:
        """Draw the result for print, as a matplotlib figure."""
        from ilp_lab import views

        return views.draw(self, **options)

    def explore(self, **options: Any) -> Page:
        """Draw the result for the screen: a page that works offline and can be clicked."""
        from ilp_lab import views

        return views.explore(self, **options)

    def __str__(self) -> str:
        return f"{again(self.title)} [{self.handling}]\n{self.explain()}"

    def _repr_html_(self) -> str:
        from ilp_lab import views

        return views.summary_html(self)


def _block(heading: str, lines: Iterable[str]) -> str:
    return heading + "\n" + "\n".join(f"  {line}" for line in lines)
