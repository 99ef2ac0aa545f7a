"""What a filled form says as a tip, and what is wrong beside which field."""

from datetime import datetime

import pytest

from data import words
from data.reports import report_form
from data.reports.report_form import Fault, Ground, clean_link, read_form
from data.reports.spool import is_sayable

NOW = datetime(2026, 1, 17, 14, 30)
GROUND = Ground(("Near - North", "Whittier"), NOW, "US", "es")
LEAST = {"kind": ["sighting"], "area": ["Whittier"], "day": ["2026-01-17"]}


def faults(**other: list[str]) -> dict[str, Fault]:
    return read_form({**LEAST, **other}, GROUND).faults


def test_three_answers_are_enough() -> None:
    read = read_form(LEAST, GROUND)
    assert not read.faults and is_sayable(read.tip)
    assert (read.tip.kind, read.tip.area, read.tip.day) == ("sighting", "Whittier", "2026-01-17")
    assert read.tip.hour is None and read.tip.language == "es"


def test_nothing_at_all_says_what_is_missing_in_the_order_of_the_form() -> None:
    assert list(read_form({}, GROUND).faults.items()) == [
        ("kind", Fault.MISSING),
        ("area", Fault.MISSING),
        ("day", Fault.MISSING),
    ]


def test_everything_is_taken_over() -> None:
    full = {
        "hour": ["13"],
        "until": ["15"],
        "still_there": ["yes"],
        "cross_streets": ["Lake St  and Bloomington"],
        "officers": ["4"],
        "vehicles": ["0"],
        "agencies": ["federal", "local"],
        "signs": ["vest"],
        "equipment": ["dogs", "masks"],
        "setting": ["school"],
        "force": ["body", "taser"],
        "injured": ["yes"],
        "response": ["declined"],
        "link": ["https://video.example/watch?v=abc&si=me"],
        "text": ["first\r\nsecond, call 612-555-0123"],
    }
    read = read_form({**LEAST, **full}, GROUND)
    assert not read.faults and is_sayable(read.tip)
    tip = read.tip
    assert (tip.hour, tip.until, tip.still_there, tip.injured) == (13, 15, True, True)
    assert (tip.officers, tip.vehicles, tip.setting, tip.response) == (4, 0, "school", "declined")
    assert tip.agencies == ("local", "federal") and tip.force == ("body", "taser")
    assert tip.sources_of_agency == ("vest",) and tip.equipment == ("masks", "dogs")
    assert tip.cross_streets == "Lake St and Bloomington"
    assert tip.links == ("https://video.example/watch?v=abc",)
    assert tip.text == "first\nsecond, call [phone number]" and tip.masked == {"phone": 1}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"kind": ["call_911"]}, {"kind": Fault.CHOICE}),
        ({"area": ["Elsewhere"]}, {"area": Fault.CHOICE}),
        ({"area": ["elsewhere"]}, {"cross_streets": Fault.MISSING}),
        ({"area": ["elsewhere"], "cross_streets": ["Lake St"]}, {}),
        ({"day": ["2026-01-18"]}, {"day": Fault.FUTURE}),
        ({"day": ["longer"]}, {"day": Fault.MISSING}),
        ({"day": ["longer"], "date": ["2025-02-03"]}, {}),
        ({"day": ["longer"], "date": ["03/02/2025"]}, {"day": Fault.UNREADABLE}),
        ({"day": ["1066-10-14"]}, {"day": Fault.UNREADABLE}),
        ({"day": ["2026-W03-1"]}, {"day": Fault.UNREADABLE}),
        ({"hour": ["14"]}, {}),
        ({"hour": ["15"]}, {"hour": Fault.FUTURE}),
        ({"day": ["2026-01-16"], "hour": ["23"]}, {}),
        ({"hour": ["24"]}, {"hour": Fault.CHOICE}),
        ({"officers": ["many"]}, {"officers": Fault.NUMBER}),
        ({"officers": ["-1"]}, {"officers": Fault.NUMBER}),
        ({"vehicles": ["1000"]}, {"vehicles": Fault.NUMBER}),
        ({"vehicles": ["\u0664"]}, {"vehicles": Fault.NUMBER}),
        ({"force": ["body", "x"]}, {"force": Fault.CHOICE}),
        ({"link": ["javascript:alert(1)"]}, {"link": Fault.LINK}),
        ({"text": ["x" * 1001]}, {"text": Fault.LONG}),
        ({"text": ["x" * 1000]}, {}),
        ({"text": ["\r\n" * 10 + "x" * 1000]}, {}),
        ({"cross_streets": ["x" * 121]}, {"cross_streets": Fault.LONG}),
    ],
)
def test_what_is_wrong_is_said_of_its_field(
    other: dict[str, list[str]], expected: dict[str, Fault]
) -> None:
    assert faults(**other) == expected


def test_without_a_list_the_name_is_written() -> None:
    free = Ground((), NOW, "US", "en")
    read = read_form({**LEAST, "area": ["  Whittier \u202e<b>"]}, free)
    assert not read.faults and read.tip.area == "Whittier <b>"


@pytest.mark.parametrize(
    ("typed", "link"),
    [
        ("instagram.com/p/abc/?igsh=whosharedit", "https://instagram.com/p/abc/"),
        ("http://user:secret@a.example/x#me", "http://a.example/x"),
        ("HTTPS://a.example:8443/x", "https://a.example:8443/x"),
        (
            "https://f.example/permalink.php?story_fbid=1&id=2&fbclid=3",
            "https://f.example/permalink.php?story_fbid=1&id=2",
        ),
        ("javascript:alert(1)", ""),
        ("https://localhost/x", ""),
        ("https://a.example/<script>", ""),
        ("https://a.example/" + "x" * 400, ""),
        ("https://[::1", ""),
        ("ftp://a.example/x", ""),
    ],
)
def test_a_link_tells_what_was_shared_and_not_by_whom(typed: str, link: str) -> None:
    assert clean_link(typed) == link


def test_the_form_offers_words_of_records_only() -> None:
    assert set(report_form.KINDS_SEEN) == set(words.CODES["kind"]) - {"call_911"}
    assert set(report_form.RESPONSES) == set(words.CODES["response"])
    assert set(report_form.SETTINGS) == set(words.CODES["setting"])
