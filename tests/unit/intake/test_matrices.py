"""Matrices and lists as they come: titles above the header, names missing, sides that differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ilp_lab.errors import ColumnError
from ilp_lab.intake import read_calls, read_links

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def read(tmp_path, text, name="m.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_links(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (",A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n", "symmetric"),
        ("\ufeff,A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n", "symmetric"),
        ("ties of the gang\n\n,A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n", "symmetric"),
        ("ties of the gang,,,\n,A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n", "symmetric"),
        ("A,B,C\n0,1,0\n1,0,2\n0,2,0\n", "only its columns are named"),
        ('"",A,B,C\n"",0,1,0\n"",1,0,2\n"",0,2,0\n', "only its columns are named"),
        (",C,B,A\nA,0,1,0\nB,2,0,1\nC,0,2,0\n", "into the order of its rows"),
        (",A,B,C\nA,,1,\nB,1,,2\nC,,2,\n", "5 empty cells were taken as no tie"),
    ],
)
def test_matrices_in_many_shapes_give_the_same_links(tmp_path, text, note):
    links, quality = read(tmp_path, text)
    assert links[["source", "target", "strength"]].to_numpy().tolist() == [["A", "B", 1.0], ["B", "C", 2.0]]
    assert note in quality.notes[0]


def test_lines_are_those_of_the_file(tmp_path):
    links, quality = read(tmp_path, "a title\n\n,A,B,C\nA,0,1,0\nB,1,0,2\nC,0,2,0\n")
    assert links["source_row"].tolist() == [4, 5]
    assert ("header", "line 3") in {(param.name, param.value) for param in quality.settings}


def test_a_matrix_of_bare_numbers_is_numbered(tmp_path):
    links, quality = read(tmp_path, "0,1,0,1\n1,0,1,0\n0,1,0,1\n1,0,1,0\n")
    assert links[["source", "target"]].to_numpy().tolist() == [["1", "2"], ["1", "4"], ["2", "3"], ["3", "4"]]
    assert "numbered from 1" in quality.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (",A,B,C\nA,0,1,0\nB,1,0,1\n", r"not square: 2 rows by 3 columns \(only across: 'C'\)"),
        (",A,B,C\nA,0,1,0\nB,1,0,1\nD,1,1,1\n", r"only down: 'D'; only across: 'C'"),
        (",A,B,C\nA,0,x,0\nB,1,0,1\nC,1,1,1\n", r"row 'A', column 'B': 'x'. Write 0"),
        (",A,B,C\nA,0,1,0\nB,1,0,1\nB,1,0,1\n", r"names 'B' twice down"),
    ],
)
def test_what_is_wrong_with_a_matrix_is_said_in_one_sentence(tmp_path, text, said):
    with pytest.raises(ColumnError, match=said):
        read(tmp_path, text)


def test_lists_stay_lists(tmp_path):
    assert len(read(tmp_path, "source,target,weight\n1,2,1\n2,1,1\n3,1,1\n")[0]) == 3
    assert len(read(tmp_path, "a,b,n\n1,2,1\n2,9,1\n3,1,7\n")[0]) == 3
    assert read(tmp_path, "1,2\n2,3\n", "e.csv")[0]["source"].tolist() == ["1", "2"]


def test_a_title_above_the_header_is_passed_over_in_every_table(tmp_path):
    file = tmp_path / "cdr.csv"
    file.write_text(
        "Records of 5001001\nperiod: May\n\nCaller,Receiver,Date\n5001001,5001002,2024-05-13 10:00:00\n",
        encoding="utf-8",
    )
    calls, quality = read_calls(file)
    assert calls["source_row"].tolist() == [5]
    assert "line 4" in {param.value for param in quality.settings}
    book = tmp_path / "cdr.xlsx"
    rows = [
        ["Records of 5001001", None, None],
        ["Caller", "Receiver", "Date"],
        ["5001001", "5001002", "2024-05-13 10:00:00"],
    ]
    pd.DataFrame(rows).to_excel(book, header=False, index=False, engine="xlsxwriter")
    calls, _ = read_calls(book)
    assert calls["source_row"].tolist() == [3]


def test_notes_in_several_cells_above_an_empty_row_are_no_table(tmp_path):
    notes = "Police of Belmara;;\nprinted on;2026;\n;;\n"
    links, quality = read(tmp_path, notes + "source;target;kind\na;b;call\nb;c;call\n")
    assert links[["source", "target", "kind", "source_row"]].to_numpy().tolist() == [
        ["a", "b", "call", 5],
        ["b", "c", "call", 6],
    ]
    assert "line 4" in {param.value for param in quality.settings}
    links, _ = read(
        tmp_path, "source;target;kind\na;b;call\n;;\nb;c;call\n"
    )  # a gap in a table is no preamble
    assert links["source"].dropna().tolist() == ["a", "b"]


def test_an_adjacency_table_with_names_in_its_index():
    frame = pd.DataFrame([[0, 2], [0, 0]], index=["x", "y"], columns=["x", "y"])
    links, _ = read_links(frame)
    assert links[["source", "target", "strength"]].to_numpy().tolist() == [["x", "y", 2.0]]


def test_identifiers_of_both_types_are_the_same_and_it_is_said():
    frame = pd.DataFrame({"source": pd.Series([7, "7", "8"], dtype=object), "target": ["9", "9", "7"]})
    links, quality = read_links(frame)
    assert links["source"].tolist() == ["7", "7", "8"]
    assert quality.rows_with("mixed_ids").index.tolist() == [0, 1, 2]
    assert "taken as the same" in quality.explain()


@pytest.mark.skipif(not SHARED.exists(), reason="the public data sets are not beside the project (../shared)")
@pytest.mark.parametrize(
    ("name", "nodes", "links", "directed"),
    [
        ("LONDON_GANG", 54, 315, False),
        ("MONTREALGANG", 35, 78, None),
        ("morselli_siren", 44, 103, False),
        ("morselli_cielnet", 25, 45, True),
    ],
)
def test_published_matrices_have_their_published_sizes(name, nodes, links, directed):
    found, quality = read_links(SHARED / "mcmacdonald_networks" / f"{name}.csv")
    assert f"matrix of {nodes} entities" in quality.notes[0]
    if directed is not None:  # one published matrix has a tie on one side only
        assert ("direction" in quality.notes[0]) == directed
    apart = found[found["source"] != found["target"]]
    pairs = apart.assign(key=[frozenset(pair) for pair in apart[["source", "target"]].to_numpy()])
    assert (len(apart) if directed else pairs["key"].nunique()) == links
    assert np.isfinite(found["strength"]).all()
