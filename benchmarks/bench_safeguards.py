"""What the safeguards cost: an analysis cell with them, against the same cell without.

The same cell (count, Gi*, and a table written out) is run once through the case, the marks, the gate and the log, and once by hand
around them. The answers are the same; the ratio is printed.

    python benchmarks/bench_safeguards.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter

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
    plain, guarded = [], []
    for at in range(ROUNDS):
        began = perf_counter()
        bare = analysis(points, ground)
        content = bare.table.drop(columns="geometry").to_csv(index=False).encode()
        (folder / f"plain-{at}.csv").write_bytes(content)
        plain.append(perf_counter() - began)
        began = perf_counter()
        found = analysis(mark(points, handling="H1", origin="q3.csv"), ground)
        content = found.table.drop(columns="geometry").to_csv(index=False).encode()
        release_bytes(case, folder / f"guarded-{at}.csv", content, what="cells", inputs=(found,))
        guarded.append(perf_counter() - began)
        assert np.array_equal(bare.table["n"], found.table["n"])
        assert found.handling == "H1"
    overhead = min(guarded) / min(plain) - 1
    print(
        f"analysis cell with safeguards / without: {1 + overhead:.3f} (overhead {overhead:+.1%}; the bar is 5 %)"
    )
    texts = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="Europe/Vienna")[0]
    began = perf_counter()
    find_special_categories(texts)
    looked = perf_counter() - began
    began = perf_counter()
    pseudonymise(texts.assign(incident_id=texts["incident_id"].astype("string")), "incident_id", case=case)
    hidden = perf_counter() - began
    print(
        f"special categories per row / pseudonyms per row: {looked / max(hidden, 1e-9):.2f} ({len(texts):,} rows)"
    )


if __name__ == "__main__":
    main()
