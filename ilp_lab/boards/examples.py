"""The sample data that boards open on when nobody brings any: the fictional Republic of Belmara."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ilp_lab._tongue import tr

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.networks import LinkChart

ZONE = "UTC"


def origin() -> str:
    """What stands above a board that shows sample data."""
    return tr("Sample data of the fictional Republic of Belmara: synthetic, no real persons or places.")


@lru_cache(maxsize=1)
def incidents() -> gpd.GeoDataFrame:
    """All incidents of Belmara."""
    from ilp_lab import intake, samples

    frame, _ = intake.read_incidents(samples.path("belmara/incidents.csv"), tz=ZONE)
    return frame


@lru_cache(maxsize=1)
def areas() -> gpd.GeoDataFrame:
    """Its areas."""
    from ilp_lab import intake, samples

    frame, _ = intake.read_areas(samples.path("belmara/areas.geojson"))
    return frame


@lru_cache(maxsize=1)
def link_chart() -> LinkChart:
    """Its link chart."""
    from ilp_lab import intake, networks, samples

    links, _ = intake.read_links(samples.path("belmara/links.csv"))
    entities, _ = intake.read_entities(samples.path("belmara/entities.csv"))
    return networks.chart(links, entities)


@lru_cache(maxsize=1)
def reports() -> pd.DataFrame:
    """Its graded reports, as text."""
    import pandas as pd

    from ilp_lab import samples

    return pd.read_csv(samples.path("belmara/reports.csv"), dtype=str)


@lru_cache(maxsize=1)
def threat_scores() -> pd.DataFrame:
    """What two assessors scored of five fictional groups."""
    import pandas as pd

    from ilp_lab import samples

    return pd.read_csv(samples.path("belmara/threat_matrix.csv"))


@lru_cache(maxsize=1)
def areas_with_residents() -> gpd.GeoDataFrame:
    """The areas, each with a made-up share of young residents that rises from west to east."""
    outlines = areas()
    east = outlines.geometry.bounds["minx"]
    share = 0.1 + 0.5 * (east - east.min()) / (east.max() - east.min())
    return outlines.assign(share_young=share.round(3))


@lru_cache(maxsize=1)
def options() -> pd.DataFrame:
    """What could be done about robberies at a station, with four answers on rights each: made up."""
    import pandas as pd

    law, need, fair, alike = "yes: Act s.4", "yes: 58 robberies", "yes: hits few", "yes: by place and hour"
    rights = ["legality", "necessity", "proportionality", "non_discrimination"]
    numbers = ["harm_prevented", "harm_prevented_low", "harm_prevented_high", "intrusiveness", "cost"]
    return pd.DataFrame(
        [
            ("Light and cut back the underpass", "prevention", law, need, fair, alike, 150, 60, 240, 0, 45),
            ("Two officers on foot, 22:00 to 02:00", "enforcement", law, need, fair, alike, 140, 40, 240, 1, 95),
            ("Ask who buys the phones", "intelligence", law, need, fair, alike, 90, 20, 300, 1, 30),
            ("Stop all young men", "enforcement", law, need, fair, "no: by age and sex", 180, 60, 300, 3, 70),
            ("Recognise all faces", "intelligence", "no: no law", need, fair, alike, 320, 90, 500, 3, 120),
            ("Do nothing", "do nothing", None, None, None, None, 0, 0, 0, 0, 0),
        ],
        columns=["option", "kind", *rights, *numbers],
    )  # fmt: skip
