"""Node and edge tables with typed headers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ilp_lab import networks
from ilp_lab.errors import ColumnError, ReadError
from ilp_lab.intake import read_graph_csv

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def written(folder, **files):
    paths = []
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        paths.append(folder / f"{name}.csv")
    return paths


def test_types_labels_and_properties(tmp_path):
    paths = written(
        tmp_path,
        nodes="personId:ID,name,surname,born:date,tall:double,n:int,known:boolean,tags:string[],skip:IGNORE,:LABEL\n"
        "07,Ann,Aro,2001-02-03,1.8,4,true,a;b,x,Suspect;Person\n8,Bob,,,,,false,,x,Company\n",
        edges=":START_ID,:END_ID,:TYPE,since:datetime,weight:float\n07,8,OWNS,2024-05-01T10:00:00Z,2.5\n",
    )
    links, entities, quality = read_graph_csv(paths)
    assert entities["entity_id"].tolist() == ["07", "8"]
    assert entities["kind"].tolist() == ["person", "organisation"]
    assert entities["label"].tolist() == ["Ann Aro", "Bob"]
    assert entities["born"].iloc[0] == pd.Timestamp("2001-02-03")
    assert entities["tags"].iloc[0] == ["a", "b"]
    assert entities["known"].tolist() == [True, False]
    assert "skip" not in entities
    assert links[["source", "target", "kind", "weight"]].to_numpy().tolist() == [["07", "8", "OWNS", 2.5]]
    assert links["since"].iloc[0] == pd.Timestamp("2024-05-01 10:00", tz="UTC")
    assert quality.counts == {}
    assert len(networks.chart(links, entities).links) == 1


def test_identifiers_that_two_spaces_share_get_their_space(tmp_path):
    paths = written(
        tmp_path,
        people=":ID(Person),name,:LABEL\n7,Ann,Person\n",
        phones="id:ID(Phone),:LABEL\n7,Phone\n",
        has=":START_ID(Person),:END_ID(Phone),:TYPE\n7,7,HAS\n",
    )
    links, entities, quality = read_graph_csv(paths)
    assert entities["entity_id"].tolist() == ["Person:7", "Phone:7"]
    assert links[["source", "target"]].to_numpy().tolist() == [["Person:7", "Phone:7"]]
    assert any("its space in front" in note for note in quality.notes)
    alone, _, _ = read_graph_csv([paths[0], paths[2]])
    assert alone["source"].tolist() == ["7"]


def test_faults_are_counted_and_found(tmp_path):
    paths = written(
        tmp_path,
        nodes=":ID,name,:LABEL\n1,'=1+1,Person\n1,b,Person\n,c,Robot\n",
        edges=":START_ID,:END_ID,:TYPE,n:int\n1,1,X,5\n1,9,X,oops\n,1,X,6\n",
    )
    links, entities, quality = read_graph_csv(paths)
    assert quality.counts == {
        "missing_end": 1, "self_link": 1, "unlinked_end": 1, "missing_id": 1, "duplicate_id": 2, "restored_cell": 1,
    }  # fmt: skip
    assert entities["name"].iloc[0] == "=1+1"
    assert entities["kind"].iloc[2] == "unknown"
    assert links["n"].tolist() == ["5", "oops", "6"]
    assert any("1 value of edges.csv: n:int is no int" in note for note in quality.notes)
    assert quality.rows_with("duplicate_id")["entity_id"].tolist() == ["1", "1"]
    assert quality.rows_with("unlinked_end")["target"].tolist() == ["9"]


def test_what_is_no_typed_table_is_said(tmp_path):
    (path,) = written(tmp_path, plain="a,b\n1,2\n")
    with pytest.raises(ColumnError, match="neither :ID nor :START_ID"):
        read_graph_csv(path)
    with pytest.raises(ReadError, match="no csv files"):
        read_graph_csv([])
    with pytest.raises(ReadError, match="there is no file"):
        read_graph_csv(tmp_path / "none.csv")


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the public data sets are not beside the project (../shared)")
def test_the_whole_pole_database():
    links, entities, quality = read_graph_csv(SHARED / "pole_manchester")
    assert len(entities) == 61_521
    assert len(links) == 105_840
    assert quality.counts == {}
    counts = entities["labels"].value_counts()
    assert counts[["Person", "Phone", "PhoneCall", "Vehicle", "Crime", "Location"]].tolist() == [
        369,
        328,
        534,
        1000,
        28_762,
        14_904,
    ]
    chart = networks.chart(links, entities)
    assert chart.derived == 0
    assert len(chart.filter(kind="KNOWS").links) == 586
