"""Are we ready? The seven preconditions, item by item: how far, by what it shows, who closes the gap, and how it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._packs import Shelf, rows, text, texts
from ilp_lab._tongue import of_pack, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.records import ReadinessScore

_METHOD = (
    "Each item of {pack} was scored from 0 to 4 by people. A score above 0 that names no evidence is shown as claimed and counts as "
    "not assessed. What is not assessed may be anything from 0 to 4, so a precondition has a range; its mean is that of the assessed items. "
    "Of several scores of one item by one unit the latest counts. Units are rolled up by their path, each unit counting the same."
)


def readiness_form(*, pack: str | Path = "readiness") -> pd.DataFrame:
    """Give the checklist as a table to fill in.

    Parameters
    ----------
    pack
        ``"readiness"``, or a YAML file of the same form with your own standards.

    Returns
    -------
    DataFrame
        ``precondition``, ``item``, ``question``, ``evidence_wanted``, and empty columns ``maturity``, ``evidence``, ``assessor``, ``owner``, ``due``, ``plan``.

    Raises
    ------
    ReadError
        When the pack is missing or not of that form.

    Examples
    --------
    >>> readiness_form()["precondition"].nunique()
    7
    """
    import pandas as pd

    rows = [
        {
            "precondition": precondition["name"], "item": item["id"], "question": item["name"],
            "evidence_wanted": item.get("evidence", ""), "maturity": pd.NA, "evidence": "", "assessor": "", "owner": "", "due": "", "plan": "",
        }
        for precondition in _SHELF.read(pack)["preconditions"]
        for item in precondition["items"]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def readiness_levels(*, pack: str | Path = "readiness") -> dict[int, str]:
    """What each level of a checklist says.

    Examples
    --------
    >>> readiness_levels()[0]
    'nothing there'
    """
    return {int(level): str(words) for level, words in _SHELF.read(pack)["levels"].items()}


def readiness(
    scores: Iterable[ReadinessScore],
    *,
    pack: str | Path = "readiness",
    until: int | None = None,
    wanted: int = 3,
) -> Result:
    """Put scores together: by precondition, by unit and level, over time, with the gaps and who closes them.

    Parameters
    ----------
    scores
        Records of form ``ReadinessScore``; ``records.from_frame(table, form="ReadinessScore")`` makes them from a filled-in form.
    pack
        The checklist.
    until
        Only the latest ``until`` dates are shown over time; all when left out.
    wanted
        Maturity from which an item is no gap.

    Returns
    -------
    Result
        ``table``: one row per unit and precondition: ``unit``, ``level``, ``precondition``, ``maturity`` (mean), ``low`` and ``high`` (if what is not assessed
        were 0 or 4), ``assessed``, ``items``, ``claimed``. ``details``: ``gaps`` (item, unit, maturity, owner, due, plan; without owner first), ``over_time``
        (date × precondition), ``roll_up`` (regions and the country), ``without_evidence``.

    Raises
    ------
    InputError
        When there are no scores, or items that are not on the checklist.

    Examples
    --------
    >>> from ilp_lab.records import ReadinessScore
    >>> score = ReadinessScore(item="named_owner", assessed_on="2026-03-01", maturity=3, evidence=["Order 12/2026"], assessor="A17")
    >>> found = readiness([score])
    >>> found.table.loc[found.table["assessed"] > 0, ["precondition", "maturity", "low", "high"]].values.tolist()
    [['Political support and managerial commitment', 3.0, 0.75, 3.75]]
    """
    caller = "tasking.readiness"
    check = Check(caller)
    check.whole(1, wanted=wanted, until=until)
    content = _SHELF.read(pack)
    given = _given(check, scores, content)
    check.done()
    frame = _frame(given, content)
    latest = frame.sort_values("assessed_on", kind="stable").drop_duplicates(["unit", "item"], keep="last")
    table = _by_precondition(latest, content)
    gaps = _gaps(latest, content, wanted)
    details: dict[str, Any] = {
        "gaps": gaps,
        "over_time": _over_time(frame, content, until),
        "roll_up": _roll_up(table),
        "without_evidence": latest[latest["claimed"]][["unit", "item", "said"]].reset_index(drop=True),
        "levels": content["levels"],
    }
    return Result(
        name=caller,
        title=tr_later("Readiness for intelligence-led policing"),
        table=table,
        method=_METHOD.format(pack=f"{content['name']} {content['version']}"),
        findings=_findings(table, gaps, details),
        params=(Param("pack", content["name"]), Param("wanted", wanted)),
        caveats=(
            tr(
                "A self-assessment: it says what people say of themselves. Let somebody else score a part of it."
            ),
        ),
        references=(f"Checklist: {content['source']}",),
        sources=(
            Source("scores", len(given), fingerprint("\n".join(sorted(score.sha256 for score in given)))),
        ),
        handling=handling_of(*given),
        details=details,
    )


def _checklist(content: Mapping[str, Any]) -> dict[str, Any]:
    items = [
        text(item["id"], "id")
        for one in rows(content["preconditions"], "preconditions")
        for item in rows(one["items"], "items")
    ]
    if not items or len(items) != len(set(items)):
        raise ValueError("it needs items that stand there once")
    if not content["levels"]:
        raise ValueError("levels must not be empty")
    return {**content, **texts(content, "name", "version", "source")}


_SHELF = Shelf(
    "readiness",
    Path(__file__).parent / "packs" / "readiness",
    "readiness checklist",
    tr_later("name, version, source, levels, and preconditions with their items"),
    _checklist,
)


def _given(check: Check, scores: Iterable[Any], content: dict[str, Any]) -> list[ReadinessScore]:
    from ilp_lab.records import ReadinessScore

    known = {item["id"] for one in content["preconditions"] for item in one["items"]}
    given = list(scores)
    if not given:
        check.add("there are no scores; readiness_form() gives the table to fill in.")
    strange = [type(score).__name__ for score in given if not isinstance(score, ReadinessScore)]
    if strange:
        check.add(f"scores must be ReadinessScore records; got {strange[0]}.")
        return []
    unknown = sorted({score.item for score in given} - known)
    if unknown:
        check.add(f"{unknown[0]!r} is no item of the checklist {content['name']}.")
    return given


def _frame(given: list[ReadinessScore], content: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    of = {item["id"]: one["name"] for one in content["preconditions"] for item in one["items"]}
    rows = [
        {
            "unit": score.unit or "", "level": score.level, "precondition": of[score.item], "item": score.item,
            "assessed_on": score.assessed_on, "said": np.nan if score.maturity is None else float(score.maturity),
            "claimed": bool(score.maturity) and not score.evidence, "owner": score.owner or "", "due": score.due, "plan": score.plan or "",
        }
        for score in given
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["maturity"] = frame["said"].where(~frame["claimed"])
    return frame


def _by_precondition(latest: pd.DataFrame, content: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for (unit, level), own in latest.groupby(["unit", "level"], sort=True):
        for one in content["preconditions"]:
            number = len(one["items"])
            part = own[own["precondition"] == one["name"]]
            known = part["maturity"].dropna()
            missing = number - len(known)
            rows.append(
                {
                    "unit": unit, "level": level, "precondition": one["name"], "maturity": known.mean() if len(known) else np.nan,
                    "low": known.sum() / number, "high": (known.sum() + 4 * missing) / number, "assessed": len(known), "items": number,
                    "claimed": int(part["claimed"].sum()),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _gaps(latest: pd.DataFrame, content: dict[str, Any], wanted: int) -> pd.DataFrame:
    asked = {item["id"]: item["name"] for one in content["preconditions"] for item in one["items"]}
    gaps = latest[~(latest["maturity"] >= wanted)].assign(
        question=lambda rows: rows["item"].map(asked),
        distance=lambda rows: wanted - rows["maturity"].fillna(0),
    )
    gaps["owned"] = (gaps["owner"] != "") & gaps["due"].notna()
    gaps = gaps.sort_values(["owned", "distance"], ascending=[True, False], kind="stable")
    columns = [
        "unit",
        "precondition",
        "item",
        "question",
        "maturity",
        "claimed",
        "distance",
        "owner",
        "due",
        "plan",
        "owned",
    ]
    return gaps[columns].reset_index(drop=True)


def _over_time(frame: pd.DataFrame, content: dict[str, Any], until: int | None) -> pd.DataFrame:
    """Mean maturity by precondition as it stood on each date on which something was assessed."""
    import pandas as pd

    days = sorted(frame["assessed_on"].unique())
    days = days if until is None else days[-until:]
    rows = []
    for day in days:
        known = frame[frame["assessed_on"] <= day].sort_values("assessed_on", kind="stable")
        known = known.drop_duplicates(["unit", "item"], keep="last")
        rows.append({"assessed_on": day, **known.groupby("precondition")["maturity"].mean().to_dict()})
    columns = ["assessed_on", *(one["name"] for one in content["preconditions"])]
    return pd.DataFrame(rows).reindex(columns=columns)


def _roll_up(table: pd.DataFrame) -> pd.DataFrame:
    """Every unit above, with the mean and the weakest of those below it."""
    import pandas as pd

    rows = []
    paths = sorted(
        {
            "/".join(unit.split("/")[:depth])
            for unit in table["unit"]
            for depth in range(1, len(unit.split("/")) + 1)
        }
        - {""}
    )
    for path in paths or [""]:
        below = table[(table["unit"] == path) | table["unit"].str.startswith(f"{path}/")] if path else table
        for name, part in below.groupby("precondition", sort=False):
            known = part.dropna(subset=["maturity"])
            weakest = known.iloc[int(known["maturity"].to_numpy().argmin())] if len(known) else None
            rows.append(
                {
                    "unit": path, "precondition": name, "units": part["unit"].nunique(), "maturity": known["maturity"].mean() if len(known) else np.nan,
                    "weakest": "" if weakest is None else weakest["unit"], "weakest_maturity": np.nan if weakest is None else weakest["maturity"],
                    "low": part["low"].mean(), "high": part["high"].mean(),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _findings(table: pd.DataFrame, gaps: pd.DataFrame, details: dict[str, Any]) -> tuple[str, ...]:
    means = table.groupby("precondition", sort=False)["maturity"].mean().dropna()
    if not len(means):
        raise InputError("tasking.readiness: no item was assessed with evidence, so nothing can be said.")
    low, high = str(means.idxmin()), str(means.idxmax())
    said = [
        tr(
            "Weakest is {low} ({means:.1f} of 4), strongest {high} ({means_2:.1f}), over {unit} units."
        ).format(
            low=of_pack(low),
            means=means[low],
            high=of_pack(high),
            means_2=means[high],
            unit=table["unit"].nunique(),
        ),
        tr(
            "{assessed} of {items} items were assessed with evidence; {claimed} scores name none and do not count."
        ).format(
            assessed=int(table["assessed"].sum()),
            items=int(table["items"].sum()),
            claimed=int(table["claimed"].sum()),
        ),
        tr("{n} gaps are left; {owned} of them have no owner or no date.").format(
            n=len(gaps), owned=int((~gaps["owned"]).sum())
        ),
    ]
    over = details["over_time"]
    if len(over) > 1:
        change = (over.iloc[-1, 1:].astype(float) - over.iloc[0, 1:].astype(float)).dropna()
        if len(change):
            said.append(
                tr("Since {iloc} {change} preconditions rose and {change_2} fell.").format(
                    iloc=over.iloc[0, 0], change=int((change > 0).sum()), change_2=int((change < 0).sum())
                )
            )
    said.append(
        tr(
            "Numbers of maturity order work; they are no marks. Do not compare units that looked at different evidence."
        )
    )
    said.append(tr("Check next with somebody from outside the unit one item of each precondition."))
    return tuple(said)
