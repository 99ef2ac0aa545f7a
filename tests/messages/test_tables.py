"""Any table as tips: its columns of texts and times, and what it states besides."""

import datetime as dt
import json
from pathlib import Path

import pytest

from data.messages.message import Left
from data.settings import Problem
from tests.formats.made_workbooks import write_xlsx
from tests.messages.door import read, written

ROWS = (
    "date,time,what happened,neighborhood,kind,agencies,vehicles,phone,link\n"
    "02/01/2026,10:15,Two vans at the church with agents,Phillips,Arrest Operation,"
    '"federal, county",2,612-555-0134,https://example.org/v\n'
    "13/01/2026,11:00,Seen at Old Mill today,Nowhere,ice raid,,,,\n"
    "14/01/2026,,Only the day is known of this one,,,,,,\n"
    "not a date,11:00,No time for this one at all,,,,,,\n"
    "15/01/2026,11:00,,,,,,,\n"
)


def test_a_table_with_all_that_it_states(tmp_path: Path) -> None:
    found = read(written(tmp_path / "a.csv", ROWS))
    first, second, third = (one.tip for one in found.incoming)
    assert (first.day, first.hour, first.area) == ("2026-01-02", 10, "Phillips")
    assert (first.kind, first.vehicles) == ("arrest_operation", 2)
    assert {*first.agencies} == {"federal", "county"}
    assert first.links == ("https://example.org/v",)
    assert (second.kind, second.area) == ("sighting", "Longfellow")  # a kind without a rule
    assert (third.day, third.hour) == ("2026-01-14", None)
    assert found.left_out(Left.NO_TIME) == [5] and found.left_out(Left.EMPTY) == [6]
    assert found.incoming[0].origin and found.incoming[1].origin is None


def test_the_same_rows_as_a_workbook_and_as_json(tmp_path: Path) -> None:
    header = ("when", "message", "neighborhood")
    row = (dt.datetime(2026, 1, 2, 10, 15), "Two vans at the church with agents", "Phillips")
    book = write_xlsx(tmp_path / "a.xlsx", {"Tips": [header, row]})
    plain = [dict(zip(header, (row[0].isoformat(), *row[1:])))]
    listed = written(tmp_path / "a.json", json.dumps(plain))
    one, other = read(book), read(listed)
    assert one.tally.format.name == other.tally.format.name == "table"
    assert [i.tip for i in one.incoming] == [i.tip for i in other.incoming]
    assert one.incoming[0].tip.area == "Phillips" and one.incoming[0].tip.hour == 10


def test_an_open_order_of_dates_is_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", "date,message\n02/01/2026 10:00,Two vans at the church\n")
    with pytest.raises(Problem, match="--date-format"):
        read(file)
    assert read(file, date_order="mdy").incoming[0].tip.day == "2026-02-01"
    assert read(file, date_order="dmy").incoming[0].tip.day == "2026-01-02"
    assert read(file, date_format="%m/%d/%Y").incoming[0].tip.hour == 10


def test_columns_that_cannot_be_told_are_asked_for(tmp_path: Path) -> None:
    no_text = written(tmp_path / "a.csv", "date,number\n2026-01-02,5\n2026-01-03,6\n")
    with pytest.raises(Problem, match="--text"):
        read(no_text)
    no_time = written(tmp_path / "b.csv", "message,number\nTwo vans at the church,5\n")
    with pytest.raises(Problem, match="--time"):
        read(no_time)
    with pytest.raises(Problem, match="--text names"):
        read(no_time, text_column="nothing")
    own = written(tmp_path / "c.csv", "a,b\n2026-01-02,vans\n")
    found = read(own, text_column="b", time_column="a")
    assert found.texts == ["vans"] and found.incoming[0].tip.day == "2026-01-02"


def test_numbers_of_rows_tell_them_apart_within_their_channel(tmp_path: Path) -> None:
    rows = "id,date,message\n7,2026-01-02,Two vans at the church\n8,2026-01-02,Two vans at the church\n"
    file = written(tmp_path / "a.csv", rows)
    one, again = read(file), read(file)
    assert [i.message for i in one.incoming] == [i.message for i in again.incoming]
    assert len({i.message for i in one.incoming}) == 2
    without = written(
        tmp_path / "b.csv", "\n".join(line.partition(",")[2] for line in rows.splitlines())
    )
    assert len({i.message for i in read(without).incoming}) == 1


def test_a_coordinate_is_set_on_a_grid_of_100_m(tmp_path: Path) -> None:
    rows = "date,message,latitude,longitude\n" + "".join(
        f"2026-01-02,Two vans seen at this corner {n},44.9601{n},-93.2601{n}\n" for n in range(4)
    )
    tips = [one.tip for one in read(written(tmp_path / "a.csv", rows)).incoming]
    assert len({(tip.lat, tip.lon) for tip in tips}) == 1
    assert abs((tips[0].lat or 0) - 44.96015) < 0.0006
    assert (tips[0].lat, tips[0].lon) != (44.96010, -93.26010)
