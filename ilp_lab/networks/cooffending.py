"""Co-offending: from who took part in what to who acted with whom, and which of these ties are more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.engine.tables import Table, is_table
from ilp_lab.intake.naming import identifiers
from ilp_lab.networks import backbones, onengine
from ilp_lab.networks.building import chart
from ilp_lab.networks.linkchart import by_reason
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards.handling import MARK, handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

WEIGHTS = ("count", "newman", "jaccard")
TESTS = ("sdsm", "hypergeometric", "disparity")
OFFENDERS = ("suspect", "convicted")
MOST_PAIRS = 150_000_000
NOT_KNOWN = tr_later("row without a person or an event")
TWICE = tr_later("the same person in the same event again")
NOT_OFFENDER = tr_later("victim, witness or other party")
TOO_LARGE = tr_later("event with more than {largest} persons")
_HOW = {
    "sdsm": (
        tr_later(
            "Chance lets everybody take part in as many events as they did, and every event have as many persons, on average "
            "(stochastic degree sequence model with the chances of greatest entropy); the probability of at least so many joint "
            "events is summed exactly."
        )
    ),
    "hypergeometric": (
        tr_later(
            "Chance lets everybody take part in as many events as they did, all events being alike (hypergeometric)."
        )
    ),
    "disparity": (
        tr_later(
            "Chance splits each person's total weight evenly among the persons they acted with (disparity filter); the better of "
            "both ends counts."
        )
    ),
}
_REFERENCES = {
    "sdsm": (
        "Neal, Z. P. (2014). The backbone of bipartite projections. Social Networks 39. doi:10.1016/j.socnet.2014.06.001",
        "Neal, Z. P., Domagalski, R. and Sagan, B. (2021). Comparing alternatives to the fixed degree sequence model. "
        "Scientific Reports 11. doi:10.1038/s41598-021-03238-3",
        "Saracco, F. et al. (2015). Randomizing bipartite networks. Scientific Reports 5. doi:10.1038/srep10595",
    ),
    "hypergeometric": (
        "Tumminello, M. et al. (2011). Statistically validated networks in bipartite complex systems. PLOS ONE 6. "
        "doi:10.1371/journal.pone.0017994",
    ),
    "disparity": (
        "Serrano, M. A., Boguna, M. and Vespignani, A. (2009). Extracting the multiscale backbone. PNAS 106. "
        "doi:10.1073/pnas.0808904106",
    ),
}
NEWMAN = "Newman, M. E. J. (2001). Scientific collaboration networks II. Physical Review E 64. doi:10.1103/PhysRevE.64.016132"


@dataclass(frozen=True)
class TwoModes:
    """Persons and events as codes, each participation once."""

    persons: NDArray[np.object_]
    person: NDArray[np.int64]
    event: NDArray[np.int64]
    events: int
    row: NDArray[np.int64]

    @property
    def per_person(self) -> NDArray[np.int64]:
        """In how many events each person was."""
        return np.bincount(self.person, minlength=len(self.persons)).astype(np.int64)

    @property
    def per_event(self) -> NDArray[np.int64]:
        """How many persons each event had."""
        return np.bincount(self.event, minlength=self.events).astype(np.int64)


def co_offending(
    events: pd.DataFrame | Table,
    *,
    weight: str = "count",
    test: str = "sdsm",
    level: float = 0.05,
    categories: Sequence[str] = OFFENDERS,
    largest_event: int | None = None,
) -> Result:
    """Who took part in events with whom, and which ties are more than busy persons and large events bring about.

    Parameters
    ----------
    events
        As :func:`ilp_lab.intake.read_events` reads them: one row per person and event. Or a table on an engine with these columns: the pairs
        are made there, and only pairs and counts come back (``source`` then sorts before ``target``).
    weight
        What ``strength`` holds. ``"count"``: joint events. ``"newman"``: the same, each divided by the event's other
        persons, so that a party of fifty says less than a burglary of two. ``"jaccard"``: joint events as a share of
        all events of either.
    test
        ``"sdsm"`` keeps the counts of persons and events (the default); ``"hypergeometric"`` only those of persons;
        ``"disparity"`` looks at how each person's weight is spread.
    level
        Ties with q up to this are the backbone (``kept``).
    categories
        Who counts where the table has a ``category``: victims, witnesses and other parties do not act together with
        those they suffered from. Rows whose ``role`` says victim or witness are left out too.
    largest_event
        Events with more persons are left out and counted.

    Returns
    -------
    Result
        One row per pair with a joint event: ``source target kind strength count newman jaccard expected p q_fdr kept
        start end``; it can be charted as it stands: ``networks.chart(result.table)``. ``details`` holds ``chart`` (the
        backbone), ``persons``, ``events`` and ``pairs``.

    Raises
    ------
    ColumnError, InputError
        When columns are missing, settings do not fit, or the pairs are too many for memory.

    Notes
    -----
    q is taken among *all* pairs of persons, since those that never met were candidates too; a single joint event of
    two persons is then rarely more than chance. One-sided. A million rows take about a second. The
    projection alone makes everybody at one large event a friend of everybody else; that is why a test stands beside it.

    References
    ----------
    Newman 2001, doi:10.1103/PhysRevE.64.016132; Neal 2014, doi:10.1016/j.socnet.2014.06.001; Neal et al. 2021,
    doi:10.1038/s41598-021-03238-3; Saracco et al. 2015, doi:10.1038/srep10595; Tumminello et al. 2011,
    doi:10.1371/journal.pone.0017994; Serrano et al. 2009, doi:10.1073/pnas.0808904106.

    Examples
    --------
    >>> import pandas as pd
    >>> took = [(who, f"job {n}") for n in range(6) for who in "AB"]
    >>> took += [(f"X{who % 31}", f"other {n}") for n in range(60) for who in (n, 7 * n + 1)]
    >>> found = co_offending(pd.DataFrame(took, columns=["person", "event"]))
    >>> found.table.loc[found.table["kept"], ["source", "target", "count"]].values.tolist()
    [['A', 'B', 6]]
    """
    faults = Check("networks.co_offending")
    faults.choice(allowed=WEIGHTS, weight=weight)
    faults.choice(allowed=TESTS, test=test)
    faults.between(0, 1, level=level)
    faults.whole(2, largest_event=largest_event)
    there, frame = is_table(events), cast("Any", events)
    if not there and faults.frame(events, "events"):
        faults.columns(frame, ("person", "event"), "events (intake.read_events makes it)")
    faults.done()
    modes: TwoModes | FromEngine
    if isinstance(events, Table):
        modes, pairs, left_out = _asked(events, categories, largest_event)
        lost = None
    else:
        modes, lost = _modes(events, categories, largest_event)
        pairs, left_out = _project(modes, faults), by_reason(lost)
    table, error = _tested(pairs, modes, weight, test, level)
    if isinstance(modes, TwoModes):
        _dated(table, frame, modes)
    handling = handling_of(events)
    backbone = _chart(table[table["kept"]], events, modes, handling)
    return Result(
        name="networks.co_offending",
        title=tr_later("Who acted with whom"),
        table=_named(table, modes),
        method=tr("{HOW} q is Benjamini and Hochberg's among all pairs of persons.").format(HOW=_HOW[test]),
        findings=_findings(table, modes, level),
        params=(
            Param("weight", weight),
            Param("test", test),
            Param("level", level),
            Param("largest_event", largest_event if largest_event is not None else tr_later("none left out")),
            *((onengine.where(frame),) if there else ()),
        ),
        caveats=(
            tr("Only what was recorded is here: who is caught together is together in the records."),
            tr("A tie in the backbone says that two persons are in the same events more than chance; it is not guilt in any of them."),
            *((tr("The chances meet the counts within {error:.2g} only.").format(error=error),) if error > 1e-6 else ()),
        ),
        references=(*_REFERENCES[test], NEWMAN),
        sources=(_source(events, modes),),
        left_out=left_out,
        left_out_rows=lost,
        handling=handling,
        view="linkchart",
        details={
            "chart": backbone, "persons": len(modes.persons), "events": modes.events, "pairs": len(table),
        },
    )  # fmt: skip


@dataclass(frozen=True)
class FromEngine:
    """Of persons and events on an engine what the tests need: how many each had."""

    persons: NDArray[np.object_]
    per_person: NDArray[np.int64]
    per_event: NDArray[np.int64]
    category: pd.Series | None
    rows: int

    @property
    def events(self) -> int:
        """How many events."""
        return len(self.per_event)


def _asked(
    table: Table, categories: Sequence[str], largest: int | None
) -> tuple[FromEngine, pd.DataFrame, dict[str, int]]:
    """Pairs made on the engine, who had how much, and rows that do not count."""
    parts, lost = onengine.participations(table, categories, largest, "networks.co_offending")
    persons, sizes = parts["persons"], parts["sizes"]
    kept = persons["category"] if "category" in table else None
    modes = FromEngine(
        np.asarray(persons["person"], dtype=object), persons["n"].to_numpy(np.int64),
        np.repeat(sizes["size"].to_numpy(np.int64), sizes["n"].to_numpy(np.int64)), kept, int(persons["n"].sum()),
    )  # fmt: skip
    pairs = onengine.turned(parts["pairs"], modes.persons)
    zone = table.facts.zone
    for name in ("start", "end"):
        if zone:
            pairs[name] = pairs[name].dt.tz_localize("UTC").dt.tz_convert(zone)
    reasons = {
        NOT_KNOWN: "unknown",
        NOT_OFFENDER: "others",
        TWICE: "again",
        TOO_LARGE.format(largest=largest): "large",
    }
    return modes, pairs, {why: lost[name] for why, name in reasons.items() if lost[name]}


def _source(events: pd.DataFrame | Table, modes: TwoModes | FromEngine) -> Source:
    if isinstance(modes, FromEngine):
        digest = fingerprint(modes.per_person, modes.per_event, "\n".join(modes.persons))
        return Source("events", modes.rows, digest, events.facts.origin if isinstance(events, Table) else "")
    digest = fingerprint(modes.person, modes.event, "\n".join(modes.persons))
    return Source("events", len(modes.row), digest, "" if isinstance(events, Table) else origin_of(events))


def _modes(
    events: pd.DataFrame, categories: Sequence[str], largest: int | None
) -> tuple[TwoModes, pd.DataFrame | None]:
    """Participations that count, and the rows that do not with their reason."""
    import pandas as pd

    person, event = (identifiers(events[name]).astype("str") for name in ("person", "event"))
    reason = np.full(len(events), "", dtype=object)
    people, names = pd.factorize(person)
    things, different = pd.factorize(event)
    reason[(people < 0) | (things < 0)] = NOT_KNOWN
    reason[_others(events, categories) & (reason == "")] = NOT_OFFENDER
    good = np.flatnonzero(reason == "")
    again = good[pd.Series(people[good] * max(len(different), 1) + things[good]).duplicated().to_numpy()]
    reason[again] = TWICE
    if largest is not None:
        good = np.flatnonzero(reason == "")
        size = np.bincount(things[good], minlength=len(different))
        reason[good[size[things[good]] > largest]] = TOO_LARGE.format(largest=largest)
    rows = np.flatnonzero(reason == "")
    who, which = pd.factorize(people[rows]), pd.factorize(things[rows])
    kept: Any = np.asarray(names, dtype=object)[who[1]]
    modes = TwoModes(kept, who[0].astype(np.int64), which[0].astype(np.int64), len(which[1]), rows)
    lost = events[reason != ""].assign(reason=reason[reason != ""])
    return modes, lost[["reason", *(name for name in lost.columns if name != "reason")]] if len(
        lost
    ) else None


def _others(events: pd.DataFrame, categories: Sequence[str]) -> NDArray[np.bool_]:
    """Rows of those who did not act: by category, else by the words of their role."""
    out = np.zeros(len(events), bool)
    if "category" in events:
        words = events["category"].astype("str").str.casefold()
        some = words.str.contains("|".join(categories), regex=True).fillna(False).to_numpy(dtype=bool)
        out |= events["category"].notna().to_numpy() & ~some
    if "role" in events:
        words = events["role"].astype("str").str.casefold()
        out |= (
            words.str.contains("victim|witness|injured|complainant", regex=True)
            .fillna(False)
            .to_numpy(dtype=bool)
        )
    return out


def _project(modes: TwoModes, faults: Check) -> pd.DataFrame:
    """Pairs with joint events and Newman's weight."""
    import pandas as pd

    from ilp_lab.networks.loops.together import by_code, project

    size = modes.per_event
    most = float((size.astype(np.float64) * (size - 1) / 2).sum())
    if most > MOST_PAIRS:
        _too_many(faults, most, size)
    person_offsets, by_person = by_code(modes.person, len(modes.persons))
    events = modes.event[by_person]
    event_offsets, by_event = by_code(
        events, modes.events
    )  # of rows by person: members come out in their order
    members = modes.person[by_person][by_event].astype(np.int32)
    share = 1.0 / np.maximum(size - 1, 1)
    found = project(event_offsets, members, person_offsets, events.astype(np.int32), share, int(most))
    return pd.DataFrame(dict(zip(("one", "other", "count", "newman"), found, strict=True)))


def _too_many(faults: Check, pairs: float, size: NDArray[np.int64]) -> None:
    faults.add(
        f"the events join up to {pairs:,.0f} pairs of persons, more than fit into memory; the largest event has "
        f"{int(size.max()):,}. Leave large ones out with largest_event=50 or the like."
    )
    faults.done()


def _tested(
    pairs: pd.DataFrame, modes: TwoModes | FromEngine, weight: str, test: str, level: float
) -> tuple[pd.DataFrame, float]:
    one, other, count = (pairs[name].to_numpy(dtype=np.int64) for name in ("one", "other", "count"))
    per_person, error = modes.per_person, 0.0
    table = pairs.assign(jaccard=count / np.maximum(per_person[one] + per_person[other] - count, 1))
    table["strength"] = table[weight].astype(np.float64)
    everybody = len(modes.persons) * (len(modes.persons) - 1) // 2
    if test == "sdsm":
        p, expected, error = (
            backbones.stochastic_degree(one, other, count, per_person, modes.per_event)
            if len(pairs)
            else (np.empty(0), np.empty(0), 0.0)
        )
    elif test == "hypergeometric":
        p, expected = backbones.fixed_rows(one, other, count, per_person, max(modes.events, 1))
    else:
        p = backbones.disparity(one, other, table["strength"].to_numpy(), len(modes.persons))
        expected, everybody = np.full(len(pairs), np.nan), len(pairs)
    table["expected"], table["p"] = expected, p
    table["q_fdr"] = backbones.among_all_pairs(p, everybody)
    table["kept"] = table["q_fdr"] <= level
    return table, error


def _dated(table: pd.DataFrame, events: pd.DataFrame, modes: TwoModes) -> None:
    """First and last joint event of each pair; missing where the events have no times."""
    import pandas as pd

    table["start"] = table["end"] = pd.Series(pd.NaT, index=table.index)
    if "occurred_at" not in events or not len(table):
        return
    times = pd.Series(events["occurred_at"].array[modes.row]).groupby(modes.event).min()
    joint = pd.DataFrame({"person": modes.person, "event": modes.event})
    mates = table.loc[table["kept"], ["one", "other"]]
    some = (
        mates.reset_index()
        .merge(joint, left_on="one", right_on="person")
        .merge(joint, left_on=["other", "event"], right_on=["person", "event"])
    )
    at = some["event"].map(times)
    for name, which in (("start", at.groupby(some["index"]).min()), ("end", at.groupby(some["index"]).max())):
        table[name] = which.reindex(table.index)


def _named(table: pd.DataFrame, modes: TwoModes | FromEngine) -> pd.DataFrame:
    import pandas as pd

    named = table.assign(
        source=pd.array(modes.persons[table["one"].to_numpy()], dtype="str"),
        target=pd.array(modes.persons[table["other"].to_numpy()], dtype="str"),
        kind=tr_later("acted with"),
    )
    order = (
        "source", "target", "kind", "strength", "count", "newman", "jaccard", "expected", "p", "q_fdr", "kept", "start", "end",
    )  # fmt: skip
    return named[list(order)].sort_values(["p", "count"], ascending=[True, False], ignore_index=True)


def _chart(
    kept: pd.DataFrame, events: pd.DataFrame | Table, modes: TwoModes | FromEngine, handling: str
) -> Any:
    import pandas as pd

    links = _named(kept, modes)
    links.attrs[MARK] = {
        **({} if isinstance(events, Table) else events.attrs.get(MARK, {})),
        "handling": handling,
    }
    names = pd.unique(pd.concat([links["source"], links["target"]], ignore_index=True))
    entities = pd.DataFrame({"entity_id": names, "kind": "person"})
    if isinstance(modes, FromEngine):
        if modes.category is not None:
            entities["category"] = entities["entity_id"].map(
                pd.Series(modes.category.to_numpy(), index=modes.persons)
            )
    elif not isinstance(events, Table) and "category" in events:
        known = events.iloc[modes.row]
        first = known.drop_duplicates("person").set_index("person")["category"]
        entities["category"] = entities["entity_id"].map(first)
    return chart(links, entities)


def _findings(table: pd.DataFrame, modes: TwoModes | FromEngine, level: float) -> tuple[str, ...]:
    kept = int(table["kept"].sum())
    said = [
        tr("{n:,} persons took part in {events:,} events; {n_2:,} pairs have at least one in common.").format(
            n=len(modes.persons), events=modes.events, n_2=len(table)
        ),
        tr(
            "{kept:,} of these ties are more than chance (q up to {level:g} among all possible pairs)."
        ).format(kept=kept, level=level),
    ]
    for row in table[table["kept"]].nsmallest(2, "p").to_dict("records"):
        usual = (
            ""
            if np.isnan(row["expected"])
            else tr("; {expected:.2g} would be usual").format(expected=row["expected"])
        )
        pair = tr("{persons} and {persons_2}").format(
            persons=modes.persons[row["one"]], persons_2=modes.persons[row["other"]]
        )
        said.append(
            trn(
                "{pair}: {n:,} joint event{usual}.", "{pair}: {n:,} joint events{usual}.", int(row["count"])
            ).format(pair=pair, n=int(row["count"]), usual=usual)
        )
    said.append(
        tr(
            "A tie here is no proof of acting together in any one event, and what was never recorded is not here; read the "
            "events behind a tie before anything is decided."
        )
    )
    return tuple(said)
