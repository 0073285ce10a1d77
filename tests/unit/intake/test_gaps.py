"""Words for a gap and letters that are no UTF-8 are found afterwards as a reader that asks every value finds them."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv

from ilp_lab.intake import gaps, read_incidents

VALUES = st.lists(
    st.one_of(
        st.sampled_from(
            [*gaps.WORDS, "Nan", "NUL", "NULLS", "N/a", "N", "#N/B", "nora", "Żar", "é", "\u2028"]
        ),
        st.text("NULanul/#A1é", max_size=6),
    ),
    min_size=1,
    max_size=40,
)
KINDS = [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
NAMES = ["text", "long text", "categories"]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
@settings(max_examples=150, deadline=None)
@given(values=VALUES)
def test_the_same_values_are_gaps_as_for_the_reader(kind, values):
    content = io.BytesIO()
    csv.write_csv(pa.table({"word": values, "row": list(range(len(values)))}), content)
    content = content.getvalue()
    blocks = csv.ReadOptions(block_size=64)
    asked = csv.read_csv(
        io.BytesIO(content),
        read_options=blocks,
        convert_options=csv.ConvertOptions(
            column_types={"word": kind}, null_values=gaps.WORDS, strings_can_be_null=True
        ),
    )
    afterwards = gaps.marked(
        csv.read_csv(
            io.BytesIO(content),
            read_options=blocks,
            convert_options=csv.ConvertOptions(
                column_types={"word": kind}, null_values=gaps.WORDS, check_utf8=False
            ),
        )
    )
    afterwards.validate(full=True)
    assert afterwards.column("word").to_pylist() == asked.column("word").to_pylist()
    assert afterwards.column("word").null_count == asked.column("word").null_count


def test_no_category_is_a_word_for_a_gap():
    coded = pa.array(["NULL", "a", "", "b", "a"]).dictionary_encode()
    column = gaps.marked(pa.table({"beat": coded})).column("beat")
    assert column.chunk(0).dictionary.to_pylist() == ["a", "b"]
    assert column.to_pylist() == [None, "a", None, "b", "a"]


@pytest.mark.parametrize("kind", KINDS[:2], ids=NAMES[:2])
def test_a_piece_out_of_the_middle_keeps_its_own_gaps(kind):
    texts = pa.array(["", "abcdefg", "NULL", "x", ""], kind)
    assert gaps.marked(pa.table({"text": texts[1:4]})).column("text").to_pylist() == ["abcdefg", None, "x"]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
@pytest.mark.parametrize(
    "values", [[b"good", b"b\xe9d"], [b"a\xc3", b"\xa9b"]], ids=["letter", "torn letter"]
)
def test_letters_that_are_no_utf8_are_not_let_through(kind, values):
    large = kind == pa.large_string()
    ends = pa.array([0, len(values[0]), len(values[0] + values[1])], pa.int64() if large else pa.int32())
    array = pa.LargeStringArray if large else pa.StringArray
    column = array.from_buffers(2, ends.buffers()[1], pa.py_buffer(b"".join(values)))
    if pa.types.is_dictionary(kind):
        column = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), column)
    with pytest.raises(pa.ArrowInvalid, match="UTF8"):
        gaps.marked(pa.table({"text": column}))


def test_a_late_letter_of_another_encoding_is_read_as_before(tmp_path):
    path = tmp_path / "late.csv"
    lines = [f"{n},48.1,16.{n % 9 + 1},Haus" for n in range(30_000)]
    text = "id,lat,lon,note\n" + "\n".join(lines) + "\n"
    path.write_bytes(text.encode() + "x,48.1,16.2,Straße\n".encode("cp1252"))
    incidents, quality = read_incidents(path, tz="UTC")
    assert incidents["note"].iloc[-1] == "Straße"
    assert any(param.name == "encoding" and param.value == "cp1252" for param in quality.settings)
