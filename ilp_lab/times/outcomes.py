"""Did it work? Counts before and after, with and without the measure, and what moved next door."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import p_words, two_sided
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.poissontests import ETest, e_test, poisson_z, rate_ratio

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

ZONES = ("treated", "control", "displacement", "displacement control")
_WDD = (
    "Wheeler and Ratcliffe 2018, A simple weighted displacement difference test to evaluate place based crime interventions, doi:10.1186/s40163-018-0085-5",
    tr_later(
        "Wheeler and Ratcliffe 2018; extension to harm, areas and times of different size after Wheeler's worked examples"
    ),
)


def compare_counts(
    table: pd.DataFrame,
    *,
    before: str = "before",
    after: str = "after",
    before_span: float = 1.0,
    after_span: float = 1.0,
    statistic: ETest = "score",
    alpha: float = 0.05,
) -> Result:
    """Compare counts before and after, row by row, by the E-test for two Poisson counts.

    Parameters
    ----------
    table
        One row per comparison.
    before, after
        Columns of counts.
    before_span, after_span
        How long (or large) what was counted before and after was.
    statistic
        ``"score"`` or ``"wald"``; the first is the more careful one with small counts.
    alpha
        Share of false alarms accepted among all comparisons (Benjamini-Hochberg).

    Returns
    -------
    Result
        ``table``: the rows with ``ratio`` of rates, ``low``, ``high`` (exact 95 % interval), ``poisson_z`` (equal spans only), ``p``, ``q_fdr``, ``verdict``.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    References
    ----------
    Krishnamoorthy, K. and Thomson, J. (2004), doi:10.1016/S0378-3758(02)00408-1.

    Examples
    --------
    >>> import pandas as pd
    >>> compare_counts(pd.DataFrame({"before": [20], "after": [10]})).table["p"].round(6).tolist()
    [0.068832]
    """
    from ilp_lab._ground.significance import false_discovery

    caller = "times.compare_counts"
    check = Check(caller)
    check.positive(before_span=before_span, after_span=after_span)
    check.choice(allowed=("score", "wald"), statistic=statistic)
    check.between(0.0001, 0.5, alpha=alpha)
    _check_counts(check, table, [before, after])
    check.done()
    ratio = before_span / after_span
    pairs = [(int(one), int(other)) for one, other in zip(table[after], table[before], strict=True)]
    p = np.array([e_test(one, other, ratio=ratio, statistic=statistic) for one, other in pairs])
    ratios = np.array([rate_ratio(one, other, ratio=ratio) for one, other in pairs]).reshape(-1, 3)
    q = false_discovery(p)
    verdict = np.where(
        q >= alpha, tr_later("this could be chance"), np.where(ratios[:, 0] > 1, "more", "fewer")
    )
    found = table.assign(ratio=ratios[:, 0], low=ratios[:, 1], high=ratios[:, 2])
    if ratio == 1:
        found = found.assign(poisson_z=[poisson_z(one, other) for one, other in pairs])
    found = found.assign(p=p, q_fdr=q, verdict=verdict)
    sure = int((q < alpha).sum())
    first = found.iloc[0]
    return Result(
        name=caller,
        title=tr_later("Before and after"),
        table=found,
        method=tr("Two Poisson counts were compared by the E-test ({statistic}); the interval of the ratio is exact; q adjusts for the " "number of rows.").format(statistic=statistic),
        findings=(
            tr("{sure} of {n} differences are more than chance explains.").format(sure=sure, n=len(found))
            if len(found) != 1
            else tr("Nothing before and nothing after: there is nothing to compare.")
            if not first[after] + first[before]
            else tr("{first:,} after, {first_2:,} before: a ratio of {ratio:.2f} ({low:.2f} to {high:.2f}); {what} ({p_words}).").format(first=int(first[after]), first_2=int(first[before]), ratio=first["ratio"], low=first["low"], high=first["high"], what=tr("chance does not explain it") if sure else tr("this could be chance"), p_words=p_words(first["p"])),
            tr("A difference between before and after is not an effect: compare with places where nothing was done " "(displacement_difference)."),
        ),
        params=(Param("before_span", before_span), Param("after_span", after_span), Param("statistic", statistic), Param("alpha", alpha)),
        caveats=(tr("Counts that come in waves vary more than the test allows."), tr("What stood out before tends to fall by itself (regression to the mean).")),
        references=("Krishnamoorthy and Thomson 2004, A more powerful test for comparing two Poisson means, doi:10.1016/S0378-3758(02)00408-1",),
        sources=(Source("counts", len(found), fingerprint(table[[before, after]].to_numpy(dtype=np.int64)), origin_of(table)),),
        handling=handling_of(table),
    )  # fmt: skip


def _check_counts(check: Check, table: Any, columns: list[str]) -> None:
    if not check.frame(table, "the table"):
        return
    check.columns(table, columns, "the table")
    for name in columns:
        if name not in table:
            continue
        held = table[name]
        if held.dtype.kind not in "iuf":
            check.add(f"{name} must be a column of counts; it holds {held.dtype}.", ColumnError)
        elif held.isna().any() or (held < 0).any() or (held != held.round()).any():
            check.add(f"{name} must hold whole numbers of 0 and more, none missing.", ColumnError)
    if not len(table):
        check.add("the table has no row.")


def displacement_difference(
    table: pd.DataFrame,
    *,
    harm: str | None = None,
    size: str | None = None,
    before_span: float = 1.0,
    after_span: float = 1.0,
    level: float = 0.95,
) -> Result:
    """Test a measure by the weighted displacement difference: treated against control, and what moved next door.

    Parameters
    ----------
    table
        One row per zone (and offence, if harm differs) with ``zone`` (``"treated"``, ``"control"``, ``"displacement"``, ``"displacement control"``), ``before``
        and ``after``. The two displacement zones may be missing.
    harm
        Column with the harm of one incident of each row.
    size
        Column with the size of each zone (street length, residents), when zones differ.
    before_span, after_span
        How long the two periods were.
    level
        Of the interval.

    Returns
    -------
    Result
        ``table``: ``part`` (treated against control, displacement, net), ``change``, ``control_change``, ``difference``, ``se``, ``z``, ``p``, ``low``, ``high``.
        ``details``: ``wdd``, ``se``, ``z``, ``low``, ``high`` of the net effect.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, such as a treated zone without a control.

    Notes
    -----
    WDD = (treated after − before) − (control after − before) + the same for the displacement zones; its variance is the sum of all
    counts, each times its squared weight. It supposes that without the measure treated and control would have changed by as
    many incidents; choose a control of about the same level.

    References
    ----------
    Wheeler, A. P. and Ratcliffe, J. H. (2018), doi:10.1186/s40163-018-0085-5.

    Examples
    --------
    >>> import pandas as pd
    >>> zones = ["control", "treated", "displacement control", "displacement"]
    >>> counts = pd.DataFrame({"zone": zones, "before": [308, 207, 150, 178], "after": [318, 110, 140, 157]})
    >>> found = displacement_difference(counts)
    >>> found["wdd"], round(found["se"], 5)
    (-118.0, 39.59798)
    """
    import pandas as pd

    caller = "times.displacement_difference"
    check = Check(caller)
    check.positive(before_span=before_span, after_span=after_span)
    check.between(0.5, 0.9999, level=level)
    _check_zones(check, table, harm, size)
    check.done()
    rows, used = _effects(table, harm, size, before_span, after_span, level)
    found = pd.DataFrame(rows)
    last = found.iloc[-1]
    return Result(
        name=caller,
        title=tr_later("Did it work?") if harm is None else tr_later("Did it work? (harm)"),
        table=found,
        method=(
            tr("Changes in the treated and the displacement zone were compared with those in their controls (weighted displacement " "difference). Counts are taken as Poisson, so the variance of the difference is the sum of all counts, each times " "its squared weight.")
        ),
        findings=_wdd_findings(found, harm, level),
        params=(Param("harm", harm or tr_later("each incident 1")), Param("size", size or tr_later("zones alike")), Param("before_span", before_span), Param("after_span", after_span), Param("level", level)),
        caveats=(
            tr("It supposes that treated and control would have changed alike; look at the periods before."),
            tr("Zones chosen because they had just peaked fall by themselves (regression to the mean)."),
            tr("The test does not know about other measures at the same time."),
        ),
        references=_WDD,
        sources=(Source("counts", len(table), fingerprint(*used), origin_of(table)),),
        handling=handling_of(table),
        details={"wdd": float(last["difference"]), "se": float(last["se"]), "z": float(last["z"]), "p": float(last["p"]), "low": float(last["low"]), "high": float(last["high"])},
    )  # fmt: skip


def _effects(
    table: pd.DataFrame,
    harm: str | None,
    size: str | None,
    before_span: float,
    after_span: float,
    level: float,
) -> tuple[list[dict[str, Any]], tuple[NDArray[np.float64], ...]]:
    """The effect in the treated zone, next door and together; and the numbers that went in."""
    weight = np.ones(len(table)) if harm is None else table[harm].to_numpy(dtype=np.float64)
    if size is not None:
        weight = weight / table[size].to_numpy(dtype=np.float64)
    zone = table["zone"].to_numpy()
    counts = {name: table[name].to_numpy(dtype=np.float64) for name in ("before", "after")}
    scaled = {"before": weight / before_span, "after": weight / after_span}
    change = {
        name: float(
            ((counts["after"] * scaled["after"]) - (counts["before"] * scaled["before"]))[zone == name].sum()
        )
        for name in ZONES
    }
    variance = {
        name: float(
            sum((counts[when] * scaled[when] ** 2)[zone == name].sum() for when in ("before", "after"))
        )
        for name in ZONES
    }
    rows = [_effect(tr_later("treated against control"), change, variance, ("treated", "control"), level)]
    if (zone == "displacement").any():
        rows.append(
            _effect("displacement", change, variance, ("displacement", "displacement control"), level)
        )
        net = {
            **change,
            "treated": change["treated"] + change["displacement"],
            "control": change["control"] + change["displacement control"],
        }
        together = {
            **variance,
            "treated": variance["treated"] + variance["displacement"],
            "control": variance["control"] + variance["displacement control"],
        }
        rows.append(
            _effect(
                tr_later("net (weighted displacement difference)"),
                net,
                together,
                ("treated", "control"),
                level,
            )
        )
    return rows, (counts["before"], counts["after"], weight)


def _check_zones(check: Check, table: Any, harm: str | None, size: str | None) -> None:
    _check_counts(check, table, ["before", "after"])
    if not hasattr(table, "columns"):
        return
    check.columns(
        table, ["zone", *([] if harm is None else [harm]), *([] if size is None else [size])], "the table"
    )
    for name in (harm, size):
        if name is not None and name in table and not (table[name] > 0).all():
            check.add(f"{name} must be above 0 in every row.", ColumnError)
    if "zone" not in table:
        return
    held = set(table["zone"])
    if held - set(ZONES):
        check.add(
            f"zone must be one of {', '.join(map(repr, ZONES))}; got {sorted(map(str, held - set(ZONES)))}."
        )
    for one, other in (("treated", "control"), ("displacement", "displacement control")):
        if (one in held) != (other in held):
            check.add(f"zone {one!r} and zone {other!r} belong together; one of them is missing.")
    if "treated" not in held:
        check.add("a row with zone 'treated' is needed.")


def _effect(
    name: str, change: dict[str, float], variance: dict[str, float], pair: tuple[str, str], level: float
) -> dict[str, Any]:
    from scipy.special import ndtri

    difference = change[pair[0]] - change[pair[1]]
    se = math.sqrt(variance[pair[0]] + variance[pair[1]])
    reach = float(ndtri(0.5 + level / 2)) * se
    z = difference / se if se else 0.0
    return {
        "part": name, "change": change[pair[0]], "control_change": change[pair[1]], "difference": difference, "se": se, "z": z,
        "p": float(two_sided(np.array([z]))[0]), "low": difference - reach, "high": difference + reach,
    }  # fmt: skip


def _wdd_findings(found: pd.DataFrame, harm: str | None, level: float) -> tuple[str, ...]:
    last = found.iloc[-1]
    unit = tr("incidents") if harm is None else tr_later("units of harm")
    way = tr("fewer") if last["difference"] < 0 else tr("more")
    sure = not last["low"] <= 0 <= last["high"]
    said = [
        tr(
            "There were {difference:,.0f} {unit} {way} than without the measure, if treated and control would have changed alike "
            "({level:.0%} interval {low:+,.0f} to {high:+,.0f})."
        ).format(
            difference=abs(last["difference"]),
            unit=unit,
            way=way,
            level=level,
            low=last["low"],
            high=last["high"],
        )
    ]
    if not sure:
        said.append(tr("This could be chance: the data do not show that it worked, nor that it did not."))
    elif last["difference"] < 0:
        said.append(
            tr("Chance does not explain it (z {z:.2f}): the counts speak for an effect.").format(z=last["z"])
        )
    else:
        said.append(tr("Chance does not explain it (z {z:.2f}): it went the wrong way.").format(z=last["z"]))
    if len(found) > 1:
        moved = found.iloc[1]
        if moved["low"] > 0:
            said.append(
                tr(
                    "Next door there were {difference:,.0f} more than in its control: part of it moved."
                ).format(difference=moved["difference"])
            )
        elif moved["high"] < 0:
            said.append(
                tr(
                    "Next door there were {difference:,.0f} fewer than in its control: the benefit spread."
                ).format(difference=-moved["difference"])
            )
        else:
            said.append(tr("No displacement to next door can be shown, nor ruled out."))
    said.append(
        tr(
            "Check next the same counts for the year before, when nothing was done: they should show no effect."
        )
    )
    return tuple(said)
