"""Formats, zones and the change of clocks, against strptime and zoneinfo."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.parse import date_order, time_formats, time_zones
from data.parse.date_order import CLOCK, CLOCK_12, Evidence, decide, evidence, likely, stated
from data.parse.time_parse import DATE, EXACT, HOUR, MONTH, Format
from data.settings import Problem

EPOCH = datetime(1970, 1, 1)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31, 23, 59, 59))
ZONES = [
    "America/Chicago",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Africa/Mogadishu",
    "Asia/Kathmandu",
    "UTC",
]
PLAIN = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%m/%d/%Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%d %b %Y %H:%M:%S",
    "%A, %B %d, %Y %I:%M:%S %p",
    "%d-%b-%Y %H:%M:%S",
]


def micros(moment: datetime) -> int:
    return (moment.replace(tzinfo=None) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize("form", PLAIN)
@settings(max_examples=40, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=20))
def test_formats_read_what_strftime_writes(form: str, moments: list[datetime]) -> None:
    texts = [moment.strftime(form) for moment in moments]
    parsed = Format(form).parse(pa.array([*texts, "", None, "nothing"]))
    expected = [micros(datetime.strptime(text, form)) for text in texts]
    assert parsed.ok.tolist() == [True] * len(texts) + [False] * 3
    assert parsed.local[: len(texts)].tolist() == expected


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="0123456789/: AMPZ+-T.", max_size=24), max_size=30))
def test_whole_columns_are_read_as_single_texts_are(texts: list[str]) -> None:
    for form in (date_order.ISO, "%m/%d/%Y" + CLOCK, "%m/%d/%Y" + CLOCK_12):
        whole = Format(form).parse(pa.array(texts, pa.string()))
        for row, text in enumerate(texts):
            one = Format(form).parse(pa.array([text]))
            assert whole.ok[row] == one.ok[0]
            if one.ok[0]:
                assert whole.local[row] == one.local[0]
                assert whole.precision[row] == one.precision[0]


@pytest.mark.parametrize(
    ("text", "form", "expected", "precision"),
    [
        ("2024-02", date_order.ISO, datetime(2024, 2, 1), MONTH),
        ("2024-02-29", date_order.ISO, datetime(2024, 2, 29), DATE),
        ("2024-02-29T07", date_order.ISO, datetime(2024, 2, 29, 7), HOUR),
        ("2024-02-29 07:08", date_order.ISO, datetime(2024, 2, 29, 7, 8), EXACT),
        ("2024-02-29T07:08:09,", "%Y-%m-%d %H:%M:%S", None, EXACT),
        ("2023-02-29", date_order.ISO, None, DATE),
        ("2024-13-01", date_order.ISO, None, DATE),
        ("2024-01-01 24:00", date_order.ISO, None, EXACT),
        ("3/4/2024 12:05 AM", "%m/%d/%Y" + CLOCK_12, datetime(2024, 3, 4, 0, 5), EXACT),
        ("3/4/2024 12 p.m.", "%m/%d/%Y" + CLOCK_12, datetime(2024, 3, 4, 12), HOUR),
        ("3/4/2024 13:00 PM", "%m/%d/%Y" + CLOCK_12, None, EXACT),
        ("5. März 2024", "%d. %b %Y", datetime(2024, 3, 5), DATE),
        ("5 août 2024", "%d %B %Y", datetime(2024, 8, 5), DATE),
        ("5 de enero de 2024", "%d de %B de %Y", datetime(2024, 1, 5), DATE),
        ("5 ju 2024", "%d %b %Y", None, DATE),
        ("March 1st, 2024", "%B %d %Y", datetime(2024, 3, 1), DATE),
        ("31/12/68", "%d/%m/%y", datetime(2068, 12, 31), DATE),
        ("31/12/69", "%d/%m/%y", datetime(1969, 12, 31), DATE),
        ("1709287200", "%s", datetime(2024, 3, 1, 10), EXACT),
        ("1709287200123", "%Q", datetime(2024, 3, 1, 10, 0, 0, 123000), EXACT),
        ("2024-03-01T10:00:00Z", "%Y-%m-%dT%H:%M:%SZ", datetime(2024, 3, 1, 10), EXACT),
        ("2024-03-01 10:00 +05:30", date_order.ISO, datetime(2024, 3, 1, 4, 30), EXACT),
        ("2024-03-01 10:00 -0600", date_order.ISO, datetime(2024, 3, 1, 16), EXACT),
        ("2024-03-01 10:00 +99:00", date_order.ISO, None, EXACT),
        ("930", "%H%M", datetime(1970, 1, 1, 9, 30), EXACT),
        ("45670.5451388889", "excel", datetime(2025, 1, 13, 13, 5), EXACT),
        ("45670,25", "excel", datetime(2025, 1, 13, 6), EXACT),
        ("45670", "excel", datetime(2025, 1, 13), DATE),
        ("45670.999999999", "excel", datetime(2025, 1, 14), EXACT),
        ("61", "excel", datetime(1900, 3, 1), DATE),
        ("60", "excel", None, DATE),  # 1900-02-29, which there was not
        ("0.5", "excel", datetime(1899, 12, 30, 12), EXACT),
        ("44208", "excel1904", datetime(2025, 1, 13), DATE),
        ("4567O", "excel", None, DATE),
    ],
)
def test_readings(text: str, form: str, expected: datetime | None, precision: int) -> None:
    parsed = Format(form).parse(pa.array([text]))
    assert bool(parsed.ok[0]) == (expected is not None)
    if expected is not None:
        assert parsed.local[0] == micros(expected)
        assert parsed.precision[0] == precision


@pytest.mark.parametrize(
    "form",
    ["", "%d/%m", "%Y", "%H:%Q", "%Y-%m-%d %I:%M", "%Y-%m-%m", "%K", "[%Y-%m-%d", "%Y-%m-%d %M"],
)
def test_what_is_no_format_is_said(form: str) -> None:
    with pytest.raises(Problem, match="is no date format"):
        time_formats.pattern(form)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=60, deadline=None)
@given(moments=st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2090, 1, 1)), min_size=1))
def test_clocks_agree_with_zoneinfo(zone: str, moments: list[datetime]) -> None:
    here = ZoneInfo(zone)
    local = np.array([micros(moment) for moment in moments])
    utc = time_zones.to_utc(local, zone)
    expected = [micros(m.replace(tzinfo=here, fold=0).astimezone(UTC)) for m in moments]
    assert utc.utc.tolist() == expected
    shown = [micros(m.replace(tzinfo=UTC).astimezone(here)) for m in moments]
    assert time_zones.to_local(local, zone).tolist() == shown


def test_the_two_changes_of_a_year() -> None:
    times = [
        "2024-03-10 01:59",
        "2024-03-10 02:30",
        "2024-03-10 03:00",
        "2024-11-03 00:59",
        "2024-11-03 01:30",
        "2024-11-03 02:00",
    ]
    local = np.array([micros(datetime.fromisoformat(t)) for t in times])
    found = time_zones.to_utc(local, "America/Chicago")
    assert found.skipped.tolist() == [False, True, False, False, False, False]
    assert found.twice.tolist() == [False, False, False, False, True, False]
    back = time_zones.to_local(found.utc, "America/Chicago")
    # the skipped time moves on by the gap, the other is daylight time
    assert back[1] == micros(datetime(2024, 3, 10, 3, 30))
    assert found.utc[4] == micros(datetime(2024, 11, 3, 6, 30))


WAYS = [
    ("2024-01-31 10:00", 1),
    ("1/31/2024", 2),
    ("31.01.2024 10:00", 2),
    ("1/31/24 4:05 PM", 3),
    ("Jan 31, 2024", 1),
    ("31-Jan-24", 2),
    ("2024/01/31 10:00:00", 1),
    ("1706695200", 1),
    ("20240131", 3),
]


@pytest.mark.parametrize(("text", "family"), WAYS)
def test_the_looks_tell_the_family(text: str, family: int) -> None:
    found = likely([text])
    assert len(found) == family
    assert any(form.fits(text) for form in found)


def judged(*texts: str) -> str:
    family = likely(texts)
    lines = np.arange(len(texts)) + 2
    return decide(
        "f.csv", "date", evidence(family, [(pa.array(texts), lines)]), "--date-format", None
    )


def test_one_row_decides_day_and_month() -> None:
    assert judged("03/04/2024", "05/06/2024", "13/06/2024") == "%d/%m/%Y" + CLOCK
    assert judged("03/04/2024", "garbage", "06/13/2024") == "%m/%d/%Y" + CLOCK
    # neither row alone decides among three orders, together they do
    assert judged("13/02/03", "01/02/45") == "%d/%m/%y" + CLOCK


def test_nothing_is_guessed() -> None:
    with pytest.raises(Problem, match="swapped in every row") as open_:
        judged("03/04/2024", "05/05/2024")
    assert '--date-format "%d/%m/%Y"' in str(open_.value)
    with pytest.raises(Problem, match=r"line 2 does not fit.*line 4 does not fit"):
        judged("13/04/2024", "01/01/2024", "04/13/2024")


def test_a_person_may_say_it() -> None:
    found = Evidence({"%m/%d/%Y" + CLOCK: 0, "%d/%m/%Y" + CLOCK: 0}, 2)
    chosen = decide("f.csv", "date", found, "--date-format", lambda _, choices: choices[1])
    assert chosen == "%d/%m/%Y" + CLOCK


def test_a_stated_date_may_have_a_time_after_it() -> None:
    assert stated("%d/%m/%Y", ["03/04/2024 10:20"]).fits("03/04/2024 10:20:30")
    assert stated("%d/%m/%Y", ["03/04/2024 9:20 PM"]).fits("03/04/2024 11:20 AM")
    assert stated("%d/%m/%Y", ["03/04/2024"]).text == "%d/%m/%Y"
    assert stated("%d/%m/%Y %H", ["03/04/2024 10:20"]).text == "%d/%m/%Y %H"
