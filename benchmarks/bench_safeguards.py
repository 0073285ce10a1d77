"""What the safeguards cost: an analysis cell with them, against the same cell without.

The same cell (count, Gi*, and a table written out) is run once through the case, the marks, the gate and the log, and once by hand
around them, in turn. The answers are the same; the ratio of processor time is printed.

    python benchmarks/bench_safeguards.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from time import process_time

import geopandas as gpd
import numpy as np
from shapely.geometry import box

import ilp_lab as ilp
from ilp_lab.safeguards import find_special_categories, mark, pseudonymise, release_bytes

ROUNDS = 9
N = 200_000


def made() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """A city of two hundred thousand incidents."""
    random = np.random.default_rng(7)
    xy = np.vstack([random.uniform(0, 20_000, (N // 2, 2)), random.normal(9_000, 1_500, (N // 2, 2))])
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*np.add(xy, [500_000, 5_300_000]).T), crs=32633)
    ground = gpd.GeoDataFrame(geometry=[box(500_000, 5_300_000, 520_000, 5_320_000)], crs=32633)
    return points, ground


def analysis(points: gpd.GeoDataFrame, ground: gpd.GeoDataFrame) -> object:
    """The cell itself."""
    return ilp.places.gi_star(points, cell_m=100, study_area=ground, rng=7)


def main() -> None:
    """Run both in turn and print the ratio."""
    points, ground = made()
    folder = Path(tempfile.mkdtemp())
    case = ilp.open_case(folder / "case", purpose="Benchmark", legal_basis="none needed", analyst="A17")
    analysis(points, ground)
    plain, guarded, gate = [], [], []
    for at in range(ROUNDS):
        for with_them in (at % 2 == 0, at % 2 == 1):  # which goes first changes from round to round
            began = process_time()
            table = mark(points, handling="H1", origin="q3.csv") if with_them else points
            found = analysis(table, ground)
            content = found.table.drop(columns="geometry").to_csv(index=False).encode()
            ready = process_time()
            if with_them:
                release_bytes(case, folder / f"guarded-{at}.csv", content, what="cells", inputs=(found,))
                gate.append(process_time() - ready)
                guarded.append(process_time() - began)
                assert found.handling == "H1"
                counts = found.table["n"]
            else:
                (folder / f"plain-{at}.csv").write_bytes(content)
                plain.append(process_time() - began)
                bare = found.table["n"]
        assert np.array_equal(bare, counts)
    print(
        f"analysis cell with safeguards / without, on the processor: {min(guarded) / min(plain):.3f} (best of {ROUNDS} each; the bar is 1.05); "
        f"the gate alone takes {median(gate) / median(plain):.1%} of the cell"
    )
    texts = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="Europe/Vienna")[0]
    began = process_time()
    find_special_categories(texts)
    looked = process_time() - began
    began = process_time()
    pseudonymise(texts.assign(incident_id=texts["incident_id"].astype("string")), "incident_id", case=case)
    hidden = process_time() - began
    print(
        f"special categories per row / pseudonyms per row: {looked / max(hidden, 1e-9):.2f} ({len(texts):,} rows)"
    )


if __name__ == "__main__":
    main()
