"""A quotation mark that is never closed does not swallow the rows behind it in silence."""

from __future__ import annotations

import pytest

from ilp_lab.errors import ReadError
from ilp_lab.intake import read_incidents, read_links

ROWS = [f"{at},2024-03-{at % 28 + 1:02d} 10:30,16.3{at:02d},48.2,ok" for at in range(60)]
HEAD = "id,date,lon,lat,note\n"


def _write(folder, rows, head=HEAD):
    file = folder / "reports.csv"
    file.write_text(head + "\n".join(rows) + "\n")
    return file


def _opened(at, rows=ROWS):
    changed = list(rows)
    changed[at] = changed[at].removesuffix("ok") + '"left open'
    return changed


@pytest.mark.parametrize("rows", [_opened(30), _opened(20, _opened(40)), _opened(57)])
def test_rows_behind_an_open_mark_are_not_lost_in_silence(tmp_path, rows):
    with pytest.raises(ReadError, match=r"row \d+ of reports.csv .*'left open'.*not closed"):
        read_incidents(_write(tmp_path, rows), tz="UTC")


def test_a_column_of_few_values_is_looked_into_too(tmp_path):
    rows = [row.replace("ok", "theft") for row in ROWS * 5]
    rows[200] = rows[200].replace("theft", '"theft')
    with pytest.raises(ReadError, match=r"row 201 of reports.csv the value of 'offence'"):
        read_incidents(_write(tmp_path, rows, HEAD.replace("note", "offence")), tz="UTC")


def test_links_as_texts_alone_are_looked_into(tmp_path):
    rows = [f"anna {at},boris {at},calls,ok" for at in range(20)]
    rows[3] = 'anna,"boris,calls,ok'
    with pytest.raises(ReadError, match=r"a row of reports.csv begins with 'anna,\"boris,calls,ok'"):
        read_links(_write(tmp_path, rows, "source,target,kind,note\n"))


@pytest.mark.parametrize(
    "note",
    [
        '"seen twice,\nat noon, by the gate, by two people, in a car"',
        '"a list:\n1, 2, 3, 4, 5\nand so on"',
        '"one line ends here\n\nand another begins"',
        '"left open at the end of a row", in the middle" of it',
    ],
)
def test_texts_of_several_lines_stay_texts(tmp_path, note):
    rows = list(ROWS)
    rows[10] = rows[10].removesuffix("ok") + note.split('", ')[0].rstrip('"') + '"'
    incidents, _ = read_incidents(_write(tmp_path, rows), tz="UTC")
    assert len(incidents) == len(ROWS)
