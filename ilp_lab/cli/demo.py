"""``ilp-lab demo``: one line from messy files to a written product, without a network.

Everything is written into a folder beside the wanted one and takes its name when all of it is there, so a full
disk or Ctrl-C leaves nothing half-written.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ilp_lab.cli.folders import filled, free_folder
from ilp_lab.cli.inputs import Inputs, Pairs, check_cell, check_crs
from ilp_lab.cli.screen import echo, one_line
from ilp_lab.cli.unused import check_areas, unused
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.intake import QualityReport
    from ilp_lab.products import ProblemProfile, Section
    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

DEFAULT_OUT = Path("ilp-lab-demo")
_SAMPLE_OFFENCE = "burglary dwelling"
_SAMPLE_TZ = "UTC"
_SAMPLE_LEGAL_BASIS = "none needed: synthetic data, no personal data"


@dataclass(frozen=True)
class Request:
    """What the user asked for; see the options of ``ilp-lab demo``."""

    incidents: tuple[Path, ...] = ()
    links: tuple[Path, ...] = ()
    areas: Path | None = None
    out: Path = DEFAULT_OUT
    offence: str | None = None
    cell_m: float | None = None
    columns: Pairs = ()
    tz: str | None = None
    dayfirst: bool | None = None
    crs: str = "auto"
    purpose: str | None = None
    legal_basis: str | None = None
    analyst: str = "analyst"
    authority: str | None = None
    strength: str | None = None
    names: bool = False
    seed: int = 7

    @property
    def on_samples(self) -> bool:
        """Whether the user gave no files of their own."""
        return not self.incidents and not self.links

    @property
    def inputs(self) -> Inputs:
        """The files, and how they are to be read."""
        return Inputs(self.incidents, self.links, self.areas, self.columns, self.tz, self.dayfirst, self.crs)


@dataclass
class Findings:
    """What was found on the way to the product."""

    qualities: list[QualityReport] = field(default_factory=list)
    areas: gpd.GeoDataFrame | None = None
    incidents: gpd.GeoDataFrame | None = None
    hot_spots: Result | None = None
    density: Result | None = None
    measures: Result | None = None


def run(request: Request) -> None:
    """Do it all, and say what was found and where it is."""
    check_areas(request)
    check_crs(request.crs)
    wish = with_samples(request)
    for sentence in unused(wish):
        echo(sentence)
    target = free_folder(wish.out, default=DEFAULT_OUT)
    found = analyse(wish)
    with filled(target) as staging:
        case = _open(wish, staging)
        profile = _product(case, wish, found)
        with _step("Writing"):
            _write(Writer(case, staging, wish.authority, wish.names), found, profile)
    _say(target, profile)


def with_samples(request: Request) -> Request:
    """The request, on the fictional Republic of Belmara when no files were given."""
    if not request.on_samples:
        return request
    from ilp_lab import samples

    return replace(
        request,
        incidents=(samples.path("belmara/incidents.csv"),),
        links=(samples.path("belmara/links.csv"),),
        areas=samples.path("belmara/areas.geojson"),
        offence=request.offence or _SAMPLE_OFFENCE,
        tz=request.tz or _SAMPLE_TZ,
        purpose=request.purpose or "Demonstration on the fictional Republic of Belmara",
        legal_basis=request.legal_basis or _SAMPLE_LEGAL_BASIS,
        authority=request.authority or "demonstration, fictional data",
    )


def analyse(request: Request) -> Findings:
    """Read, check and analyse; nothing is written."""
    found = Findings()
    if request.areas is not None:
        with _step(f"Reading areas: {request.areas.name}"):
            found.areas, quality = request.inputs.read_areas()
            found.qualities.append(quality)
        echo(_indented(quality.explain()))
    if request.incidents:
        _where(request, found)
    if request.links:
        _who(request, found)
    return found


def _where(request: Request, found: Findings) -> None:
    from ilp_lab import places

    with _step(f"Reading incidents: {_names(request.incidents)}"):
        incidents, quality = request.inputs.read_incidents()
        found.qualities.append(quality)
    echo(_indented(quality.explain()))
    found.incidents = _only(incidents, request.offence)
    if found.incidents.geometry.notna().sum() < 2:
        return
    if request.cell_m is not None:
        check_cell(request.cell_m, found.incidents, found.areas)
    with _step("Looking for hot spots that are more than chance"):
        result = places.gi_star(
            found.incidents, cell_m=request.cell_m, study_area=found.areas, rng=request.seed
        )
        found.hot_spots = _named(result, found.areas)
    with _step("Drawing the density"):
        # twice the cell size, so that both maps speak of the same scale
        bandwidth_m = 2 * float(found.hot_spots["cell_m"])
        found.density = places.density(found.incidents, bandwidth_m=bandwidth_m, study_area=found.areas)


def _who(request: Request, found: Findings) -> None:
    from ilp_lab import intake, networks, samples

    with _step(f"Reading links: {_names(request.links)}"):
        links, quality = request.inputs.read_links()
        found.qualities.append(quality)
    entities = None
    if request.links == (samples.path("belmara/links.csv"),):
        entities, entity_quality = intake.read_entities(samples.path("belmara/entities.csv"))
        found.qualities.append(entity_quality)
    echo(_indented(quality.explain()))
    with _step("Measuring the link chart"):
        chart = networks.chart(links, entities)
        found.measures = networks.measures(chart, strength=request.strength, rng=request.seed)


def _only(incidents: gpd.GeoDataFrame, offence: str | None) -> gpd.GeoDataFrame:
    if offence is None:
        return incidents
    from ilp_lab._check import Check

    check = Check("ilp-lab demo")
    check.columns(incidents, ["offence"], "the incident file")
    check.done()
    kinds = incidents["offence"].astype(str)
    check.choice(allowed=sorted(kinds.unique()), offence=offence)
    check.done()
    return incidents[kinds == offence]


def _named(result: Result, areas: gpd.GeoDataFrame | None) -> Result:
    """The result with the area of every cell, so that a reader need not look up coordinates."""
    if areas is None:
        return result
    from ilp_lab import places

    return replace(result, table=result.table.assign(area=places.area_of(result.table, areas=areas)))


def _open(request: Request, staging: Path) -> Case:
    from ilp_lab import safeguards

    return safeguards.open_case(
        staging / "case",
        purpose=request.purpose or f"Demonstration on {_names((*request.incidents, *request.links))}",
        legal_basis=request.legal_basis or "not stated; name it with --legal-basis before sharing",
        analyst=request.analyst,
    )


def _product(case: Case, request: Request, found: Findings) -> ProblemProfile:
    from ilp_lab.products import ProblemProfile

    subject = request.offence or "recorded incidents"
    profile = ProblemProfile(
        case,
        title="Problem profile: " + (subject if request.incidents else "who is connected with whom"),
        question=_question(request, subject),
    ).add_quality(*found.qualities)
    if found.hot_spots is not None:
        profile = profile.add(
            found.hot_spots, says=_where_it_says(found.hot_spots, subject), areas=found.areas
        )
    if found.density is not None:
        profile = profile.add(found.density, says=_dense_says(found.density), areas=found.areas)
    if found.measures is not None:
        profile = profile.add(found.measures, says=_who_says(found.measures))
    if not profile.sections:
        raise InputError(
            "ilp-lab demo: no row has a usable place, so there is nothing to map; see the faults above."
        )
    return profile.recommend(*_recommendations(found))


def _question(request: Request, subject: str) -> str:
    where = f"Where does {subject.lower()} concentrate by more than chance" if request.incidents else ""
    who = "who connects the people and things on record" if request.links else ""
    text = ", and ".join(filter(None, (where, who)))
    return f"{text[:1].upper()}{text[1:]}?"


def _where_it_says(result: Result, subject: str) -> str:
    table = result.table
    beyond = table[table["verdict"] == "hot spot beyond chance"]
    if beyond.empty:
        return f"No place holds more of {subject.lower()} than complete randomness could explain."
    share = beyond["n"].sum() / max(table["n"].sum(), 1)
    extent = beyond.geometry.area.sum() / max(table.geometry.area.sum(), 1e-9)
    where = ""
    if "area" in beyond:
        ranked = beyond.groupby("area", observed=True)["n"].sum().sort_values(ascending=False, kind="stable")
        where = f", most of them in {', '.join(map(str, ranked.index[:3]))}" if len(ranked) else ""
    return (
        f"{share:.0%} of {subject.lower()} lies in {extent:.1%} of the study area: "
        f"{len(beyond)} cells stand out by more than chance{where}."
    )


def _dense_says(result: Result) -> str:
    return f"The density peaks at {result.table['density'].max():,.0f} incidents per km²; the map shows its shape."


def _who_says(result: Result) -> str:
    between = result.table[result.table["betweenness"] > 0]
    ranked = between.dropna(subset=["betweenness_rank"]).sort_values("betweenness_rank", kind="stable")
    leading = [str(entity) for entity in ranked["entity_id"][:2]]
    if not leading:
        return "No entity on the chart may be ranked, or none connects others."
    stand = "stand" if len(leading) > 1 else "stands"
    return f"{' and '.join(leading)} {stand} between the others more than anyone else who may be ranked."


def _recommendations(found: Findings) -> Iterator[str]:
    if found.hot_spots is not None:
        yield "Check on the ground, and with the recording units, whether the marked cells are places or default geocodes."
        yield "Set a problem-solving plan for the confirmed cells, with a measure and a review date."
    if found.measures is not None:
        yield "Corroborate the links of the connecting entities by a second source before any tasking."


@dataclass(frozen=True)
class Writer:
    """Writes files out of the case into one folder, with the same authority."""

    case: Case
    folder: Path
    authority: str | None
    names: bool

    def table(self, name: str, frame: Any, what: str) -> None:
        """Write a table."""
        from ilp_lab import safeguards

        safeguards.release_table(self.case, self.folder / name, frame, what=what, authority=self.authority)

    def picture(self, name: str, section: Section) -> None:
        """Write the figure of a product's section."""
        from ilp_lab import safeguards

        safeguards.release_bytes(
            self.case,
            self.folder / name,
            section.picture,
            what=name,
            inputs=[section.result],
            authority=self.authority,
        )

    def page(self, name: str, page: Any) -> None:
        """Write a page."""
        page.release(self.case, self.folder / name, authority=self.authority)


def _write(out: Writer, found: Findings, profile: ProblemProfile) -> None:
    from ilp_lab import safeguards, views

    pictures = {"places.gi_star": "hot_spots_map.png", "places.density": "density_map.png"}
    for section in profile.sections:
        out.picture(pictures.get(section.result.name, "link_chart.png"), section)
    for name, result in (("hot_spots", found.hot_spots), ("density", found.density)):
        if result is not None:
            out.page(f"{name}_map.html", views.map_page(result, areas=found.areas, incidents=found.incidents))
    if found.hot_spots is not None:
        out.table("hot_spots.csv", found.hot_spots.table, "hot spot cells")
        out.table("hot_spots.gpkg", found.hot_spots.table, "hot spot cells")
    if found.measures is not None:
        out.page("link_chart.html", views.linkchart_page(found.measures, names=out.names))
        measured = safeguards.mark(found.measures.table, handling=found.measures.handling)
        out.table("measures.csv", measured, "measures of the chart")
    for number, quality in enumerate(found.qualities, start=1):
        out.table(f"quality_{number}.csv", quality.to_frame(), "quality report")
    statement = profile.method_statement().encode()
    safeguards.release_bytes(
        out.case,
        out.folder / "method.txt",
        statement,
        what="method statement",
        inputs=[profile],
        authority=out.authority,
    )
    profile.to_html(out.folder / "product.html", authority=out.authority)
    profile.to_docx(out.folder / "product.docx", authority=out.authority)


def _say(target: Path, profile: ProblemProfile) -> None:
    echo("\nWhat was found")
    for section in profile.sections:
        echo(f"  {one_line(section.says)}")
        for finding in section.result.findings[:2]:
            echo(f"    {one_line(finding)}")
    echo(f"\nWhere it is: {one_line(str(target))}")
    for name, about in (
        ("product.html", "the written product; product.docx is the same to edit"),
        ("hot_spots_map.html", "the map to click; hot_spots_map.png for print"),
        ("link_chart.html", "the link chart to click; link_chart.png for print"),
        ("method.txt", "what was done, with every setting"),
        ("case", "purpose, legal basis and the log of what was released"),
    ):
        if (target / name).exists():
            echo(f"  {name}: {about}")


@contextmanager
def _step(told: str) -> Iterator[None]:
    told = one_line(told)
    echo(f"{told} …", nl=False)
    began = perf_counter()
    try:
        yield
    except BaseException:
        echo("")
        raise
    took = f"{perf_counter() - began:.1f} s"
    wiped = _line_may_be_wiped(told)
    echo(f"{told} … {took}" if wiped else f" {took}", over=wiped)


def _line_may_be_wiped(told: str) -> bool:
    """Whether a progress bar may have been drawn over this line and taken it along; a longer line went on below it."""
    return sys.stdout.isatty() and len(told) + 10 < shutil.get_terminal_size().columns


def _names(paths: tuple[Path, ...]) -> str:
    return paths[0].name if len(paths) == 1 else f"{len(paths)} files"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
