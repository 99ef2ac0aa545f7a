"""Words that pages put into a link: every word has a row, every vain one is said once."""

import ast
from pathlib import Path

import pytest

from data.numbers.measures import COUNT, RATE
from data.views.filters import FILTERS
from tests.pages.test_pages import ROOT, opened, said
from ui.arrival import page_words
from ui.frame.menu import VIEW_PAGES

IGNORED = "Part of this link was not understood and was ignored: "
FILES = {address: file for file, _, address, *_ in VIEW_PAGES}
# a value of each word that its page knows, on the sample and the View it opens on
GOOD = {
    "layer": "heat",
    "bandwidth": "300",
    "scale": "12.5",
    "hexagons": "count",
    "beside": "swipe",
    "play": "by week",
    "width": "4 weeks per frame",
    "frame": "2017-06-05",
    "base": "none",
    "at": "44.95,-93.28,13",
    "name": "Jordan",
    "list": "all",
    "seed": "7",
    "of": "density per km²",
    "neighbors": "the 6 nearest areas",
    "by": "whole weeks",
    "days": "14",
    "of_kind": "traffic stop",
    "metres": "300",
    "within": "6",
    "least": "4",
    "against": "two sets of areas",
    "these": "Whittier",
    "those": "Jordan",
    "other": "use of force",
    "order": "by ratio",
    "every": "true",
    "season": "true",
    "settled": "2026-01-15T00:00",
}
# values of every kind that a word cannot have: none may be drawn as markup
BAD = {
    "scale": "-1",
    "seed": "1.5",
    "frame": "25h",
    "at": "9,9,9",
    "every": "yes",
    "season": "1",
    "width": "0 a frame",
    "days": "0",
    "layer": "![x](http://evil.example/x.png)",
}


pytestmark = pytest.mark.usefixtures("screens")


def bound(file: Path) -> set[str]:
    """The keys of the widgets of a module that are bound to the link."""
    found = set()
    for call in ast.walk(ast.parse(file.read_text())):
        given = {k.arg: k.value for k in call.keywords} if isinstance(call, ast.Call) else {}
        key = given.get("key") if "bind" in given else given.get("word")  # of ask_one
        if isinstance(key, ast.Constant):
            found.add(str(key.value))
    return found


def test_every_widget_in_a_link_has_a_row() -> None:
    files = [f for f in (ROOT / "ui").rglob("*.py") if "public" not in f.parts]
    held = set().union(*map(bound, files))
    assert len(held) > 20  # what is looked for is found
    assert held <= {*page_words.NAMES, *(row.word for row in FILTERS)}
    assert set(GOOD) == {row.word for row in page_words.WORDS}
    assert len({row.word for row in page_words.WORDS}) == len(page_words.WORDS)


@pytest.mark.parametrize("page", list(FILES))
def test_what_a_page_knows_is_met_in_silence(page: str) -> None:
    link = {row.word: GOOD[row.word] for row in page_words.of_page(page)}
    assert "ignored" not in (text := said(opened(FILES[page], **link))), text


@pytest.mark.parametrize("page", list(FILES))
def test_what_a_page_does_not_know_is_said_once(page: str) -> None:
    rows = page_words.of_page(page)
    link = {row.word: BAD.get(row.word, "*x* {{7*191}}") for row in rows}
    foreign = next(row.word for row in page_words.WORDS if row not in rows)
    app = opened(FILES[page], **link, **{foreign: GOOD[foreign]}, wrod="1")
    lines = said(app).splitlines()
    (line,) = [line for line in lines if "not understood" in line]  # one sentence for them all
    parts = line.removeprefix(IGNORED).removesuffix(".").split(", ")
    wanted = [f"{row.word}={link[row.word]}" for row in rows]
    assert sorted(parts) == sorted([*wanted, foreign, "wrod"])
    drawn = [e.value for kind in ("markdown", "caption", "warning", "error") for e in app.get(kind)]
    assert not [text for text in drawn if "evil" in text or "7*191" in text]


def test_a_word_that_is_given_twice_is_said() -> None:
    text = said(opened(layer=["heat", "areas"], hours=["06-12", "12-18"], weekday=["Fri", "Sat"]))
    for label in ("Layer", "Hours"):
        assert f"This link has {label} more than once; only one of them counts." in text
    assert text.count("more than once") == 2


def test_a_notice_goes_when_the_reader_asks_otherwise() -> None:
    app = opened(play="weekly")
    assert "play=weekly" in said(app.run())  # a rerun is not an answer
    app.query_params["play"] = "by week"
    app.run()
    assert "ignored" not in said(app)


def test_what_is_ignored_is_one_sentence() -> None:
    lines = said(opened(foo="1", hours="25-30", weekday="Funday", seed="x")).splitlines()
    wanted = f"{IGNORED}hours=25-30, foo, weekday=Funday, seed."
    assert [line for line in lines if "ignored" in line] == [wanted]


OLD = {"play": "one picture", "beside": "one period", "bandwidth": "by rule"}


def test_the_words_of_older_links_are_still_known() -> None:
    period = {"from": "2017-07-03", "to": "2017-10-01", "compare": "previous period"}
    old = opened(layer="heat", **OLD, **period)
    assert "ignored" not in said(old)
    assert old.selectbox("play").value == "Still" and old.selectbox("beside").value == "This period"
    assert old.select_slider("bandwidth").value == "automatic"
    for width in ("4 a frame", "4 weeks per frame", "4 days per frame"):
        app = opened(play="by week", width=width, frame="2017-06-05")
        assert "ignored" not in said(app)
        assert app.selectbox("width").value == "4 weeks per frame"
    app.selectbox("play").select("by month").run()
    assert app.selectbox("width").value == "4 months per frame"  # the number stays
    app.selectbox("play").select("automatic").run()
    assert app.selectbox("width").value == "4 weeks per frame" and "ignored" not in said(app)


def test_what_other_layers_wait_for_is_not_vain() -> None:
    assert "ignored" not in said(opened(layer="incidents", beside="difference", bandwidth="300"))
    assert "beside=difference" in said(opened(layer="hexagons", beside="difference"))
    assert "frame=2017-06-06" in said(opened(play="by week", frame="2017-06-06"))  # a Tuesday


def test_the_layer_of_change_in_old_links_is_the_difference_of_areas() -> None:
    period = {"from": "2017-07-03", "to": "2017-10-01", "compare": "previous period"}
    app = opened(layer="change", **period)
    assert app.session_state["layer"] == "areas" and app.session_state["beside"] == "difference"
    assert "ignored" not in said(app)
    assert "no clear change from" in app.title[0].value.replace("\\", "")


def test_a_link_that_names_no_measure_gets_the_rate_and_one_that_does_keeps_it() -> None:
    usual, counts = opened(), opened(measure="count")
    assert "per resident" in usual.title[0].value and usual.session_state["measure"] == RATE
    assert "most in" in counts.title[0].value and counts.session_state["measure"] == COUNT
    assert "count" in counts.query_params["measure"] and "measure" not in usual.query_params


def test_modes_of_comparison_are_offered_only_where_something_is_compared() -> None:
    period = {"from": "2017-07-03", "to": "2017-10-01"}
    assert "beside" not in opened(compare="nothing", **period).session_state
    assert opened(compare="previous period", **period).session_state["beside"] == "This period"
