"""What near repeats say: bands, findings and doubts in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr, tr_later

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.times.moments import Moments

_MONTH = 28  # days


def calculator_words(low: float, high: float, unit: str, *, first: int = 0) -> str:
    """A band as the calculator prints it: its lower ends are one more than what it counts."""
    if math.isinf(high):
        return tr("More than {low:g} {unit}").format(low=low, unit=unit)
    return tr("{what:g} to {high:g} {unit}").format(what=low + 1 if low else first, high=high, unit=unit)


def band_words(row: pd.Series) -> str:
    """A band in words: "within 100 m and 7 days"."""
    near = (
        tr_later("at the same place")
        if row["m_to"] <= 1
        else tr("{m_from:,.0f} to {m_to:,.0f} m away").format(m_from=row["m_from"], m_to=row["m_to"])
    )
    return tr("{near}, {days_from:g} to under {days_to:g} days later").format(
        near=near, days_from=row["days_from"], days_to=row["days_to"]
    )


def findings(table: pd.DataFrame, held: Moments, alpha: float) -> tuple[str, ...]:
    """What was found, strongest first, or why nothing can be."""
    sure = table[(table["verdict"] == "more than chance") & np.isfinite(table["m_to"] + table["days_to"])]
    span = int(held.day.max() - held.day.min()) + 1
    said = [
        tr("{n:,} incidents over {span:,} days were compared with each other.").format(
            n=len(held.x), span=span
        )
    ]
    blind = _blind(held, table)
    if blind:
        return (
            *said,
            tr("Near repeats can be neither shown nor ruled out here: {blind}").format(blind=blind),
            tr("Do not read the ratios; look for finer data."),
        )
    if not len(sure):
        said.append(
            tr(
                "In no band do incidents near each other in space follow each other in time more often than chance explains (q below "
                "{alpha:g})."
            ).format(alpha=alpha)
        )
        said.append(tr("Do not send patrols after the last incident on the strength of this data."))
    else:
        top = sure.iloc[int(sure["ratio"].to_numpy().argmax())]
        said.append(
            tr(
                "The strongest: {band_words}, {observed:,} pairs against {expected:,.1f} expected, {ratio:.2f} times as many (p "
                "{p:.3g})."
            ).format(
                band_words=band_words(top),
                observed=int(top["observed"]),
                expected=top["expected"],
                ratio=top["ratio"],
                p=top["p"],
            )
        )
        reach = sure[sure["days_from"] == 0]["m_to"].max()
        if np.isfinite(reach) and len(sure) > 1:
            said.append(
                tr(
                    "{n} of {n_2} bands hold more pairs than chance explains; soon after an incident up to {reach:,.0f} m away."
                ).format(n=len(sure), n_2=len(table), reach=reach)
            )
        extra = float((sure["observed"] - sure["expected"]).sum())
        said.append(
            tr(
                "That is about {extra:,.0f} pairs beyond chance among {n:,} incidents; one wave makes many pairs, so it is no count "
                "of incidents that a response could prevent."
            ).format(extra=extra, n=len(held.x))
        )
    said.append(
        tr(
            "It says that they come together, not that the same people did it. Check next with near_repeat_roles which they are."
        )
    )
    return tuple(said)


def _blind(held: Moments, table: pd.DataFrame) -> str:
    """Why the test can say nothing at all, where that is so."""
    if _number_of_places(held) == 1:
        return tr("all incidents lie at one place, so every pair is near.")
    if (held.day == held.day[0]).all():
        return tr("all incidents happened on one day, so every pair is soon.")
    if held.told == "month" and float(table["days_to"].iloc[0]) < _MONTH:
        return tr("only the month of each incident is known, and the bands count days.")
    return ""


def _number_of_places(held: Moments) -> int:
    """How many places there are, to the decimetre."""
    across, up = ((10 * (one - one.min())).round().astype(np.int64) for one in (held.x, held.y))
    return 1 + int(np.count_nonzero(np.diff(np.sort(across * (int(up.max()) + 1) + up))))


def caveats(held: Moments, table: pd.DataFrame) -> tuple[str, ...]:
    """What the reader has to know before the findings are used."""
    said: list[str] = []
    span = int(held.day.max() - held.day.min()) + 1
    alone = _number_of_places(held)
    if 1 < alone < 0.8 * len(held.x):
        said.append(
            tr(
                "{n:,} incidents lie at only {alone:,} places; when places are rounded (snapped to streets or map points), the row "
                "of the same place holds neighbours too."
            ).format(n=len(held.x), alone=alone)
        )
    if alone == 1:
        said.append(tr("All incidents lie at one place, so every pair is near and the test says nothing."))
    said += held.doubts
    if span < float(table["days_to"].iloc[-1]) < np.inf:
        said.append(
            tr("The last band of days is longer than the data, which span {span:,} days.").format(span=span)
        )
    said.append(tr("Pairs are not independent; a few long waves can make a band stand out."))
    return tuple(said)
