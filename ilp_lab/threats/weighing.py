"""What incidents weigh."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later
from ilp_lab.threats.harmscales import HarmScale, harm_scale

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NO_OFFENCE, NO_WEIGHT = tr_later("without an offence"), tr_later("offence not in the scale")


def harm(
    offence: pd.Series,
    *,
    scale: str | Path | HarmScale = "belmara",
    unknown: str = "refuse",
    found_by_police: bool = False,
) -> pd.Series:
    """Weigh offences by a harm scale.

    Parameters
    ----------
    offence
        Names or codes of offences. Upper case, hyphens and repeated spaces make no difference.
    scale
        As in :func:`harm_scale`.
    unknown
        Offences that the scale does not have: ``"refuse"`` names them in an error; ``"leave"`` gives them no value, and
        ``.attrs["ilp_lab_left_out"]`` counts them.
    found_by_police
        Whether offences that come to light by police work weigh too. By default they weigh nothing: more stops would look
        like more harm.

    Returns
    -------
    Series
        A weight per row, named ``harm``, in the unit of the scale; ``.attrs["ilp_lab_scale"]`` names the scale.

    Raises
    ------
    InputError, ReadError
        When an offence has no weight, or there is no such scale.

    Notes
    -----
    A harm scale is a judgement in numbers. Two scales can put different places first; :func:`compare_scales` shows where.

    References
    ----------
    Sherman, L., Neyroud, P. W. and Neyroud, E. (2016), The Cambridge Crime Harm Index, doi:10.1093/police/paw003.

    Examples
    --------
    >>> import pandas as pd
    >>> harm(pd.Series(["theft", "Robbery", "possession of drugs"]), scale="belmara").tolist()
    [2.0, 365.0, 0.0]
    """
    import pandas as pd

    caller = "threats.harm"
    check = Check(caller)
    check.choice(allowed=("refuse", "leave"), unknown=unknown)
    given: object = offence
    if not isinstance(given, pd.Series):
        check.add(f"offence must be a column of a table (Series); got {type(given).__name__}.")
    check.done()
    chosen = harm_scale(scale)
    values, reasons = weights_of(offence, chosen, found_by_police=found_by_police)
    if unknown == "refuse" and (reasons != "").any():
        _tell(check, offence, reasons, chosen)
        check.done()
    weighed = pd.Series(values, index=offence.index, name="harm")
    weighed.attrs["ilp_lab_scale"] = chosen.label
    weighed.attrs["ilp_lab_left_out"] = LeftOut.of(offence.to_frame(), reasons)
    return weighed


def weights_of(
    offence: pd.Series, scale: HarmScale, *, found_by_police: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Weights, NaN where there is none, and why."""
    found = scale.find(offence.dropna().unique(), found_by_police=found_by_police)
    values = offence.astype("object").map(found).to_numpy(dtype=np.float64, na_value=np.nan)
    reasons = np.full(len(offence), "", dtype=object)
    reasons[np.isnan(values)] = NO_WEIGHT
    reasons[offence.isna().to_numpy()] = NO_OFFENCE
    return values, reasons


def _tell(check: Check, offence: pd.Series, reasons: Any, scale: HarmScale) -> None:
    missing = int((reasons == NO_OFFENCE).sum())
    strange = offence[reasons == NO_WEIGHT].value_counts()
    if missing:
        check.add(f"{missing:,} rows have no offence; unknown='leave' passes over them and counts them.")
    if len(strange):
        named = "; ".join(
            tr("{name!r} ({count:,} rows").format(name=name, count=count)
            + (f"; {near!r}?" if (near := scale.nearest(name)) else "")
            + ")"
            for name, count in list(strange.items())[:6]
        )
        more = tr(" and {n} more").format(n=len(strange) - 6) if len(strange) > 6 else ""
        check.add(
            f"{scale.label} has no weight for {named}{more}. Rename them, add them to the scale, or pass over them with "
            "unknown='leave'."
        )
