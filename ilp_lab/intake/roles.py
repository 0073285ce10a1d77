"""Which column is which: worked out from names and from values, and said."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ilp_lab._tongue import in_english, shaped, tr_later
from ilp_lab.errors import ColumnError, InputError

if TYPE_CHECKING:
    import pandas as pd

# Names in use, most telling first. Compared without case, blanks and punctuation; a * stands for anything.
INCIDENT_NAMES: Mapping[str, tuple[str, ...]] = {
    "longitude": ("longitude", "lon", "long", "lng", "xlon", "geolon", "laengengrad", "längengrad", "долгота", "duljina", "longitud"),
    "latitude": ("latitude", "lat", "ylat", "geolat", "breitengrad", "широта", "sirina", "širina", "latitud"),
    "x": ("xcoordinate", "easting", "xcoord", "coordx", "pointx", "rechtswert", "ost", "x"),
    "y": ("ycoordinate", "northing", "ycoord", "coordy", "pointy", "hochwert", "nord", "y"),
    "location": ("location1", "geolocation", "location", "coordinates", "geom", "geometry", "point", "wkt", "the_geom"),
    "occurred_at": (
        "occurredat", "occurred", "occurreddate", "occurreddatetime", "occurrencedate", "dateoccurred", "datetimeoccurred",
        "startdatetime", "datefrom", "from", "startdate", "incidentdate", "incidentdatetime", "offencedate", "datetime",
        "cdatetime", "eventdate", "date", "dateofoffence", "tatzeit", "tatzeitvon", "datum", "дата", "datumvremya", "vrijeme",
        "fecha", "month", "when", "callcreatedate",
    ),
    "time": ("timefrom", "occurredtime", "timeoccurred", "occurrencetime", "starttime", "incidenttime", "time", "uhrzeit", "hour", "время", "vreme"),
    "occurred_to": ("occurredto", "enddatetime", "dateto", "to", "enddate", "tatzeitbis", "until", "lastdate"),
    "time_to": ("timeto", "endtime", "totime"),
    "reported_at": ("reportedat", "reporteddate", "datereported", "reportdate", "datetimereported", "reported", "meldezeit"),
    "offence": (
        "offence", "offense", "crimetype", "primarytype", "offencetype", "offensetype", "crime", "crimedescr", "crimedescription",
        "type", "category", "delikt", "straftat", "преступление", "delo", "krivicnodjelo", "delito", "nibrsoffense", "description",
    ),
    "incident_id": (
        "incidentid", "crimeid", "casenumber", "caseno", "casenr", "incidentnumber", "id", "uid", "reportnumber", "offenceid",
        "objectid", "aktenzeichen", "номер", "broj", "eventid",
    ),
    "address": ("address", "block", "street", "streetname", "place", "adresse", "strasse", "straße", "адрес", "adresa", "direccion"),
    "area": ("area", "beat", "policebeat", "ward", "district", "lsoacode", "precinct", "revier", "sector", "communityarea"),
    "status": ("status", "lastoutcomecategory", "outcome", "disposition", "laststatus"),
}  # fmt: skip
LINK_NAMES: Mapping[str, tuple[str, ...]] = {
    "source": ("source", "from", "startid", "caller", "sender", "sourceid", "entity1", "node1", "a", "von", "person1", "ego", "callingnumber"),
    "target": ("target", "to", "endid", "receiver", "callee", "recipient", "targetid", "entity2", "node2", "b", "nach", "person2", "alter", "callednumber"),
    "kind": ("kind", "type", "relation", "relationship", "linktype", "label", "art"),
    "strength": ("strength", "weight", "count", "calls", "n", "value", "amount", "gewicht"),
    "start": ("start", "since", "begin", "startdate", "date", "datetime", "first"),
    "end": ("end", "until", "enddate", "last"),
    "reference": ("reference", "report", "reportid", "ref", "urn", "sourceref"),
    "source_grade": ("sourcegrade", "sourceevaluation", "sourcereliability"),
    "information_grade": ("informationgrade", "informationevaluation", "infograde", "credibility"),
    "certainty": ("certainty", "probability", "confidence"),
    "handling": ("handling", "handlingcode", "dissemination"),
}  # fmt: skip
ENTITY_NAMES: Mapping[str, tuple[str, ...]] = {
    "entity_id": ("entityid", "id", "nodeid", "node", "personid", "name"),
    "kind": ("kind", "type", "label_", "entitytype", "class"),
    "label": ("label", "name", "title", "description"),
    "category": ("category", "subjectcategory", "role", "status"),
    "handling": ("handling", "handlingcode"),
}
AREA_NAMES: Mapping[str, tuple[str, ...]] = {
    "area": (
        "area", "code", "beat", "areacode", "lsoacode", "lsoa11cd", "wardcode", "wd13cd", "precinct", "district", "gssid", "geoid",
        "areanumbe", "id", "name", "polbeat", "cpbeat", "objectid",
    ),
    "name": ("name", "community", "areaname", "wardname", "lsoaname", "wd13nm", "lsoa11nm", "label", "bezirk", "naziv"),
    "population": ("population", "pop", "residents", "inhabitants", "einwohner", "pop2010"),
}  # fmt: skip
STREET_NAMES: Mapping[str, tuple[str, ...]] = {
    "street": ("street", "streetid", "osmid", "segmentid", "segment", "linkid", "roadid", "fid", "objectid", "id", "gml_id"),
    "name": ("name", "streetname", "fullname", "roadname", "stname", "strname", "naziv", "bezeichnung", "label"),
    "kind": ("kind", "highway", "class", "fclass", "type", "roadclass", "mtfcc", "category", "funcclass"),
}  # fmt: skip
SURE, LIKELY, WEAK = tr_later("sure"), tr_later("likely"), tr_later("weak")
_BY_NAME = shaped(tr_later("its name {column} and its values"))


@dataclass(frozen=True, slots=True)
class Role:
    """A column that was understood.

    Attributes
    ----------
    role
        What it is.
    column
        Its name in the file.
    confidence
        ``"given"``, ``"sure"``, ``"likely"`` or ``"weak"``.
    why
        From what it was told.
    """

    role: str
    column: str
    confidence: str
    why: str


def first_values(column: pd.Series, most: int = 200) -> pd.Series:
    """The first values of a column that are not missing, without going through all of it where some come early."""
    early = column.head(10 * most).dropna()
    return (early if len(early) else column.dropna()).head(most)


@lru_cache(maxsize=4096)
def plain(name: Hashable) -> str:
    """A name without case, blanks and punctuation.

    Examples
    --------
    >>> plain(":START_ID")
    'startid'
    """
    return re.sub(r"[\W_]+", "", str(name)).casefold()


def by_name(
    frame: pd.DataFrame,
    names: Mapping[str, Sequence[str]],
    *,
    given: Mapping[str, str] | None,
    fits: Mapping[str, Callable[[pd.Series], bool]],
    caller: str,
) -> dict[str, Role]:
    """Give every role the column whose name is the most telling and whose values fit.

    Parameters
    ----------
    frame
        The raw table.
    names
        Role → names, most telling first.
    given
        Role → column, said by the user; it is always believed.
    fits
        Role → whether a column can be that at all.
    caller
        Named in errors.

    Raises
    ------
    ColumnError
        When the user names a role or a column that does not exist.
    """
    roles = _believed(frame, names, said_columns(given, caller), caller)
    taken = {role.column for role in roles.values()}
    known = {column: plain(column) for column in frame.columns}
    for role, candidates in names.items():
        if role in roles:
            continue
        for rank, candidate in enumerate(candidates):
            found = [
                column for column, name in known.items() if name == plain(candidate) and column not in taken
            ]
            found = [column for column in found if role not in fits or fits[role](frame[column])]
            if found:
                exact = plain(role) == plain(candidate) or rank < 3
                roles[role] = Role(
                    role,
                    str(found[0]),
                    SURE if exact else LIKELY,
                    in_english(_BY_NAME.format(column=repr(found[0]))),
                )
                taken.add(found[0])
                break
    return roles


def said_columns(columns: Mapping[str, str] | None, caller: str) -> dict[str, str]:
    """What the user said of the columns, role → column.

    Raises
    ------
    InputError
        When it is not written as roles with columns.
    """
    if columns is None:
        return {}
    if not isinstance(columns, Mapping):
        raise InputError(
            f"{caller}: columns={columns!r} does not say which column is what; write it as {{role: column in the file}}."
        )
    return dict(columns)


def by_values(
    frame: pd.DataFrame,
    roles: dict[str, Role],
    wanted: Iterable[tuple[str, Callable[[pd.Series], bool], str]],
) -> dict[str, Role]:
    """Give roles that no name told to the first column whose values look like them."""
    found = dict(roles)
    for role, looks, why in wanted:
        taken = {known.column for known in found.values()}
        if role in found:
            continue
        for column in frame.columns:
            if column not in taken and looks(frame[column]):
                found[role] = Role(role, str(column), WEAK, why)
                break
    return found


def _believed(
    frame: pd.DataFrame, names: Mapping[str, Sequence[str]], given: Mapping[str, str], caller: str
) -> dict[str, Role]:
    from ilp_lab._check import Check

    check = Check(caller)
    for role, column in given.items():
        check.choice(allowed=tuple(names), role=role)
        if column not in frame.columns:
            check.columns(frame, [column], "the file")
    if check.faults:
        check.add("columns= is written as {role: column in the file}.", ColumnError)
    check.done()
    return {
        role: Role(role, column, "given", tr_later("named by the user")) for role, column in given.items()
    }
