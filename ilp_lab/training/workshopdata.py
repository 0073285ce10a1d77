"""Files that injects bring: cut from the complete Belmara, or made to be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Files = dict[str, bytes]
REGIONS = ("Tarn", "Selin", "Orrin", "Dovar")


def attachment(name: str, region: str, folder: Path, truth: Mapping[str, Any]) -> Files:
    """Files by name of one inject for one region; none for an inject without any.

    Parameters
    ----------
    name
        What the inject attaches.
    region
        Who receives it.
    folder
        The complete set.
    truth
        Its open truth.

    Raises
    ------
    InputError
        When nothing is made under that name.
    """
    if not name or name == "view":
        return {}
    if name not in MAKERS:
        raise InputError(
            f"training.workshop: an inject attaches {name!r}; there are: view, {', '.join(sorted(MAKERS))}."
        )
    return MAKERS[name](region, folder, truth)


def _read(folder: Path, name: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def _file(name: str, rows: pd.DataFrame) -> Files:
    return {f"{name}.csv": rows.to_csv(index=False, lineterminator="\n").encode("utf-8")}


def _rumour(region: str, folder: Path, truth: Mapping[str, Any]) -> Files:
    """The one report that this region wrote."""
    told = _read(folder, "reports")
    told = told[told["report_id"].isin(truth["P8"]["circular"])]
    return _file("report", told[told["unit"].str.split("/").str[1] == region.lower()])


def _misleading(_: str, folder: Path, truth: Mapping[str, Any]) -> Files:
    told = _read(folder, "reports")
    return _file("report", told[told["report_id"] == truth["P8"]["malicious"]])


def _partner_list(region: str, folder: Path, truth: Mapping[str, Any]) -> Files:
    """Records of other regions: those of the four pairs, and forty that are in no pair; in H2."""
    persons = _read(folder, "persons")
    special = {
        record for kind in ("must_merge", "must_not_merge") for pair in truth["P9"][kind] for record in pair
    }
    mine = persons["unit"].str.endswith(f"/{region.lower()}")
    others = persons[~mine & ~persons["record_id"].isin(special)].iloc[:: max(len(persons) // 40, 1)][:40]
    import pandas as pd

    rows = pd.concat([persons[persons["record_id"].isin(special)], others]).sort_values("record_id")
    rows = rows.drop(columns=["unit"]).assign(handling="H2")
    return _file("partner_list", rows)


def _dirty_export(region: str, folder: Path, _: Mapping[str, Any]) -> Files:
    """Forty persons with columns that nobody asked for; their content is made up and says nothing real."""
    persons = _read(folder, "persons")
    rows = persons[persons["unit"].str.endswith(f"/{region.lower()}")][:40].drop(columns=["unit"])
    rows = rows.assign(
        religion=["community A", "community B", "none", "not known"] * 10,
        health=["asthma", "none", "diabetes", "back pain", "none"] * 8,
        purpose="",
    )
    return _file("export", rows)


def _new_burglary(_: str, folder: Path, truth: Mapping[str, Any]) -> Files:
    """One burglary four days after the last of the series, at the address nearest to 180 metres from it."""
    import pandas as pd

    incidents = _read(folder, "incidents")
    last = (
        incidents[incidents["incident_id"].isin(truth["P1"]["incident_ids"])]
        .sort_values("occurred_at")
        .iloc[-1]
    )
    places = _read(folder, "gazetteer")
    east, north = 111_319.49, 110_574.27  # metres in a degree at the equator, where Belmara lies
    away = (
        ((places["longitude"].astype(float) - float(last["longitude"])) * east) ** 2
        + ((places["latitude"].astype(float) - float(last["latitude"])) * north) ** 2
    ) ** 0.5
    place = places.iloc[int((away - 180).abs().to_numpy().argmin())]
    when = pd.Timestamp(last["occurred_at"]) + pd.Timedelta(days=4)
    row = last.to_dict() | {
        "incident_id": "new",
        "occurred_at": when.strftime("%Y-%m-%dT%H:%M"),
        "occurred_to": "",
        "reported_at": (when + pd.Timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
        "longitude": place["longitude"],
        "latitude": place["latitude"],
        "address": place["address"],
        "status": "open",
    }
    return _file("incident", pd.DataFrame([row]))


def _phone_block(_: str, folder: Path, truth: Mapping[str, Any]) -> Files:
    """Forty calls between telephones: a foreign number ties the yard to the exporters past the second broker."""
    import pandas as pd

    links = _read(folder, "links")
    uses = links[links["kind"] == "uses"].drop_duplicates("source").set_index("source")["target"]
    roles = truth["P2"]["roles"]
    sides = [
        [uses[one] for one in roles[name] if one in uses.index]
        for name in ("dismantling", "papers", "export")
    ]
    rows = []
    for at in range(40):
        phones = sides[at % 3]
        foreign = f"T9{1 + (at // 3) % 3:03d}"
        rows.append((foreign, phones[(at // 3) % len(phones)], "called", str(3 + at % 7)))
    block = pd.DataFrame(rows, columns=["source", "target", "kind", "strength"])
    return _file(
        "phone_block",
        block.assign(
            start="2025-09-01", end="2025-11-30", matter="vehicle crime", reference="K-25-0117", source_grade="B",
            information_grade="2", unit="kestria", handling="H1",
        ),
    )  # fmt: skip


MAKERS: Mapping[str, Callable[[str, Path, Mapping[str, Any]], Files]] = {
    "rumour": _rumour,
    "misleading": _misleading,
    "partner_list": _partner_list,
    "dirty_export": _dirty_export,
    "new_burglary": _new_burglary,
    "phone_block": _phone_block,
}


def answers(truth: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Truth, what it is, and where, for the trainer's guide."""
    where = {
        "P1": f"{truth['P1']['area']}, from {truth['P1']['starts']}; first {truth['P1']['incident_ids'][0]}",
        "P2": ", ".join(truth["P2"]["brokers"]),
        "P3": truth["P3"]["area"],
        "P4": truth["P4"]["area"],
        "P5": f"{truth['P5']['area']}, address '{truth['P5']['address']}'",
        "P6": ", ".join(truth["P6"]["areas"]),
        "P7": f"{truth['P7']['district']}, residents who {truth['P7']['resident']}",
        "P8": f"{', '.join(truth['P8']['circular'])}; misleading: {truth['P8']['malicious']}",
        "P9": f"one: {_pairs(truth['P9']['must_merge'])}; two: {_pairs(truth['P9']['must_not_merge'])}",
        "P10": f"{len(truth['P10']['expired'])} records; witness {truth['P10']['witness']}",
        "P11": truth["P11"]["referral"],
        "P12": f"{truth['P12']['ratio']} in {', '.join(truth['P12']['treated'])} from {truth['P12']['starts']}",
    }
    return tuple((name, str(truth[name]["what"]), text) for name, text in where.items())


def _pairs(pairs: Any) -> str:
    return ", ".join(" = ".join(pair) for pair in pairs)
