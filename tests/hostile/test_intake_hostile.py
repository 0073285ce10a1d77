"""Bad files are answered in one sentence with the fix; bad text comes through as text."""

from __future__ import annotations

import gzip
import os
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ilp_lab._homefolder import at_home
from ilp_lab.cli.command import main
from ilp_lab.errors import CRSError, IlpError, InputError, ReadError
from ilp_lab.intake import (
    packed,
    read_areas,
    read_calls,
    read_entities,
    read_incidents,
    read_links,
    read_transactions,
)

READERS = [read_incidents, read_links, read_entities, read_areas, read_calls, read_transactions]
NOBODY = 65534
VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
BOMB = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'
NASTY = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "C:\\2024\\1 report",
    'it\'s "quoted" `so`',
    "${alert(1)}",
    "{{7*7}}",
    "line\u2028separator\u2029",
    "=HYPERLINK(1)",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "' OR 1=1 --",
    "%00",
]


def bad_files(folder):
    """Name → (content, what the answer must say)."""
    header = b"id,date,lon,lat\n"
    return {
        "empty.csv": (b"", "empty"),
        "blank.csv": (b"\n\n   \n", "blank lines"),
        "header.csv": (header, "no rows"),
        "binary.csv": (bytes(range(256)) * 40, "binary"),
        "picture.xlsx": (b"\x89PNG\r\n" + b"x" * 500, "not what its name says"),
        "text.xlsx": (b"a,b\n1,2\n", "not what its name says"),
        "table.gpkg": (b"a,b\n1,2\n", "not a GeoPackage"),
        "vrt.geojson": (VRT.encode(), "not GeoJSON inside"),
        "bomb.geojson": (BOMB.encode(), "not GeoJSON inside"),
        "half.geojson": (b'{"type": "FeatureCollection", "features": [{"type"', "cannot be read"),
        "half.parquet": (b"PAR1xxxx", "not a whole parquet"),
        "half.csv.gz": (gzip.compress(header + b"1,2024-01-01,1,2\n" * 999)[:60], "not a whole gzip"),
        "plain.csv.gz": (header, "not a whole gzip"),
        "program.exe": (b"MZ", "files that can be read end in"),
        "data.pkl": (b"\x80\x04.", "files that can be read end in"),
        "unclosed.csv": (
            header + b'1,2024-01-01,16.3,"48.2\n' + b"2,2024-01-02,16.3,48.2\n" * 200_000,
            "quotation mark",
        ),
        "no_shapes.zip": (_zipped(folder, {"a.txt": "x"}), "no shapefile"),
        "slip.zip": (_zipped(folder, {"../../evil.shp": "x"}), "leave its folder"),
        "torn.csv.gz": (_torn(gzip.compress(header + b"1,2024-01-01,1,2\n" * 999), 12), "not a whole gzip"),
        "torn.zip": (_torn(_zipped(folder, {"a.shp": "0" * 900}), 36), "a.shp in torn.zip is damaged"),
        "locked.zip": (_locked(_zipped(folder, {"a.shp": "0" * 900})), "has a password"),
        "gz_bomb.csv.gz": (gzip.compress(b"0" * 80_000_000), "times its size"),
        "zip_bomb.zip": (_zipped(folder, {"a.shp": "0" * 80_000_000}), "unpacks to"),
    }


def _zipped(folder, files):
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    content = path.read_bytes()
    path.unlink()
    return content


def _torn(content, at):
    """The same with bytes that no packer writes."""
    return content[:at] + b"\xff" * 4 + content[at + 4 :]


def _locked(content):
    """The same zip file, which says that its member has a password."""
    content, central = bytearray(content), content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    return bytes(content)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("bad")
    for name, (content, _) in bad_files(place).items():
        (place / name).write_bytes(content)
    (place / "a_folder").mkdir()
    return place


NAMES = sorted(
    [
        "empty.csv", "blank.csv", "header.csv", "binary.csv", "picture.xlsx", "text.xlsx", "table.gpkg", "vrt.geojson",
        "bomb.geojson", "half.geojson", "half.parquet", "half.csv.gz", "plain.csv.gz", "program.exe", "data.pkl",
        "unclosed.csv", "no_shapes.zip", "torn.csv.gz", "torn.zip", "locked.zip", "slip.zip", "gz_bomb.csv.gz", "zip_bomb.zip",
    ]
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_bad_files_are_answered_in_a_sentence(folder, name):
    expected = bad_files(folder)[name][1]
    for reader in READERS:
        with pytest.raises(ReadError, match=expected):
            reader(folder / name)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_answers_too_and_leaves_nothing(folder, name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for option in ("--incidents", "--links"):
        assert main(["demo", option, str(folder / name)]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("reader", READERS)
def test_folders_networks_and_strange_things(folder, reader):
    for given, said in (
        (folder / "a_folder", "is a folder"),
        (folder / "missing.csv", "there is no file"),
        ("https://example.org/x.csv", "network or virtual"),
        ("/vsicurl/http://127.0.0.1/x.csv", "network or virtual"),
        ("\\\\server\\share\\x.csv", "network or virtual"),
        (7, "wants a file or a table; got int"),
    ):
        with pytest.raises(ReadError, match=said):
            reader(given)


def _book(path, *, stray=None):
    table = pd.DataFrame({"source": list("ABC"), "target": list("BCD")})
    with pd.ExcelWriter(path) as book:
        table.to_excel(book, sheet_name="Links & more", index=False)
        if stray:
            table.to_excel(book, sheet_name="Notes", index=False)
            book.sheets["Notes"].write(stray, "x")
    return path


def test_a_stray_cell_far_out_does_not_end_the_program(tmp_path):
    path = _book(tmp_path / "far.xlsx", stray="XFD1048576")
    with pytest.raises(
        ReadError, match=r"sheet 'Notes' in far\.xlsx reach to row 1,048,576 and column XFD.*Ctrl\+End"
    ):
        read_links(path)
    assert len(read_links(path, sheet="Links & more")[0]) == 3
    assert len(read_links(path, sheet=0)[0]) == 3


def test_what_a_sheet_says_of_its_own_extent_is_not_believed(tmp_path):
    path, lying = _book(tmp_path / "far.xlsx", stray="XFD1048576"), tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(lying, "w", zipfile.ZIP_DEFLATED) as other:
        for name in book.namelist():
            other.writestr(name, book.read(name).replace(b'ref="A1:XFD1048576"', b'ref="A1:B4"'))
    with pytest.raises(ReadError, match="column XFD"):
        read_links(lying, sheet="Notes")


def _parquet(path, rows, groups, **columns):
    table = pa.table({name: pa.array(np.full(rows, value)) for name, value in columns.items()})
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(groups):
            writer.write_table(table)
    return path


def test_a_parquet_file_that_unpacks_to_far_more_than_its_size_is_not_read(tmp_path):
    path = _parquet(tmp_path / "bomb.parquet", 500_000, 20, id=1, lon=16.3, lat=48.2)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(ReadError, match=r"bomb\.parquet unpacks to 240 MB, [\d,]+ times its size"):
        read_incidents(path)


def test_a_parquet_file_larger_than_the_memory_is_not_called_damaged(tmp_path, monkeypatch):
    path = _parquet(tmp_path / "large.parquet", 1000, 1, id=1, lon=16.3, lat=48.2)
    assert len(read_incidents(path)[0]) == 1000
    monkeypatch.setattr(packed, "available", lambda: 1000.0)
    with pytest.raises(ReadError, match=r"1,000 rows that take .* GB of memory are free; split it"):
        read_incidents(path)
    monkeypatch.undo()

    def full(*_, **__):
        raise pa.ArrowMemoryError("malloc of size 134217728 failed")

    monkeypatch.setattr(pq, "read_table", full)
    with pytest.raises(ReadError, match="does not fit into this computer's memory; split it"):
        read_incidents(path)


def test_a_line_of_two_hundred_megabytes(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"x")
        file.truncate(200_000_000)
    with pytest.raises(ReadError, match="binary"):
        read_incidents(path)
    path.write_bytes(b"id,date,lon,lat\n" + b"x" * 60_000_000)
    with pytest.raises(ReadError, match=r"longer than|as a table"):
        read_incidents(path)
    path.write_bytes(b"x" * 3_000_000)
    with pytest.raises(ReadError, match="longer than 262 kB"):
        read_incidents(path)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="Windows gives rights in another way")
def test_no_permission():
    administrator = os.geteuid() == 0  # who may read everything, so gives that up for the moment
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "closed.csv"
        path.write_text("id,date,lon,lat\n")
        for reader in READERS:  # brings in every module while Python's own files can be read for certain
            with pytest.raises(ReadError, match="no rows"):
                reader(path)
        path.chmod(0)
        if administrator:
            Path(folder).chmod(0o755)
            os.seteuid(NOBODY)
        try:
            for reader in READERS:
                with pytest.raises(ReadError, match="may not read"):
                    reader(path)
        finally:
            if administrator:
                os.seteuid(0)


def test_a_row_too_long_in_another_encoding_is_counted(tmp_path):
    path = tmp_path / "mixed.csv"
    good = "".join(f"A{row},B,2024-03-01,Zürich\n" for row in range(60)).encode()
    path.write_bytes(b"source,target,date,place\n" + good + b"A,B,2024-03-01,Z\xfcrich,too,many\n")
    links, quality = read_links(path)
    assert len(links) == 60
    assert quality.counts["bad_line"] == 1
    assert "Zürich" in quality.bad_lines[0]


def test_times_with_and_without_an_offset_are_told_apart(tmp_path):
    path = tmp_path / "zones.csv"
    offsets = ["+01:00", "Z", "", "+05:30"]
    rows = [f"{row},2024-03-01T10:00:00{offsets[row % 4]},48.2,16.{row + 10}\n" for row in range(40)]
    path.write_text("id,occurred_at,latitude,longitude\n" + "".join(rows))
    incidents, quality = read_incidents(path, tz="Europe/Vienna")
    assert quality.counts["without_offset"] == 10
    assert incidents["occurred_at"].dt.hour[:4].tolist() == [10, 11, 10, 5]
    (tmp_path / "links.csv").write_text(
        "source,target,start\n"
        + "".join(f"A,B{row},2024-03-01T10:00:00{offsets[row % 4]}\n" for row in range(40))
    )
    _, quality = read_links(tmp_path / "links.csv")
    assert any("10 do not say their offset" in note for note in quality.notes)


def test_nothing_usable_is_said(tmp_path):
    path = tmp_path / "nowhere.csv"
    path.write_text("id,date,lon,lat\n1,2024-01-01,,\n2,2024-01-02,,\n")
    incidents, quality = read_incidents(path)
    assert quality.counts["missing_place"] == 2
    assert len(incidents) == 2
    with pytest.raises(InputError, match="crs='EPSG:nonsense'"):
        read_incidents(path, crs="EPSG:nonsense")


def test_the_demo_says_that_nothing_can_be_mapped(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nowhere.csv").write_text("id,date,lon,lat\n1,2024-01-01,,\n2,2024-01-02,,\n")
    assert main(["demo", "--incidents", "nowhere.csv"]) == 1
    assert "nothing to map" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["nowhere.csv"]


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_comes_through_unchanged(tmp_path, text):
    frame = pd.DataFrame(
        {
            "id": ["1", "2"],
            "offence": [text, "theft"],
            "lon": [16.3, 16.4],
            "lat": [48.1, 48.2],
            "note": [text, "x"],
        }
    )
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    incidents, quality = read_incidents(path)
    assert incidents["offence"].tolist()[0] == text
    assert incidents["note"].tolist()[0] == text
    assert "<script" not in quality._repr_html_()
    links, _ = read_links(pd.DataFrame({"source": [text], "target": ["b"]}))
    assert links["source"].tolist() == [text]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp1250", "cp1251", "utf-16", "latin-1"])
def test_wrong_and_right_encodings_never_raise_something_else(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(
        "id,offence,lon,lat\n1,räuber,16.3,48.1\n2,x,16.4,48.2\n".encode(encoding, errors="replace")
    )
    try:
        incidents, _ = read_incidents(path)
    except IlpError:
        return
    assert len(incidents) == 2


def test_a_name_that_begins_with_a_tilde_is_no_home_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("~$open.csv").write_text("source,target\nA,B\nB,C\n")
    assert len(read_links("~$open.csv")[0]) == 2
    with pytest.raises(ReadError, match=r"there is no file ~nobody/t\.csv"):
        read_links("~nobody/t.csv")
    Path("~$open.xlsx").write_bytes(b"\x05Analyst")
    with pytest.raises(ReadError, match=r"lock file of a workbook that is open in Excel; .* \(open\.xlsx\)"):
        read_links("~$open.xlsx")
    assert main(["demo", "--links", "~$open.csv", "--out", "~nobody/out"]) == 0
    assert "Traceback" not in capsys.readouterr().err
    assert (tmp_path / "~nobody" / "out").is_dir()


def test_the_home_folder_is_still_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "t.csv").write_text("source,target\nA,B\n")
    assert len(read_links("~/t.csv")[0]) == 1
    assert at_home("~") == tmp_path


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"sheet": 1.5}, r"sheet=1\.5 is no sheet; give its name, or its number"),
        ({"columns": "lon"}, r"columns='lon' does not say which column is what"),
        ({"columns": ["lon"]}, r"columns=\['lon'\] does not say which column is what"),
        ({"tz": 5}, r"there is no time zone 5; write it like 'Europe/Vienna'"),
    ],
)
def test_settings_of_another_kind_are_answered(tmp_path, said, answer):
    path = _book(tmp_path / "book.xlsx")
    for reader in (read_incidents, read_links):
        with pytest.raises(InputError, match=answer):
            reader(path, **said)


def test_a_coordinate_system_that_nobody_knows_is_answered(tmp_path):
    square = "POLYGON ((0 0, 0 1, 1 1, 0 0))"
    table = pd.DataFrame({"beat": ["A"], "outline": [square]})
    places = gpd.GeoDataFrame({"beat": ["A"]}, geometry=gpd.GeoSeries.from_wkt([square]), crs=4326)
    for source in (table, places):
        with pytest.raises(
            CRSError, match=r"crs='EPSG:nonsense' is not a coordinate system this computer knows"
        ):
            read_areas(source, crs="EPSG:nonsense")
        assert read_areas(source, crs=31287)[0].crs.to_epsg() == 31287
    with pytest.raises(InputError, match="does not say which column is what"):
        read_areas(places, columns="beat")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_wide_letters_are_read_with_and_without_a_mark(tmp_path, encoding):
    path = tmp_path / "wide.csv"
    rows = "".join(f"A{row},Zürich,3\n\n" for row in range(500))
    path.write_bytes(f"source,target,weight\n{rows}Ж,😀,4\n".encode(encoding))
    links, quality = read_links(path)
    assert links.columns.tolist()[:3] == ["source", "target", "strength"]
    assert links.iloc[[0, -1], :2].to_numpy().tolist() == [["A0", "Zürich"], ["Ж", "😀"]]
    assert links["source_row"].tolist()[-2:] == [1000, 1002]
    assert {one.name: one.value for one in quality.settings}["encoding"] == encoding


def test_empty_bytes_in_a_text_are_still_no_table(tmp_path):
    for content in (b"\0", b"a", b"\0" * 400, b"source,target\nA\0,B\n", b"a\0b\0\0c\0d" * 50):
        (tmp_path / "t.csv").write_bytes(content)
        with pytest.raises(IlpError):
            read_links(tmp_path / "t.csv")


def test_a_workbook_with_a_password_is_called_so(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4000)
    with pytest.raises(ReadError, match=r"locked\.xlsx has a password, or is an old workbook"):
        read_links(path)


def test_a_parquet_file_with_a_column_name_twice_is_read(tmp_path):
    columns = [pa.array(values) for values in (["A", "B"], ["B", "C"], [1, 2], [3, 4])]
    pq.write_table(pa.table(columns, names=["source", "target", "n", "n"]), tmp_path / "twice.parquet")
    links, _ = read_links(tmp_path / "twice.parquet")
    assert links.columns.tolist()[:4] == ["source", "target", "strength", "n_4"]
    assert links["n_4"].tolist() == [3, 4]
