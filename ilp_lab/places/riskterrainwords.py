"""What a risk terrain says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._tongue import tr, tr_later

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

METHOD = tr_later(
    "The study area was covered with cells of {cell:g} m. For each of {factors} factors it was worked out which cells "
    "lie within {reaches} of one (and, for factors that are points, which have an unusually high density of them: more "
    "than two standard deviations above the mean). A Poisson regression with an elastic-net penalty, chosen by "
    "{folds}-fold cross-validation, kept the {kept} of {tried} variables that foresee counts; stepwise selection by BIC, "
    "one variable per factor, chose among them, with a Poisson and with a negative binomial distribution; the better one "
    "({family}) was taken. A relative risk value is the factor by which the expected count rises where the variable holds."
)

REFERENCES = (
    "Caplan, Kennedy and Miller 2011, Risk terrain modeling, doi:10.1080/07418825.2010.486037",
    "Kennedy, Caplan, Piza and Buccine-Schraeder 2016, Vulnerability and exposure to crime, doi:10.1007/s12061-015-9173-z",
    "Friedman, Hastie and Tibshirani 2010, Regularization paths for generalized linear models, doi:10.18637/jss.v033.i01",
)


def findings(
    found: pd.DataFrame, table: gpd.GeoDataFrame, validation: pd.DataFrame | None, factors: int
) -> tuple[str, ...]:
    """Which factors matter, how far the cells differ, and how well later incidents were foreseen."""
    said = []
    if len(found):
        top = found.iloc[0]
        way = (
            tr("within {reach_m:g} m of").format(reach_m=top["reach_m"])
            if top["way"] == "within"
            else tr("dense ({reach_m:g} m) with").format(reach_m=top["reach_m"])
        )
        said.append(
            tr(
                "{n:,} of {factors:,} factors go with incidents. The strongest is {factor}: cells {way} it expect {rrv:.1f} times as "
                "many ({low:.1f} to {high:.1f})."
            ).format(
                n=len(found),
                factors=factors,
                factor=top["factor"],
                way=way,
                rrv=top["rrv"],
                low=top["low"],
                high=top["high"],
            )
        )
        said.append(
            tr(
                "The riskiest cell expects {relative_risk:.0f} times as many incidents as the least risky one."
            ).format(relative_risk=table["relative_risk"].max())
        )
    else:
        said.append(
            tr(
                "None of the {factors:,} factors explains where incidents are better than the average does."
            ).format(factors=factors)
        )
    if validation is not None:
        row = validation[validation["ground"] == 0.1].iloc[0]
        said.append(
            tr(
                "The riskiest 10 % of the ground held {model:.0%} of the later incidents; the 10 % with most past incidents held "
                "{past_counts:.0%}."
            ).format(model=row["model"], past_counts=row["past_counts"])
        )
    said.append(
        tr(
            "A factor that goes with incidents need not cause them. The model describes ground, and nothing about any person."
        )
    )
    said.append(tr("Check next on the ground what it is about these places that could be changed."))
    return tuple(said)


def caveats(found: pd.DataFrame, validation: pd.DataFrame | None, untold: list[str]) -> tuple[str, ...]:
    """What weakens the model."""
    said = [tr("Intervals do not know that the variables were selected; take them as too narrow.")]
    if validation is None:
        said.append(
            tr("The model was not tried on a later period (later=...); it may only describe the past.")
        )
    elif (validation["model"] < validation["past_counts"]).all():
        said.append(tr("Past counts alone foresaw the later incidents better than this model."))
    if untold:
        said.append(
            tr(
                "Nearly all or no incidents lie within reach of {n} of the variables ({names}{what}); they could not be compared. A "
                "study area that leaves out empty ground helps."
            ).format(n=len(untold), names=", ".join(untold[:4]), what=", …" if len(untold) > 4 else "")
        )
    if len(found) and (found["cells"] < 20).any():
        said.append(tr("Some factors hold in fewer than twenty cells; their value rests on little."))
    return tuple(said)
